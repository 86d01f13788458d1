"""The QR code of the transfer: what it says, that it is printed as it is, and when there is none."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from invoicing.rendering.cii import render_cii
from invoicing.rendering.document import Correction, FrozenDocument, Retention, opposite
from invoicing.rendering.pdf import render_pdf
from invoicing.rendering.transfer import amount_to_transfer, epc_payload, qr_code
from tests.invoicing.rendering.qr_reading import matrix_of
from tests.invoicing.rendering.reading import text_of, xml_texts
from tests.invoicing.rendering.samples import SELLER, sample_document, sample_logo

DOCUMENT = sample_document(lines=3)
WITHOUT = [
    pytest.param(replace(DOCUMENT, seller=replace(SELLER, iban="")), id="no account"),
    pytest.param(replace(DOCUMENT, prepaid=DOCUMENT.gross), id="already paid"),
    pytest.param(replace(DOCUMENT, gross=Decimal("1000000000.00")), id="too much for the standard"),
    pytest.param(
        replace(opposite(DOCUMENT), kind="381", corrects=Correction("F2026-00001", date(2026, 11, 2), "")),
        id="credit note",
    ),
]


def test_the_payload_follows_the_standard() -> None:
    assert epc_payload(DOCUMENT).split("\n") == [
        "BCD",
        "002",
        "1",
        "SCT",
        "AGRIFRPP",
        "Les Ateliers Réunis",
        "FR7630006000011234567890189",
        "EUR5372.70",
        "",
        "",
        "F2026-00042",
    ]


def test_long_names_are_cut_and_the_bic_may_be_missing() -> None:
    lines = epc_payload(replace(DOCUMENT, seller=replace(SELLER, bic="", legal_name="é" * 80))).split("\n")
    assert (lines[4], lines[5]) == ("", "é" * 70)


@pytest.mark.parametrize(
    ("changes", "amount"),
    [
        ({}, "5372.70"),
        ({"prepaid": Decimal("372.70")}, "5000.00"),
        ({"retention": Retention(Decimal(5), Decimal("268.64"), date(2027, 11, 22))}, "5104.06"),
        (
            {
                "prepaid": Decimal("372.70"),
                "retention": Retention(Decimal(5), Decimal("268.64"), date(2027, 11, 22)),
            },
            "4731.36",
        ),
    ],
)
def test_the_amount_leaves_out_what_was_paid_and_what_is_kept(changes: dict[str, object], amount: str) -> None:
    document = replace(DOCUMENT, **changes)  # type: ignore[arg-type]
    assert amount_to_transfer(document) == Decimal(amount)
    assert f"\nEUR{amount}\n" in epc_payload(document)


def test_the_printed_code_is_the_one_that_was_meant() -> None:
    document = sample_document(lines=10)
    pdf = render_pdf(document, logo=sample_logo())
    code = qr_code(epc_payload(document))
    wanted = tuple(tuple(row) for row in code.matrix)
    assert code.error == "M"
    assert matrix_of(pdf, size=len(wanted)) == wanted
    other = qr_code(epc_payload(replace(document, number="F2026-00043")))
    assert matrix_of(pdf, size=len(wanted)) != tuple(tuple(row) for row in other.matrix)


def test_who_cannot_see_the_code_hears_what_it_says() -> None:
    reader = PdfReader(io.BytesIO(render_pdf(DOCUMENT)))
    size: Any = reader.trailer["/Size"]
    parts: list[Any] = [reader.get_object(number) for number in range(1, size)]
    alternatives = [str(part["/Alt"]) for part in parts if isinstance(part, DictionaryObject) and "/Alt" in part]
    (spoken,) = alternatives
    assert spoken == (
        "QR code de virement\u00a0: 5\u202f372,70\u00a0€ à Les Ateliers Réunis, "
        "IBAN FR76\u00a03000\u00a06000\u00a00112\u00a03456\u00a07890\u00a0189, référence F2026-00042"
    )


@pytest.mark.parametrize("document", WITHOUT)
def test_what_is_not_to_be_transferred_has_no_code(document: FrozenDocument) -> None:
    assert epc_payload(document) == ""
    assert "application bancaire" not in text_of(render_pdf(document))


def test_the_xml_bears_the_same_account_and_reference() -> None:
    xml = render_cii(DOCUMENT)
    settlement = "//ApplicableHeaderTradeSettlement"
    assert xml_texts(xml, f"{settlement}/PaymentReference") == ["F2026-00042"]
    assert xml_texts(xml, f"{settlement}/SpecifiedTradeSettlementPaymentMeans/TypeCode") == ["58"]
    account = f"{settlement}/SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount"
    assert xml_texts(xml, f"{account}/IBANID") == ["FR7630006000011234567890189"]
    assert xml_texts(xml, f"{account}/AccountName") == ["Les Ateliers Réunis"]
