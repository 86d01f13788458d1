"""No document is issued that lacks a mandatory mention: the data of each is removed in turn (docs/legal.md).

The removal goes round every form and service. Either submission and issue refuse with a sentence that names what is
missing, or the database refuses the removal itself, and the row names its constraint.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.models import AuditEvent
from invoicing.customers.enums import CustomerKind
from invoicing.customers.models import Customer, DeliveryAddress
from invoicing.invoices.models import Invoice, InvoiceLine
from invoicing.invoices.rules import SaleTerms
from invoicing.invoices.services import approve_invoice, issue_credit_note, issue_invoice, submit_invoice
from invoicing.mentions.models import LegalText
from invoicing.pricing.enums import SupplyNature
from invoicing.pricing.models import VatCode
from members.activities.enums import Sector
from members.activities.models import ActivityInsurance
from members.contracts.models import Contract
from members.cooperative.models import Cooperative
from tests.invoicing.factories import (
    DAY,
    accountant,
    make_customer,
    make_delivery_address,
    make_draft,
    make_insurance,
    make_issued,
    make_line,
    make_selling_activity,
)
from tests.members.factories import make_cooperative

pytestmark = pytest.mark.django_db
Remove = Callable[[], object]
IN_FORCE = "n’a pas de texte en vigueur le 02/11/2026."
VALUE = "Il manque une valeur dans la mention"


@dataclass(frozen=True)
class Case:
    """A document that wants the mention: to whom, of which activity, under which settings of the cooperative."""

    kind: CustomerKind = CustomerKind.PROFESSIONAL
    activity: dict[str, Any] = field(default_factory=dict)
    cooperative: dict[str, Any] = field(default_factory=dict)
    customer: dict[str, Any] = field(default_factory=dict)
    is_delivered: bool = False
    content: Callable[[], dict[str, Any]] = dict

    def draft(self) -> Invoice:
        """Complete, before anything is removed."""
        make_cooperative(**self.cooperative)
        activity = make_selling_activity(**self.activity)
        if activity.sector == Sector.CONSTRUCTION:
            make_insurance(activity)
        customer = make_customer(activity, self.kind, **self.customer)
        content = self.content()
        if self.is_delivered:
            content["delivery_address"] = make_delivery_address(customer)
        return make_draft(activity, customer=customer, **content)


PLAIN = Case()
CONSUMER = Case(kind=CustomerKind.CONSUMER)
PUBLIC = Case(kind=CustomerKind.PUBLIC)
BUILDER = Case(activity={"sector": Sector.CONSTRUCTION})
UNDER_CAPE = Case(activity={"cape": True})
ON_DEBITS = Case(cooperative={"vat_on_debits": True})
DELIVERED = Case(is_delivered=True)
TRAINER = Case(
    cooperative={"training_number": "52440123456", "training_region": "des Pays de la Loire"},
    content=lambda: {"lines": [make_line(code="EXO-FORMATION")]},
)
TRAINING = Case(content=lambda: {"lines": [make_line(code="EXO-FORMATION")]})
REVERSED = Case(customer={"vat_number": "FR40303265045"}, content=lambda: {"lines": [make_line(code="AUTO-BTP")]})
RETAINED = Case(content=lambda: {"terms": SaleTerms(retention_percent=Decimal(5), retention_due_on=date(2027, 11, 2))})


def emptied(model: type[models.Model], name: str, value: object = "") -> Remove:
    """Write nothing in a field of every row."""
    return lambda: model._default_manager.update(**{name: value})


def deleted(model: type[models.Model], **filters: object) -> Remove:
    """Throw rows away."""
    return lambda: model._default_manager.filter(**filters).delete()


def mention(label: str) -> str:
    """What is said of a mention without words."""
    return f"La mention «\u00a0{label}\u00a0» {IN_FORCE}"


REFUSED: dict[str, tuple[Case, Remove, str]] = {
    "seller's name": (PLAIN, emptied(Cooperative, "legal_name"), "La dénomination sociale de la coopérative manque."),
    "seller's form": (PLAIN, emptied(Cooperative, "legal_form"), "La forme juridique de la coopérative manque."),
    "capital": (PLAIN, emptied(Cooperative, "capital", 0), "Le capital social de la coopérative manque."),
    "SIRET of the seat": (PLAIN, emptied(Cooperative, "siret"), "Le SIRET du siège de la coopérative manque."),
    "RCS city": (PLAIN, emptied(Cooperative, "rcs_city"), "La ville du RCS de la coopérative manque."),
    "seller's VAT number": (PLAIN, emptied(Cooperative, "vat_number"), "Le n° de TVA de la coopérative manque."),
    "seller's street": (PLAIN, emptied(Cooperative, "street"), "La rue manque dans l’adresse de la coopérative."),
    "seller's postcode": (
        PLAIN,
        emptied(Cooperative, "postcode"),
        "Le code postal manque dans l’adresse de la coopérative.",
    ),
    "seller's city": (PLAIN, emptied(Cooperative, "city"), "La ville manque dans l’adresse de la coopérative."),
    "the cooperative": (PLAIN, deleted(Cooperative), "La coopérative n’est pas encore configurée."),
    "buyer": (PLAIN, emptied(Invoice, "customer", None), "Choisissez un client."),
    "buyer's name": (PLAIN, emptied(Customer, "name"), "Le nom du client manque."),
    "buyer's street": (PLAIN, emptied(Customer, "street"), "La rue manque dans l’adresse du client."),
    "buyer's city": (PLAIN, emptied(Customer, "city"), "La ville manque dans l’adresse du client."),
    "place of delivery": (
        DELIVERED,
        emptied(DeliveryAddress, "street"),
        "La rue manque dans l’adresse de livraison.",
    ),
    "lines": (PLAIN, deleted(InvoiceLine), "Ajoutez au moins une ligne."),
    "name of what is sold": (PLAIN, emptied(InvoiceLine, "label"), "Ligne\u00a01\u00a0: la désignation manque."),
    "buyer's VAT number": (REVERSED, emptied(Customer, "vat_number"), "Le n° de TVA du client est obligatoire"),
    "late penalties": (PLAIN, deleted(LegalText, code="LATE_PENALTY"), mention("Pénalités de retard")),
    "late interest of public buyers": (
        PUBLIC,
        deleted(LegalText, code="LATE_PENALTY_PUBLIC"),
        mention("Intérêts moratoires (organisme public)"),
    ),
    "40 €": (
        PLAIN,
        deleted(LegalText, code="RECOVERY_INDEMNITY"),
        mention("Indemnité forfaitaire de recouvrement"),
    ),
    "discount terms": (PLAIN, deleted(LegalText, code="NO_EARLY_DISCOUNT"), mention("Escompte")),
    "option for débits": (ON_DEBITS, deleted(LegalText, code="VAT_ON_DEBITS"), mention("Option pour les débits")),
    "mediator": (
        CONSUMER,
        emptied(Cooperative, "mediator"),
        "Le médiateur de la consommation manque dans la fiche de la coopérative.",
    ),
    "words of the mediator": (CONSUMER, deleted(LegalText, code="MEDIATOR"), mention("Médiateur de la consommation")),
    "words of the CAPE": (UNDER_CAPE, deleted(LegalText, code="CAPE"), mention("Mention du CAPE")),
    "contract": (UNDER_CAPE, deleted(Contract), "n’a de CAPE ni de CESA en cours le 02/11/2026."),
    "words of the retention": (RETAINED, deleted(LegalText, code="RETENTION"), mention("Retenue de garantie")),
    "retention's date": (
        RETAINED,
        emptied(Invoice, "retention_due_on", None),
        "Indiquez la date à laquelle la retenue de garantie est libérable.",
    ),
    "decennial insurance": (
        BUILDER,
        deleted(ActivityInsurance),
        "L’activité n’a pas d’assurance décennale en cours le 02/11/2026.",
    ),
    "a policy in force": (
        BUILDER,
        emptied(ActivityInsurance, "ends_on", date(2026, 11, 1)),
        "L’activité n’a pas d’assurance décennale en cours le 02/11/2026.",
    ),
    "insurer": (BUILDER, emptied(ActivityInsurance, "insurer"), VALUE),
    "policy": (BUILDER, emptied(ActivityInsurance, "policy_number"), VALUE),
    "cover": (BUILDER, emptied(ActivityInsurance, "cover"), VALUE),
    "territory": (BUILDER, emptied(ActivityInsurance, "territory"), VALUE),
    "words of the insurance": (
        BUILDER,
        deleted(LegalText, code="DECENNIAL_INSURANCE"),
        mention("Assurance décennale"),
    ),
    "words of the training declaration": (
        TRAINER,
        deleted(LegalText, code="TRAINING_DECLARATION"),
        mention("Déclaration d’activité de formation"),
    ),
}
"""What is removed: the document that wants it, the removal, the sentence of the refusal."""

IMPOSSIBLE: dict[str, tuple[Case, Remove, str]] = {
    "seller's SIREN": (PLAIN, emptied(Cooperative, "siren"), "members_cooperative_siren_digits"),
    "points of the late penalties": (PLAIN, emptied(Cooperative, "late_penalty_points", None), "late_penalty_points"),
    "buyer's SIREN": (PLAIN, emptied(Customer, "siren"), "invoicing_customer_professional_siren"),
    "public buyer's SIRET": (PUBLIC, emptied(Customer, "siret"), "invoicing_customer_public_siret"),
    "buyer's postcode": (PLAIN, emptied(Customer, "postcode"), "invoicing_customer_postcode"),
    "buyer's kind": (PLAIN, emptied(Customer, "kind"), "invoicing_customer_kind"),
    "quantity": (PLAIN, emptied(InvoiceLine, "quantity", 0), "invoicing_line_quantity_not_zero"),
    "unit": (PLAIN, emptied(InvoiceLine, "unit"), "invoicing_line_unit"),
    "goods or services": (PLAIN, emptied(InvoiceLine, "nature"), "invoicing_line_nature"),
    "unit price": (PLAIN, emptied(InvoiceLine, "unit_price", None), "unit_price"),
    "discount": (PLAIN, emptied(InvoiceLine, "discount_percent", None), "discount_percent"),
    "VAT rate": (PLAIN, emptied(InvoiceLine, "vat_code", None), "vat_code_id"),
    "rate of a VAT code": (PLAIN, emptied(VatCode, "rate", None), "rate"),
    "reason of the exemption": (TRAINING, emptied(VatCode, "exemption_text"), "invoicing_vatcode_reason"),
    "reverse charge": (REVERSED, emptied(VatCode, "exemption_text"), "invoicing_vatcode_reason"),
    "terms of payment": (PLAIN, emptied(Invoice, "payment_terms"), "invoicing_invoice_terms"),
    "region of the training declaration": (
        TRAINER,
        emptied(Cooperative, "training_region"),
        "members_cooperative_training_whole",
    ),
    "end of the CAPE": (UNDER_CAPE, emptied(Contract, "ends_on", None), "members_contract_cape_one_year"),
}
"""What cannot be removed, and the constraint, or the column that is never null, that says so."""


def attempt_issue(invoice: Invoice) -> None:
    """Issue what is approved."""
    issue_invoice(invoice=invoice, by=accountant(), on=DAY)


def refusal_of(act: Callable[[], object]) -> tuple[str, ...]:
    """The reasons of a refusal, which changes nothing."""
    before = (AuditEvent.objects.count(), list(Invoice.objects.values_list("pk", "state", "number")))
    with pytest.raises(RefusalError) as refusal:
        act()
    assert (AuditEvent.objects.count(), list(Invoice.objects.values_list("pk", "state", "number"))) == before
    return refusal.value.reasons


@pytest.mark.parametrize("name", REFUSED)
def test_without_it_nothing_is_submitted(name: str) -> None:
    """The refusal names what is missing; with it, the same document is submitted."""
    case, remove, sentence = REFUSED[name]
    draft = case.draft()
    with transaction.atomic():
        submit_invoice(invoice=draft, by=accountant(), on=DAY)
        transaction.set_rollback(True)
    remove()
    reasons = refusal_of(lambda: submit_invoice(invoice=draft, by=accountant(), on=DAY))
    assert any(sentence in reason for reason in reasons), reasons


@pytest.mark.parametrize("name", REFUSED)
def test_what_was_removed_after_the_approval_is_missed_at_issue(name: str) -> None:
    """What was right on approval may have become wrong."""
    case, remove, sentence = REFUSED[name]
    submitted = submit_invoice(invoice=case.draft(), by=accountant(), on=DAY)
    approved = approve_invoice(invoice=submitted, by=accountant(), on=DAY)
    remove()
    reasons = refusal_of(lambda: attempt_issue(approved))
    assert any(sentence in reason for reason in reasons), reasons


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_the_database_does_not_let_it_be_removed(name: str) -> None:
    """By the constraint that it names."""
    case, remove, constraint = IMPOSSIBLE[name]
    case.draft()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        remove()


@pytest.mark.parametrize("name", ["number", "issued_on", "due_on", "customer"])
def test_an_issued_document_keeps_its_number_and_dates(name: str) -> None:
    """Neither taken away nor changed; and none is issued without them."""
    issued = make_issued()
    with pytest.raises(IntegrityError, match="is issued"), transaction.atomic():
        Invoice.objects.filter(pk=issued.pk).update(**{name: None})
    draft = make_draft()
    complete = {"state": "ISSUED", "number": "F2026-00099", "issued_on": DAY, "due_on": DAY}
    wanting = complete | {name: None}
    with pytest.raises(IntegrityError, match="invoicing_invoice_issued_complete"), transaction.atomic():
        Invoice.objects.filter(pk=draft.pk).update(**wanting)


def test_a_credit_note_refers() -> None:
    """To a document that keeps its number and date, for a reason."""
    issued = make_issued()
    reasons = refusal_of(lambda: issue_credit_note(invoice=issued, reason=" ", by=accountant(), on=DAY))
    assert "Indiquez le motif de l’avoir." in reasons
    draft = make_draft()
    with pytest.raises(IntegrityError, match="invoicing_credit_note_refers"), transaction.atomic():
        Invoice.objects.filter(pk=draft.pk).update(kind="381")


def test_goods_within_the_union_say_when_they_were_delivered() -> None:
    """CGI 262 ter I."""
    activity = make_selling_activity()
    make_cooperative()
    customer = make_customer(
        activity, siren="", vat_number="DE136695976", country="DE", postcode="10115", city="Berlin"
    )
    lines = [make_line(code="UE-BIENS", nature=SupplyNature.GOODS)]
    draft = make_draft(activity, customer=customer, lines=lines, supplied_on=DAY)
    Invoice.objects.filter(pk=draft.pk).update(supplied_on=None)
    reasons = refusal_of(lambda: submit_invoice(invoice=draft, by=accountant(), on=DAY))
    assert "Une livraison intracommunautaire indique sa date de livraison." in reasons
