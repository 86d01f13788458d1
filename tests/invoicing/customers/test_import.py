"""Importing customers: columns found, errors by line, updates by key, whole or in part, and any bytes at all."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django.fixtures import DjangoAssertNumQueries

from cae_backoffice.core.access import Role
from cae_backoffice.core.audit import check_chain, history_of
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.models import AuditEvent
from cae_backoffice.core.spreadsheets import to_xlsx
from cae_backoffice.core.table_files import read_table
from invoicing.customers.enums import CustomerKind
from invoicing.customers.models import Customer
from invoicing.customers.queries import COLUMNS, ImportLine, import_lines, proposed_mapping
from invoicing.customers.services import import_all, import_valid
from members.activities.models import Activity
from tests.conftest import signed_in
from tests.invoicing.factories import accountant, entrepreneur_of, make_customer, make_selling_activity
from tests.members.factories import make_user

pytestmark = pytest.mark.django_db

HEADINGS = "Code client;Raison sociale;SIREN;Rue;CP;Ville;E-mail\n"
ROSE = "C1;Menuiserie Rosé;732 829 320;8 rue des Lilas;35000;Rennes;a@rose.example\n"
MARIE = "C2;Marie Dupont;;1 rue du Port;56100;Lorient;\n"
WRONG = "C3;Bad;123;;350;Rennes;nulle part\n"
URL = "/clients/importer/"


@pytest.fixture
def activity() -> Activity:
    """An activity with one entrepreneur."""
    return make_selling_activity()


def lines_of(activity: Activity, text: str) -> list[ImportLine]:
    """The lines of a CSV, with the mapping that its headings propose."""
    table = read_table(text.encode())
    return import_lines(table, proposed_mapping(table), activity)


def test_columns_are_found_by_their_headings() -> None:
    """Whatever the case, accents and usual names; each once; the template's own, all."""
    table = read_table(HEADINGS.replace("Ville", "Truc;NOM").encode())
    assert list(proposed_mapping(table).items()) == [
        (0, "reference"), (1, "name"), (2, "siren"), (3, "street"), (4, "postcode"), (7, "email"),
    ]  # fmt: skip
    own = read_table(";".join(column.label for column in COLUMNS.values()).encode())
    assert list(proposed_mapping(own).values()) == list(COLUMNS)


def test_a_file_is_imported(activity: Activity) -> None:
    """With a SIREN a professional, without one a consumer; identifiers as in the registers."""
    assert import_all(lines=lines_of(activity, HEADINGS + ROSE + MARIE), by=entrepreneur_of(activity)) == 2
    rose, marie = Customer.objects.order_by("reference")
    assert (rose.reference, rose.name, rose.siren, rose.kind) == ("C1", "Menuiserie Rosé", "732829320", "PROFESSIONAL")
    assert (marie.kind, marie.city, marie.activity) == ("CONSUMER", "Lorient", activity)


def test_what_is_wrong_is_said_line_by_line(activity: Activity) -> None:
    """All or nothing, or the right ones alone."""
    lines = lines_of(activity, HEADINGS + ROSE + WRONG + ROSE)
    assert [line.line for line in lines if line.errors] == [3, 4]
    assert sorted(error.partition("\u00a0:")[0] for error in lines[1].errors) == [
        "Adresse", "Adresse e-mail", "SIREN", "Un code postal français a cinq chiffres.",
    ]  # fmt: skip
    assert lines[2].errors == ("Ce client figure déjà à la ligne 2.",)
    by, before = entrepreneur_of(activity), AuditEvent.objects.count()
    with pytest.raises(RefusalError) as refusal:
        import_all(lines=lines, by=by)
    assert all(reason.startswith(("Ligne 3\u00a0:", "Ligne 4\u00a0:")) for reason in refusal.value.reasons)
    assert (Customer.objects.count(), AuditEvent.objects.count()) == (0, before)
    assert import_valid(lines=lines, by=by) == 1
    assert Customer.objects.get().name == "Menuiserie Rosé"


@pytest.mark.parametrize("key", [{"reference": "C1", "siren": ""}, {"siren": "732829320"}])
def test_a_known_customer_is_updated_by_its_key(activity: Activity, key: dict[str, Any]) -> None:
    """An empty cell changes nothing; another activity's is not touched."""
    kind = CustomerKind.PROFESSIONAL if key["siren"] else CustomerKind.CONSUMER
    known = make_customer(activity, kind, name="Ancien nom", phone="0612345678", **key)
    foreign = make_customer(make_selling_activity(), name="Ailleurs", siren="732829320")
    lines = lines_of(activity, HEADINGS.strip() + ";Tel;Type\n" + ROSE.strip() + ";;Professionnel\n")
    assert [(line.is_update, line.errors) for line in lines] == [(True, ())]
    import_all(lines=lines, by=entrepreneur_of(activity))
    known.refresh_from_db()
    foreign.refresh_from_db()
    assert (known.name, known.phone, known.siren) == ("Menuiserie Rosé", "0612345678", "732829320")
    assert (foreign.name, Customer.objects.count()) == ("Ailleurs", 2)


