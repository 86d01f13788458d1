"""Submission refuses what no platform would take, before a number is given; nothing changes."""

from dataclasses import replace
from decimal import Decimal

import pytest

from invoicing.invoices.rules import unprintable_texts
from invoicing.invoices.services import submit_invoice
from invoicing.pricing.models import VatCode
from invoicing.rendering.document import Adjustment
from tests.invoicing.factories import DAY, accountant, make_customer, make_draft, make_line, make_selling_activity
from tests.invoicing.invoices.test_refusals import reasons_against
from tests.invoicing.rendering.kinds import taxed
from tests.invoicing.rendering.samples import sample_document, sample_line

pytestmark = pytest.mark.django_db


def test_out_of_scope_stands_alone() -> None:
    """EN 16931 allows no other category beside it."""
    draft = make_draft(lines=[make_line(), make_line(code="HORS-CHAMP")])
    assert reasons_against(draft) == (
        "Une opération hors du champ de la TVA ne se mélange pas à d’autres\u00a0: faites deux factures.",
    )


def test_a_rate_is_one_of_the_french_ones() -> None:
    """A rate that the settings allow and no French rule knows."""
    VatCode.objects.filter(code="FR20").update(rate=Decimal("21.50"))
    assert reasons_against(make_draft()) == ("Le taux de TVA 21,5\u00a0% n’est pas un taux français.",)


def test_a_reason_for_no_vat_has_an_official_code() -> None:
    """One that is missing, one that does not exist."""
    VatCode.objects.filter(code="EXO-FORMATION").update(vatex_code="")
    draft = make_draft(lines=[make_line(code="EXO-FORMATION")])
    assert reasons_against(draft) == ("Le code VATEX d’une exonération manque.",)
    VatCode.objects.filter(code="EXO-FORMATION").update(vatex_code="VATEX-FR-261")
    assert reasons_against(draft) == ("Le code VATEX «\u00a0VATEX-FR-261\u00a0» n’existe pas.",)


def test_a_company_overseas_needs_its_siren() -> None:
    """It is domestic: La Réunion is not abroad."""
    activity = make_selling_activity()
    buyer = make_customer(activity, siren="", country="RE", postcode="97400")
    assert reasons_against(make_draft(activity, customer=buyer)) == ("Le SIREN du client manque.",)


def test_a_country_exists() -> None:
    """Two capitals are not enough."""
    activity = make_selling_activity()
    buyer = make_customer(activity, siren="", country="QQ", vat_number="")
    assert reasons_against(make_draft(activity, customer=buyer)) == ("Le pays de l’adresse du client n’existe pas.",)


def test_the_reason_of_a_discount_is_printable() -> None:
    """On a line and on the whole document."""
    gift = Adjustment(is_charge=False, reason="Cadeau 🎁", amount=Decimal(1))
    sentence = "Remise ou frais\u00a0: un document ne peut pas imprimer «\u00a0🎁\u00a0» (U+1F381)."
    assert unprintable_texts(sample_document(lines=1, adjustments=(taxed(gift),))) == [sentence]
    line = sample_line(1, adjustments=(gift,))
    assert unprintable_texts(replace(sample_document(lines=1), lines=(line,))) == [sentence]


def test_what_is_in_order_is_submitted() -> None:
    """The rules above are about the electronic invoice alone."""
    draft = make_draft(lines=[make_line(), make_line(code="EXO-FORMATION")])
    assert submit_invoice(invoice=draft, by=accountant(), on=DAY).state == "SUBMITTED"
