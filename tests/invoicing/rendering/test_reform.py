"""Frame, treatment and addresses of the French reform follow from the document."""

from dataclasses import replace
from decimal import Decimal

import pytest

from invoicing.rendering.document import GOODS, SERVICES, Buyer
from invoicing.rendering.reform import completed
from tests.invoicing.rendering.kinds import BERLIN, GENEVA, KINDS
from tests.invoicing.rendering.samples import CONSUMER, PROFESSIONAL, PUBLIC_BODY, sample_document


@pytest.mark.parametrize(
    ("kind", "frame"),
    [
        ("services", "S1"),
        ("goods", "B1"),
        ("goods and services", "M1"),
        ("deposit", "M1"),
        ("final, deposit prepaid", "M4"),
        ("final, deposit as a line", "M4"),
        ("progress", "M1"),
        ("partly prepaid", "M1"),
        ("already paid", "M2"),
        ("credit note of a paid invoice", "M2"),
    ],
)
def test_the_frame_names_what_is_sold_and_how_it_is_paid(kind: str, frame: str) -> None:
    """BT-23."""
    assert completed(KINDS[kind]()).frame == frame


@pytest.mark.parametrize(
    ("kind", "treatment"),
    [
        ("services", "B2B"),
        ("public body", "B2B"),
        ("consumer", "B2C"),
        ("services within the Union", "B2BINT"),
        ("export", "B2BINT"),
        ("exempt training", "OUTOFSCOPE"),
        ("out of scope", "OUTOFSCOPE"),
        ("taxed and exempt", "B2B"),
        ("zero rate", "B2B"),
    ],
)
def test_the_treatment_names_the_circuit(kind: str, treatment: str) -> None:
    """The BAR note; a document that is exempt in part stays in its circuit."""
    assert completed(KINDS[kind]()).treatment == treatment


def test_a_company_overseas_is_domestic() -> None:
    """Whether or not its SIREN was written down: a missing one is an error, not a foreigner."""
    buyer = replace(PROFESSIONAL, siren="", address=replace(PROFESSIONAL.address, country="RE"))
    assert completed(sample_document(lines=1, buyer=buyer)).treatment == "B2B"


@pytest.mark.parametrize(
    ("buyer", "scheme", "address"),
    [
        (PROFESSIONAL, "0225", "552100554"),
        (PUBLIC_BODY, "0225", "214400434_21440043400017"),
        (BERLIN, "9930", "DE136695976"),
        (replace(BERLIN, vat_number="SE556000016701"), "0225", "832457618_HORS-PLATEFORME"),
        (GENEVA, "0225", "832457618_HORS-PLATEFORME"),
        (CONSUMER, "0225", "832457618_HORS-PLATEFORME"),
    ],
)
def test_every_buyer_has_an_address(buyer: Buyer, scheme: str, address: str) -> None:
    """BT-49: the directory, the VAT number of another country, or one that says that there is no platform."""
    completed_buyer = completed(sample_document(lines=1, buyer=buyer)).buyer
    assert (completed_buyer.electronic_scheme, completed_buyer.electronic_address) == (scheme, address)


def test_what_the_document_already_says_is_kept() -> None:
    """A suffix of an activity, a frame chosen by who issued it."""
    document = sample_document(lines=1, supply_category=GOODS, frame="S4", treatment="ARCHIVEONLY")
    document = replace(
        document,
        seller=replace(document.seller, electronic_address="832457618_MENUISERIE"),
        buyer=replace(document.buyer, electronic_scheme="EM", electronic_address="factures@client.example"),
    )
    assert completed(document) == document


def test_a_free_document_is_not_a_paid_one() -> None:
    """Nothing due and nothing paid."""
    document = replace(sample_document(lines=0, supply_category=SERVICES), gross=Decimal(0))
    assert completed(document).frame == "S1"
