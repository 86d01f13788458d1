"""Submission refuses with every reason at once, and changes nothing."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.models import AuditEvent
from invoicing.customers.enums import CustomerKind
from invoicing.customers.models import Customer
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import DraftContent, DraftLine
from invoicing.invoices.services import approve_invoice, save_draft, submit_invoice
from invoicing.mentions.models import LegalText
from invoicing.pricing.models import VatCode
from members.activities.enums import Sector
from members.cooperative.models import Cooperative
from tests.invoicing.factories import (
    DAY,
    accountant,
    make_content,
    make_customer,
    make_delivery_address,
    make_draft,
    make_insurance,
    make_line,
    make_selling_activity,
    make_submitted,
    vat,
)
from tests.members.factories import make_activity, make_cooperative, make_person

pytestmark = pytest.mark.django_db

PRICE = "Un prix unitaire n’est pas négatif\u00a0: mettez la quantité en négatif."
CONTROL = "le champ «\u00a0désignation\u00a0» contient un caractère de contrôle."


def reasons_against(invoice: Invoice, on: date = DAY) -> tuple[str, ...]:
    """Submit, expect a refusal, check that nothing changed, and give its reasons."""
    events = AuditEvent.objects.count()
    with pytest.raises(RefusalError) as refusal:
        submit_invoice(invoice=invoice, by=accountant(), on=on)
    invoice.refresh_from_db()
    assert (invoice.state, invoice.submitted_at, AuditEvent.objects.count()) == ("DRAFT", None, events)
    return refusal.value.reasons


def test_an_empty_draft_gets_every_reason_at_once() -> None:
    """No customer, no line, nobody under contract."""
    make_cooperative()
    activity = make_activity([make_person()], name="Poterie")
    draft = save_draft(invoice=None, content=DraftContent(activity=activity), by=accountant())
    assert reasons_against(draft) == (
        "Choisissez un client.",
        "Ajoutez au moins une ligne.",
        "Personne dans l’activité «\u00a0Poterie\u00a0» n’a de CAPE ni de CESA en cours le 02/11/2026.",
    )


def test_lines_are_checked_before_a_customer_is_chosen() -> None:
    """The missing customer is one reason, not one per field of it."""
    assert reasons_against(make_draft(customer=None, lines=[make_line("🚀")])) == (
        "Choisissez un client.",
        "Ligne\u00a01, désignation\u00a0: un document ne peut pas imprimer «\u00a0🚀\u00a0» (U+1F680).",
    )


def test_without_the_cooperative_nothing_is_submitted() -> None:
    """Its identity is on every document."""
    content = make_content(make_selling_activity())
    draft = save_draft(invoice=None, content=content, by=accountant())
    assert reasons_against(draft) == ("La coopérative n’est pas encore configurée.",)


def test_an_activity_whose_contract_has_not_begun_may_not_invoice() -> None:
    """The factories' CESA begins on 1 January 2025."""
    (reason,) = reasons_against(make_draft(), on=date(2024, 12, 31))
    assert "n’a de CAPE ni de CESA en cours le 31/12/2024" in reason


def test_a_customer_of_another_activity_is_refused() -> None:
    """A customer belongs to one activity."""
    stranger = make_customer(make_selling_activity(), name="Ailleurs SARL")
    assert reasons_against(make_draft(customer=stranger)) == (
        "Le client «\u00a0Ailleurs SARL\u00a0» est celui d’une autre activité.",
    )


def test_a_delivery_address_of_another_customer_is_refused() -> None:
    """Even of the same activity."""
    activity = make_selling_activity()
    address = make_delivery_address(make_customer(activity))
    assert reasons_against(make_draft(activity, delivery_address=address)) == (
        "L’adresse de livraison est celle d’un autre client.",
    )


def test_characters_that_the_font_lacks_are_named_with_their_field() -> None:
    """Emoji, right-to-left text; nothing else is wrong."""
    activity = make_selling_activity()
    draft = make_draft(
        activity,
        customer=make_customer(activity, name="Chez 😀"),
        subject="של",
        lines=[make_line(), make_line("Conseil 🚀🚀")],
    )
    assert reasons_against(draft) == (
        "Nom du client\u00a0: un document ne peut pas imprimer «\u00a0😀\u00a0» (U+1F600).",
        "Objet\u00a0: un document ne peut pas imprimer «\u00a0ש\u00a0» (U+05E9), «\u00a0ל\u00a0» (U+05DC).",
        "Ligne\u00a02, désignation\u00a0: un document ne peut pas imprimer «\u00a0🚀\u00a0» (U+1F680).",
    )