def test_a_likely_duplicate_is_shown(activity: Activity) -> None:
    """In the books or higher in the file; it does not stand in the way."""
    make_customer(activity, CustomerKind.CONSUMER, name="DUPONT Marie", postcode="56100")
    make_customer(activity, CustomerKind.CONSUMER, name="Mme Marie Dupont", postcode="56100")
    lines = lines_of(activity, HEADINGS + MARIE + MARIE.replace("C2", "C9"))
    assert [line.similar for line in lines] == ["Mme Marie Dupont", "Mme Marie Dupont"]
    assert not any(line.errors for line in lines)


def test_two_lines_of_one_known_customer(activity: Activity) -> None:
    """By its reference, then by its SIREN: the second is wrong, and what it says is not written with the first."""
    make_customer(activity, name="Ancien nom", reference="C1", siren="732829320")
    lines = lines_of(activity, HEADINGS + ROSE + ROSE.replace("C1;Menuiserie", ";Charpente"))
    assert [line.errors for line in lines] == [(), ("Ce client figure déjà à la ligne 2.",)]
    import_valid(lines=lines, by=accountant())
    assert Customer.objects.get().name == "Menuiserie Rosé"


def test_what_changed_meanwhile_is_refused_in_french(activity: Activity) -> None:
    """Someone took the reference between the reading and the writing: nothing is written."""
    lines = lines_of(activity, HEADINGS + MARIE + ROSE)
    make_customer(activity, name="Pressée", reference="C1")
    by, before = accountant(), AuditEvent.objects.count()
    with pytest.raises(RefusalError, match="a déjà cette référence"):
        import_all(lines=lines, by=by)
    assert (Customer.objects.count(), AuditEvent.objects.count()) == (1, before)


def test_each_customer_leaves_its_trace_in_the_chain(activity: Activity) -> None:
    """Created, changed; one that changes nothing leaves none."""
    known = make_customer(activity, CustomerKind.CONSUMER, name="M. Dupont", reference="C2", city="Lorient")
    same = make_customer(activity, CustomerKind.CONSUMER, name="Seul", reference="C9")
    import_all(
        lines=lines_of(activity, f"Référence;Nom;Ville\nC2;Marie Dupont;\nC9;Seul;{same.city}\n"), by=accountant()
    )
    assert [(event.action, event.changes) for event in history_of(known)] == [
        ("customer.changed", {"name": ["M. Dupont", "Marie Dupont"]})
    ]
    assert not history_of(same).exists()
    import_all(lines=lines_of(activity, HEADINGS + ROSE), by=accountant())
    (created,) = history_of(Customer.objects.get(reference="C1"))
    assert (created.action, created.author, created.changes["siren"]) == (
        "customer.created", accountant(), [None, "732829320"],
    )  # fmt: skip
    assert check_chain().first_broken is None


