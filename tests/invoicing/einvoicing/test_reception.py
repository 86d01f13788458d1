"""What comes from the platform: statuses of our documents, invoices of suppliers, and files that mean harm."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pypdf import PdfWriter

from invoicing.einvoicing.models import DocumentStatus, ReceivedInvoice, Transmission
from invoicing.einvoicing.services import receive_invoices, receive_statuses, send_waiting
from invoicing.invoices.models import Invoice
from invoicing.invoices.services import store_pdf
from invoicing.rendering.cii import render_cii
from invoicing.rendering.pdf import render_pdf
from invoicing.rendering.status_message import (
    StatusMessage,
    UnreadableError,
    read_invoice,
    read_statuses,
    write_status,
)
from tests.invoicing.factories import accountant, make_issued, make_selling_activity
from tests.invoicing.rendering.samples import sample_document

ENTITY = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]><x>&secret;</x>"""
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><x>&c;</x>'
)


@pytest.fixture
def box(settings: Any, tmp_path: Path) -> Path:  # noqa: ANN401
    """The directory shared with the platform's connector."""
    settings.PLATFORM_CHANNEL, settings.PLATFORM_DIRECTORY = "files", str(tmp_path)
    for name in ("in/statuses", "in/invoices"):
        (tmp_path / name).mkdir(parents=True)
    return tmp_path


def message(invoice: Invoice, code: str, on: date = date(2026, 11, 21), **details: Any) -> bytes:  # noqa: ANN401
    """A status as a platform would send it."""
    return write_status(
        StatusMessage(
            number=str(invoice.number),
            kind="380",
            issued_on=date(2026, 11, 2),
            seller_siren="123456782",
            code=code,
            label="Statut",
            happened_on=on,
            **details,
        )
    )


def drop(box: Path, name: str, content: bytes) -> None:
    """A file that the connector leaves for us."""
    (box / name).write_bytes(content)


def sent_invoice() -> Invoice:
    """An invoice that was handed over."""
    invoice = make_issued()
    store_pdf(invoice=invoice, by=accountant())
    send_waiting(at=timezone.now() + timedelta(minutes=1), on=date(2026, 11, 20), by=accountant())
    return invoice


@pytest.mark.django_db
def test_statuses_are_logged_once_and_the_file_is_put_away(box: Path) -> None:
    invoice = sent_invoice()
    drop(box, "in/statuses/1.xml", message(invoice, "203"))
    drop(box, "in/statuses/2.xml", message(invoice, "207", reason="QTE_ERR", comment="2 et non 3"))
    assert receive_statuses() == 2
    rows = list(DocumentStatus.objects.order_by("pk").values_list("code", "reason", "comment", "source", "author"))
    assert rows[1:] == [("203", "", "", "PLATFORM", None), ("207", "QTE_ERR", "2 et non 3", "PLATFORM", None)]
    assert Transmission.objects.get().state == "ACKNOWLEDGED"
    assert sorted(path.name for path in (box / "in/taken").iterdir()) == ["1.xml", "2.xml"]
    drop(box, "in/statuses/3.xml", message(invoice, "203"))
    assert receive_statuses() == 1
    assert DocumentStatus.objects.count() == 3


@pytest.mark.django_db
def test_a_rejection_stops_the_document_and_says_why(box: Path) -> None:
    invoice = sent_invoice()
    drop(box, "in/statuses/1.xml", message(invoice, "213", reason="REJ_COH", comment="Total"))
    receive_statuses()
    row = Transmission.objects.get()
    assert (row.state, row.last_error) == ("STUCK", "Rejetée\u00a0: Rejet\u00a0: cohérence des données Total")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (ENTITY, "déclaration de type de document"),
        (LAUGHS, "déclaration de type de document"),
        (b"<x", "n’est pas un XML lisible"),
        (b"<x/>", "ne parle d’aucune facture"),
    ],
)
def test_a_message_that_means_harm_or_nothing_is_put_aside(box: Path, content: bytes, sentence: str) -> None:
    drop(box, "in/statuses/1.xml", content)
    assert receive_statuses() == 0
    assert sentence in (box / "in/refused/1.xml.txt").read_text()
    assert list((box / "in/statuses").iterdir()) == []
    assert not DocumentStatus.objects.exists()