def test_more_than_five_hundred_lines_are_refused() -> None:
    """Five hundred are not."""
    draft = make_draft(lines=[make_line(unit_price="1")] * 501)
    assert reasons_against(draft) == ("Une facture a au plus 500 lignes.",)


def test_two_hundred_lines_are_submitted() -> None:
    """A long document is a document."""
    assert make_submitted(lines=[make_line(unit_price="1")] * 200).net == Decimal("400.00")


def test_a_label_is_needed_on_each_line() -> None:
    """The law wants a precise name."""
    assert reasons_against(make_draft(lines=[make_line(), make_line("  ")])) == (
        "Ligne\u00a02\u00a0: la désignation manque.",
    )


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (
            [("1", "100"), ("-2", "100")],
            "Le total d’une facture n’est pas négatif\u00a0: pour rendre de l’argent, faites un avoir.",
        ),
        ([("1", "0")], "Le total de la facture est nul\u00a0: il n’y a rien à facturer."),
        ([("1", "100"), ("-1", "100")], "Le total de la facture est nul\u00a0: il n’y a rien à facturer."),
    ],
)
def test_an_invoice_asks_for_money(lines: list[tuple[str, str]], reason: str) -> None:
    """A negative or empty total is refused; a negative line inside a positive one is not."""
    assert reasons_against(make_draft(lines=[make_line("x", *line) for line in lines])) == (reason,)


def test_a_negative_line_may_deduct() -> None:
    """A deduction in a positive invoice."""
    submitted = make_submitted(lines=[make_line(), make_line("Remise de fidélité", "-1", "50")])
    assert (submitted.net, submitted.gross) == (Decimal("650.00"), Decimal("780.00"))


def test_a_vat_code_must_be_in_force_that_day() -> None:
    """Dated data."""
    draft = make_draft()
    VatCode.objects.filter(code="FR20").update(valid_to=date(2026, 10, 31))
    assert reasons_against(draft) == (
        "Le code de TVA «\u00a020\u00a0% (taux normal)\u00a0» n’est pas valable le 02/11/2026.",
    )


def test_reverse_charge_needs_the_buyers_vat_number() -> None:
    """Once for two lines under the same code."""
    lines = [make_line("Pose", code="AUTO-BTP"), make_line("Dépose", code="AUTO-BTP")]
    label = vat("AUTO-BTP").label
    assert reasons_against(make_draft(lines=lines)) == (
        f"Le n° de TVA du client est obligatoire avec le code «\u00a0{label}\u00a0».",
    )


def test_an_intra_eu_code_wants_a_buyer_of_another_country_and_a_delivery_date() -> None:
    """French VAT number, no date: two reasons."""
    activity = make_selling_activity()
    customer = make_customer(activity, vat_number="FR40303265045")
    label = vat("UE-BIENS").label
    assert reasons_against(make_draft(activity, customer=customer, lines=[make_line(code="UE-BIENS")])) == (
        f"Le code «\u00a0{label}\u00a0» suppose un client d’un autre pays de l’Union européenne.",
        "Une livraison intracommunautaire indique sa date de livraison.",
    )


def test_two_reasons_of_one_category_do_not_fit_on_a_document() -> None:
    """Construction subcontracting and intra-EU services are both « AE » at 0 %."""
    activity = make_selling_activity()
    customer = make_customer(activity, vat_number="DE136695976", country="DE", siren="")
    lines = [make_line(code="AUTO-BTP"), make_line(code="UE-SERVICES")]
    assert reasons_against(make_draft(activity, customer=customer, lines=lines)) == (
        "Deux motifs d’exonération de même catégorie ne tiennent pas sur une facture\u00a0: faites-en deux.",
    )


def test_construction_needs_a_decennial_insurance_in_force() -> None:
    """One that has ended does not count."""
    activity = make_selling_activity(sector=Sector.CONSTRUCTION)
    make_insurance(activity, starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31))
    assert reasons_against(make_draft(activity)) == (
        "L’activité n’a pas d’assurance décennale en cours le 02/11/2026.",
    )


def test_a_consumer_needs_a_mediator() -> None:
    """C. conso. L616-1."""
    make_cooperative(mediator=" ")
    activity = make_selling_activity()
    draft = make_draft(activity, customer=make_customer(activity, CustomerKind.CONSUMER))
    assert "Le médiateur de la consommation manque dans la fiche de la coopérative." in reasons_against(draft)


def test_a_mention_without_text_that_day_is_named() -> None:
    """A legal text that begins later is not in force."""
    draft = make_draft()
    LegalText.objects.filter(code="LATE_PENALTY").update(valid_from=date(2027, 1, 1))
    assert reasons_against(draft) == (
        "La mention «\u00a0Pénalités de retard\u00a0» n’a pas de texte en vigueur le 02/11/2026.",
    )