@pytest.mark.parametrize("count", [1, 30])
def test_an_import_takes_the_same_queries_whatever_its_length(
    activity: Activity, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Read: the customers known. Written: whose activity, the records as they stand, the new ones, the changed ones,
    the trail, and the savepoints around them.
    """
    for rank in range(count):
        make_customer(activity, CustomerKind.CONSUMER, name=f"Client {rank}", reference=f"K{rank}")
    known = "".join(f"K{rank};Nom {rank};;1 rue du Port;56100;Lorient;\n" for rank in range(count))
    fresh = "".join(f"N{rank};Neuf {rank};;1 rue du Port;56100;Lorient;\n" for rank in range(count))
    by = entrepreneur_of(activity)
    with django_assert_num_queries(1):
        lines = lines_of(activity, HEADINGS + known + fresh)
    with django_assert_num_queries(11):
        import_all(lines=lines, by=by)
    assert Customer.objects.filter(name__startswith="Nom").count() == count
    assert Customer.objects.filter(name__startswith="Neuf").count() == count


def test_nobody_imports_for_a_strangers_activity(activity: Activity) -> None:
    """Neither by the service, nor on the page."""
    stranger = entrepreneur_of(make_selling_activity())
    with pytest.raises(RefusalError):
        import_all(lines=lines_of(activity, HEADINGS + ROSE), by=stranger)
    answer = sent(signed_in(stranger), activity, (HEADINGS + ROSE).encode())
    assert "activity" in answer.context["form"].errors  # type: ignore[attr-defined]
    assert Customer.objects.count() == 0
    assert signed_in(make_user(Role.MANAGER)).get(URL).status_code == 403


def sent(client: Client, activity: Activity, content: bytes) -> HttpResponse:
    """The answer to a file."""
    file = SimpleUploadedFile("clients.csv", content)
    return client.post(URL, {"activity": activity.pk, "file": file})  # type: ignore[return-value]


def carried(answer: HttpResponse, activity: Activity, **fields: str) -> dict[str, Any]:
    """What the page of lines sends back."""
    text = answer.content.decode()
    found = re.search(r'name="content" value="([^"]*)"', text)
    assert found is not None
    columns = answer.context["columns"]  # type: ignore[attr-defined]
    mapping = {name: columns[name].value() or "" for name in columns.fields}
    return {"activity": activity.pk, "content": found.group(1)} | mapping | fields


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_from_the_file_to_the_customers(activity: Activity, form: str) -> None:
    """Looked at, a column changed, then imported; nothing is written before."""
    text = HEADINGS + MARIE
    rows = [line.split(";") for line in text.splitlines()]
    content = text.encode("cp1252") if form == "csv" else to_xlsx("Clients", rows[0], rows[1:])
    client = signed_in(entrepreneur_of(activity))
    page = sent(client, activity, content)
    assert ("Marie Dupont" in page.content.decode(), Customer.objects.count()) == (True, 0)
    twice = client.post(URL, carried(page, activity, **{"column-0": "name", "action": "all"}))
    assert "Deux colonnes donnent" in twice.text
    looked = client.post(URL, carried(page, activity, **{"column-0": "notes", "action": "look"}))
    assert Customer.objects.count() == 0
    done = client.post(URL, carried(looked, activity, **{"column-0": "notes", "action": "all"}))  # type: ignore[arg-type]
    assert done.headers["Location"] == "/clients/"
    customer = Customer.objects.get()
    assert (customer.notes, customer.reference, customer.name) == ("C2", "", "Marie Dupont")


def test_the_right_lines_alone(activity: Activity) -> None:
    """Offered when some are wrong."""
    client = signed_in(accountant())
    page = sent(client, activity, (HEADINGS + WRONG + MARIE).encode())
    assert "Importer les lignes valides" in page.content.decode()
    refused = client.post(URL, carried(page, activity, action="all"))
    assert ("Ligne 2\u00a0:" in refused.text, Customer.objects.count()) == (True, 0)
    assert client.post(URL, carried(page, activity, action="valid")).headers["Location"] == URL
    assert Customer.objects.get().name == "Marie Dupont"


def test_the_template_is_imported_as_it_is(activity: Activity) -> None:
    """Its example is a right line."""
    content = signed_in(entrepreneur_of(activity)).get(f"{URL}modele.csv").content
    assert [(line.errors, line.customer.name) for line in lines_of(activity, content.decode())] == [
        ((), "Menuiserie Rose")
    ]


def test_a_file_that_is_none_and_a_content_that_was_changed(activity: Activity) -> None:
    """A sentence, no error page."""
    client = signed_in(entrepreneur_of(activity))
    assert "Ce fichier ne se lit pas" in sent(client, activity, b"PK\x03\x04x").content.decode()
    assert "à nouveau" in client.post(URL, {"activity": activity.pk, "content": "é"}).text
    assert client.post(URL, {"activity": activity.pk}).context["form"].errors["file"]


CELLS = st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from(
    ["FR", "732829320", "35000", "=1+1", "particulier", "a@b.fr", "\x00", "France", "BE0428759497"]
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELLS, max_size=len(COLUMNS)), max_size=4))
def test_any_cells_are_lines_with_or_without_errors(rows: list[list[str]]) -> None:
    """Whatever the cells: never an exception, and what is said right can be saved."""
    activity = Activity.objects.order_by("pk").first() or make_selling_activity()
    headings = [column.label for column in COLUMNS.values()]
    text = "\n".join("\t".join(re.sub(r'[\t\r\n"]', " ", cell) for cell in row) for row in [headings, *rows])
    table = read_table(text.encode())
    lines = import_lines(table, proposed_mapping(table), activity)
    if any(not line.errors for line in lines):
        import_valid(lines=lines, by=accountant())
