"""What import-linter cannot see: foreign keys, sizes, file names and the glossary."""

import enum
import importlib
import inspect

import pytest
from django.apps import apps
from django.db import models

from cae_backoffice.core.models import AuditEvent, MessageEvent, OutgoingMessage
from tests.project.code import PACKAGES, ROOT, functions, python_files

LAYERS = [
    "cae_backoffice.core",
    "members.cooperative",
    "members.people",
    "members.activities",
    "members.contracts",
    "members.associates",
    "members.shares",
    "members.assemblies",
    "members.accompaniment",
    "members.alerts",
    "members.calendars",
    "members.figures",
    "members.own_file",
    "invoicing.pricing",
    "invoicing.ledger",
    "invoicing.capital",
    "invoicing.rendering",
    "invoicing.customers",
    "invoicing.mentions",
    "invoicing.mailing",
    "invoicing.catalogue",
    "invoicing.quotes",
    "invoicing.orders",
    "invoicing.invoices",
    "invoicing.recurring",
    "invoicing.billing",
    "invoicing.einvoicing",
    "invoicing.sending",
    "invoicing.payments",
    "invoicing.reminders",
    "invoicing.customer_accounts",
    "invoicing.transfers",
    "invoicing.contributions",
    "invoicing.activity_accounts",
    "invoicing.exports",
]
ROOM_FILES = {
    "__init__.py", "enums.py", "models.py", "rules.py", "queries.py", "services.py", "tasks.py", "forms.py",
    "admin.py", "views.py", "urls.py",
}  # fmt: skip
ROOMS_OF_VALUES = {"rendering"}  # named after what they hold: see docs/architecture.md
TAGS = {"templatetags"}  # Django's name
AUTHORS = {(AuditEvent, "author"), (OutgoingMessage, "author"), (MessageEvent, "author")}
OWN_MODELS = [
    model for model in apps.get_models() if model.__module__.startswith(tuple(f"{package}." for package in PACKAGES))
]


def layer_of(model: type[models.Model]) -> int:
    """The rank of a model's room, low to high."""
    return next(i for i, name in enumerate(LAYERS) if model.__module__.startswith(f"{name}."))


@pytest.mark.parametrize("model", OWN_MODELS, ids=lambda model: model._meta.label)
def test_foreign_keys_follow_the_import_arrows(model: type[models.Model]) -> None:
    """A record refers to its own room or to a lower one; the authors of the core's records are the one exception."""
    for field in model._meta.get_fields():
        if isinstance(field, models.ForeignKey) and (model, field.name) not in AUTHORS:
            assert layer_of(field.related_model) <= layer_of(model), f"{model._meta.label}.{field.name} points upwards"


@pytest.mark.parametrize("model", OWN_MODELS, ids=lambda model: model._meta.label)
def test_references_protect_by_default(model: type[models.Model]) -> None:
    """Only a part goes with its whole; anything else that is referred to cannot be deleted."""
    parts = {
        "SplitShare", "InvoiceLine", "InvoiceAdjustment", "InvoiceVat", "AssociateDeadline", "EntryLine",
        "EntryTemplateLine", "QuoteAdjustment", "QuoteLine", "QuoteTemplateLine",
        "Approval", "DocumentAttachment",
    }  # fmt: skip
    for field in model._meta.get_fields():
        if isinstance(field, models.ForeignKey):
            expected = models.CASCADE if model.__name__ in parts and not field.null else models.PROTECT
            is_whole = field.name in {"convention", "invoice", "contract", "entry", "template", "quote"}
            assert field.remote_field.on_delete is (expected if is_whole else models.PROTECT), field


def test_every_model_and_enumeration_is_in_the_glossary() -> None:
    """`docs/glossary.md` names them all."""
    glossary = (ROOT / "docs" / "glossary.md").read_text()
    names = {model.__name__ for model in OWN_MODELS}
    for path in python_files(*PACKAGES):
        if path.name in {"enums.py", "access.py"}:
            module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
            names |= {
                name
                for name, value in inspect.getmembers(module, inspect.isclass)
                if issubclass(value, enum.Enum) and value.__module__ == module.__name__
            }
    assert {name for name in names if f"| `{name}` |" not in glossary} == set()


def test_functions_and_modules_stay_small() -> None:
    """At most 40 lines a function, 400 a module, 600 a test module."""
    too_long = [
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}"
        for path in python_files(*PACKAGES)
        for function in functions(path)
        if (function.end_lineno or 0) - function.lineno + 1 > 40
    ]
    for packages, limit in ((PACKAGES, 400), (("tests",), 600)):
        too_long += [
            str(path.relative_to(ROOT))
            for path in python_files(*packages)
            if len(path.read_text().splitlines()) > limit
        ]
    assert too_long == []


def test_rooms_hold_the_files_of_the_house() -> None:
    """No `utils.py`: a room has the files that ARCHITECTURE names, or `services/` with a verb per file."""
    strangers = [
        str(path.relative_to(ROOT))
        for package in ("members", "invoicing")
        for path in python_files(package)
        if (room := path.relative_to(ROOT / package).parts)[0] not in ROOMS_OF_VALUES | TAGS
        and len(room) == 2
        and room[1] not in ROOM_FILES
    ]
    assert strangers == []


def test_nothing_reads_what_lies_beside_the_project() -> None:
    """The project speaks of itself alone: no path of a machine, no address of a package registry."""
    forbidden = ("/work/", "../shared", "pypi.org", "registry.npmjs", "deb.debian.org")
    texts = [*python_files(*PACKAGES), *ROOT.glob("*.lock"), *(ROOT / "docs").rglob("*.md"), ROOT / "Makefile"]
    assert [(str(p), word) for p in texts for word in forbidden if word in p.read_text()] == []