def test_a_placeholder_that_nothing_fills_is_named() -> None:
    """Someone mistyped {points}."""
    draft = make_draft()
    LegalText.objects.filter(code="LATE_PENALTY").update(text="Taux de la BCE + {pionts} points.")
    assert reasons_against(draft) == (
        "Il manque une valeur dans la mention «\u00a0Taux de la BCE + {pionts} points.\u00a0».",
    )


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ("legal_name", "La dénomination sociale de la coopérative manque."),
        ("siret", "Le SIRET du siège de la coopérative manque."),
        ("rcs_city", "La ville du RCS de la coopérative manque."),
        ("vat_number", "Le n° de TVA de la coopérative manque."),
        ("street", "La rue manque dans l’adresse de la coopérative."),
        ("postcode", "Le code postal manque dans l’adresse de la coopérative."),
        ("city", "La ville manque dans l’adresse de la coopérative."),
    ],
)
def test_each_datum_of_the_seller_is_needed(field: str, sentence: str) -> None:
    """Taken away one by one."""
    draft = make_draft()
    Cooperative.objects.update(**{field: ""})
    assert reasons_against(draft) == (sentence,)


def test_the_sellers_capital_is_needed() -> None:
    """« à capital variable » does not dispense with it."""
    draft = make_draft()
    Cooperative.objects.update(capital=0)
    assert reasons_against(draft) == ("Le capital social de la coopérative manque.",)


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ("name", "Le nom du client manque."),
        ("street", "La rue manque dans l’adresse du client."),
        ("city", "La ville manque dans l’adresse du client."),
    ],
)
def test_each_datum_of_the_buyer_is_needed(field: str, sentence: str) -> None:
    """Taken away one by one."""
    draft = make_draft()
    Customer.objects.update(**{field: ""})
    assert reasons_against(draft) == (sentence,)


def test_approval_asks_again() -> None:
    """What was right on submission may have become wrong."""
    submitted = make_submitted()
    Cooperative.objects.update(rcs_city="")
    with pytest.raises(RefusalError) as refusal:
        approve_invoice(invoice=submitted, by=accountant(), on=DAY)
    assert refusal.value.reasons == ("La ville du RCS de la coopérative manque.",)
    submitted.refresh_from_db()
    assert submitted.state == "SUBMITTED"


def figures(**changes: Any) -> DraftLine:  # noqa: ANN401
    """A line with other values."""
    return replace(make_line(), **changes)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"quantity": Decimal(100000000)}, "Ligne\u00a01\u00a0: La quantité dépasse 99\u202f999\u202f999,9999."),
        ({"unit_price": Decimal(-1)}, f"Ligne\u00a01\u00a0: {PRICE}"),
        ({"label": "a\x00b"}, f"Ligne\u00a01\u00a0: {CONTROL}"),
        ({"description": "x" * 2001}, "Ligne\u00a01\u00a0: le champ «\u00a0détail\u00a0» a au plus 2000 caractères."),
        ({"quantity": Decimal(99999999), "unit_price": Decimal(99999999)},
         "Ligne\u00a01\u00a0: Le montant dépasse 999\u202f999\u202f999\u202f999,99\u00a0€."),
        ({"quantity": Decimal(99999999), "unit_price": Decimal(9999)},
         "Le total de la facture dépasse 999\u202f999\u202f999\u202f999,99\u00a0€."),
    ],
)  # fmt: skip
def test_a_draft_refuses_what_no_document_can_hold(changes: dict[str, Any], reason: str) -> None:
    """The draft before stays as it was."""
    draft = make_draft()
    content = make_content(draft.activity, lines=[figures(**changes)])
    with pytest.raises(RefusalError) as refusal:
        save_draft(invoice=draft, content=content, by=accountant())
    assert refusal.value.reasons == (reason,)
    draft.refresh_from_db()
    assert (draft.net, draft.lines.get().label) == (Decimal("700.00"), "Conseil")


def test_texts_too_long_for_their_fields_are_refused() -> None:
    """Header fields as well, all at once."""
    content = make_content(make_selling_activity(), subject="x" * 161, note="y" * 1001, purchase_order="a\x07")
    with pytest.raises(RefusalError) as refusal:
        save_draft(invoice=None, content=content, by=accountant())
    assert len(refusal.value.reasons) == 3
    assert refusal.value.reasons[0].startswith("objet\u00a0: ")
    assert not Invoice.objects.exists()


def test_line_ends_and_accents_are_tidied() -> None:
    """What a browser's text area and a Mac's keyboard send."""
    draft = make_draft(note="Merci\r\net à bientôt ", lines=[make_line("E\u0301tude")])
    assert (draft.note, draft.lines.get().label) == ("Merci\net à bientôt", "Étude")