@pytest.mark.django_db
def test_a_message_is_taken_whole_or_not_at_all(box: Path) -> None:
    """A status that cannot follow, of a document that is not ours, without its reason: nothing is logged."""
    invoice = sent_invoice()
    first, other = message(invoice, "203").decode(), message(invoice, "200").decode()
    about = other[other.index("<ram:ReferenceReferencedDocument>") : other.index("</rsm:AcknowledgementDocument>")]
    stranger = about.replace(str(invoice.number), "F1999-00001")
    whole = first.replace("</rsm:AcknowledgementDocument>", f"{stranger}</rsm:AcknowledgementDocument>")
    drop(box, "in/statuses/1.xml", whole.encode())
    drop(box, "in/statuses/2.xml", message(invoice, "209"))
    drop(box, "in/statuses/3.xml", message(invoice, "210"))
    assert receive_statuses() == 0
    assert "F1999-00001 n’est pas de cette coopérative" in (box / "in/refused/1.xml.txt").read_text()
    assert "ne peut pas suivre" in (box / "in/refused/2.xml.txt").read_text()
    assert "demande un motif" in (box / "in/refused/3.xml.txt").read_text()
    assert list(DocumentStatus.objects.values_list("code", flat=True)) == ["200"]


@pytest.mark.django_db
def test_an_invoice_is_stored_once_and_goes_to_the_activity_of_its_address(box: Path) -> None:
    activity = make_selling_activity(code="BOIS")
    document = sample_document(lines=2)
    xml = render_cii(document).decode()
    address = document.buyer.electronic_address or document.buyer.siren
    routed = xml.replace(f'schemeID="0225">{address}<', f'schemeID="0225">{address}_BOIS<')
    assert routed != xml
    drop(box, "in/invoices/a.xml", routed.encode())
    drop(box, "in/invoices/b.pdf", render_pdf(document))
    assert receive_invoices() == 2
    to_activity, to_nobody = ReceivedInvoice.objects.order_by("pk")
    assert (to_activity.activity, to_activity.problem) == (activity, "")
    assert (to_activity.number, to_activity.issued_on) == (document.number, document.issued_on)
    assert (to_activity.seller_name, to_activity.seller_siren) == (document.seller.legal_name, document.seller.siren)
    assert to_activity.gross == document.gross
    assert (to_nobody.activity, to_nobody.problem[:35]) == (None, "L’adresse de réception ne nomme auc")
    with to_activity.file.open() as stored:
        assert stored.read() == routed.encode()
    drop(box, "in/invoices/again.xml", routed.encode())
    assert receive_invoices() == 0
    assert ReceivedInvoice.objects.count() == 2


@pytest.mark.django_db
def test_an_invoice_that_cannot_be_read_is_kept_with_why(box: Path) -> None:
    """It has arrived for the law: it is stored, and someone looks."""
    empty = PdfWriter()
    empty.add_blank_page(100, 100)
    empty.write(box / "in/invoices/1.pdf")
    drop(box, "in/invoices/2.pdf", b"%PDF-1.7 and nothing else")
    drop(box, "in/invoices/3.xml", LAUGHS)
    assert receive_invoices() == 3
    problems = list(ReceivedInvoice.objects.order_by("name").values_list("problem", flat=True))
    assert problems[0] == "Ce PDF ne contient pas de facture électronique."
    assert problems[1].startswith("Ce PDF est illisible")
    assert "déclaration de type" in problems[2]


@pytest.mark.django_db
def test_links_hidden_and_unfinished_files_are_left_alone(box: Path) -> None:
    (box / "in/invoices/link.xml").symlink_to("/etc/hostname")
    drop(box, "in/invoices/.hidden.xml", b"<x/>")
    drop(box, "in/invoices/half.partial", b"<x/>")
    assert receive_invoices() == 0
    assert not ReceivedInvoice.objects.exists()


def test_a_file_that_is_too_large_is_refused(box: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("invoicing.rendering.status_message.MOST_BYTES", 1000)
    with pytest.raises(UnreadableError, match="dépasse"):
        read_statuses(b" " * 1001)


def test_a_status_is_written_and_read_back() -> None:
    written = write_status(
        StatusMessage(
            number="F2026-00001",
            kind="380",
            issued_on=date(2026, 11, 2),
            seller_siren="123456782",
            code="212",
            label="Encaissée",
            happened_on=date(2026, 11, 20),
            amounts=((Decimal(20), Decimal("119.99")), (Decimal("5.5"), Decimal("-21.09"))),
        )
    )
    (read,) = read_statuses(written)
    assert (read.number, read.code, read.reason, read.comment) == ("F2026-00001", "212", "", "")
    assert read.happened_on == date(2026, 11, 20)
    assert written.count(b"SpecifiedDocumentCharacteristic>") == 4
    assert b">-21.09<" in written


def test_an_invoice_without_a_total_is_said() -> None:
    content = render_cii(sample_document(lines=1))
    assert read_invoice(content).number
    with pytest.raises(UnreadableError, match="Le total de cette facture est illisible"):
        read_invoice(content.replace(b"<ram:GrandTotalAmount>", b"<ram:GrandTotalAmount>x"))
