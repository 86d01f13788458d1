"""The files that go with a document, and what exempt training cannot do without."""

import hashlib
import io
from datetime import date

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.models import AuditEvent
from invoicing.invoices.enums import AttachmentKind
from invoicing.invoices.models import Invoice
from invoicing.invoices.models.approvals import ApprovalSettings
from invoicing.invoices.models.attachments import DocumentAttachment
from invoicing.invoices.rules.attachments import attachment_name, checked_attachment
from invoicing.invoices.services import (
    approve_invoice,
    delete_draft,
    issue_invoice,
    remove_attachment,
    submit_invoice,
)
from invoicing.rendering.document import from_json
from members.activities.enums import Sector
from members.activities.models import ActivityInsurance
from members.cooperative.models import Cooperative
from tests.conftest import signed_in
from tests.invoicing.factories import (
    DAY,
    accountant,
    blank_pdf,
    entrepreneur_of,
    make_approved,
    make_attachment,
    make_draft,
    make_insurance,
    make_issued,
    make_line,
    make_selling_activity,
    make_submitted,
)
from tests.members.factories import make_cooperative

pytestmark = pytest.mark.django_db
READABLE = "Une pièce est un PDF lisible, ou une image JPEG ou PNG."
ACTING = "Ce PDF contient un programme (JavaScript ou lancement)\u00a0: enregistrez-le sans, ou imprimez-le en PDF."
AGREEMENT = (
    "Joignez la convention ou le contrat de formation\u00a0: ce document facture une formation exonérée de TVA "
    "(C. trav. L6353-1 et L6353-3)."
)
DECLARATION = (
    "Le n° de déclaration d’activité de formation manque dans la fiche de la coopérative\u00a0: une facture de "
    "formation exonérée l’imprime (C. trav. L6352-12)."
)
PRINTED = (
    "Déclaration d’activité enregistrée sous le n° 52440123456 auprès du préfet de région des Pays de la Loire. "
    "Cet enregistrement ne vaut pas agrément de l’État."
)


def picture(form: str, **options: object) -> bytes:
    """Two pixels by three, red."""
    encoded = io.BytesIO()
    Image.new("RGB", (2, 3), "red").save(encoded, form, **options)
    return encoded.getvalue()


def acting_pdf(action: str) -> bytes:
    """A PDF that does something when it is opened, or on its page."""
    writer, written = PdfWriter(), io.BytesIO()
    page = writer.add_blank_page(width=200, height=200)
    named = writer._add_object(NameObject(f"/{action}"))  # by a reference, as one who hides would
    act = DictionaryObject({NameObject("/S"): named, NameObject("/F"): TextStringObject("calc.exe")})
    where = page if action == "Launch" else writer.root_object
    where[NameObject("/AA")] = DictionaryObject({NameObject("/O"): writer._add_object(act)})
    writer.write(written)
    return written.getvalue()


def scripted_pdf() -> bytes:
    """A PDF with a named script."""
    writer, written = PdfWriter(), io.BytesIO()
    writer.add_blank_page(width=200, height=200)
    named = ArrayObject([TextStringObject("salut"), DictionaryObject({NameObject("/S"): NameObject("/Other")})])
    scripts = DictionaryObject({NameObject("/JavaScript"): DictionaryObject({NameObject("/Names"): named})})
    writer.root_object[NameObject("/Names")] = scripts
    writer.write(written)
    return written.getvalue()


def protected_pdf() -> bytes:
    """A PDF that asks for a password."""
    writer, written = PdfWriter(clone_from=io.BytesIO(blank_pdf())), io.BytesIO()
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(written)
    return written.getvalue()


def trainers_draft(**cooperative: str) -> Invoice:
    """Exempt training, in a cooperative that requires what the law asks for."""
    make_cooperative(**cooperative)
    ApprovalSettings.objects.create(pk=1, requires_attachments=True)
    return make_draft(lines=[make_line("Stage", code="EXO-FORMATION"), make_line()])


def state_of(invoice: Invoice) -> str:
    """As stored."""
    return Invoice.objects.values_list("state", flat=True).get(pk=invoice.pk)


def submit_refusals(invoice: Invoice) -> tuple[str, ...]:
    """The reasons of a refusal, which changes nothing."""
    events = AuditEvent.objects.count()
    with pytest.raises(RefusalError) as refusal:
        submit_invoice(invoice=invoice, by=accountant(), on=DAY)
    assert (state_of(invoice), AuditEvent.objects.count()) == ("DRAFT", events)
    return refusal.value.reasons


def test_a_pdf_is_kept_as_it_came_under_a_random_name() -> None:
    """With its fingerprint, and its trace on the document."""
    invoice, content = make_draft(), blank_pdf()
    attachment = make_attachment(invoice)
    sha256 = hashlib.sha256(content).hexdigest()
    assert (attachment.name, attachment.format, attachment.sha256, attachment.size) == (
        "Convention Écrire",
        "application/pdf",
        sha256,
        len(content),
    )
    assert str(attachment.file).startswith("attachments/2026/11/")
    assert "Convention" not in str(attachment.file)
    with attachment.file.open("rb") as stored:
        assert stored.read() == content
    event = AuditEvent.objects.order_by("-position")[0]
    assert (event.action, event.subject_id, event.author) == ("invoice.attached", invoice.pk, accountant())
    assert event.changes == {
        "pièce": "Convention Écrire",
        "nature": "Convention ou contrat de formation",
        "sha256": sha256,
        "octets": len(content),
    }


@pytest.mark.parametrize(("form", "media"), [("JPEG", "image/jpeg"), ("PNG", "image/png")])
def test_a_picture_is_encoded_anew(form: str, media: str) -> None:
    """What else the file held is gone: here its description."""
    exif = Image.Exif()
    exif[270] = "Place secrète"
    content = picture(form, exif=exif)
    assert b"Place secr" in content
    kept = checked_attachment(content + b"<script>")
    assert kept.format == media
    assert b"Place secr" not in kept.content
    assert b"<script>" not in kept.content
    with Image.open(io.BytesIO(kept.content)) as opened:
        assert (opened.format, opened.size) == (form, (2, 3))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(b"", READABLE, id="empty"),
        pytest.param(b"<html>%PDF-1.7", READABLE, id="a page called PDF"),
        pytest.param(b"%PDF-1.7 and no more", READABLE, id="a broken PDF"),
        pytest.param(blank_pdf()[:200], READABLE, id="half a PDF"),
        pytest.param(picture("JPEG")[:300], READABLE, id="half a picture"),
        pytest.param(picture("GIF"), READABLE, id="another picture"),
        pytest.param(acting_pdf("Launch"), ACTING, id="starts a program"),
        pytest.param(acting_pdf("JavaScript"), ACTING, id="runs a script"),
        pytest.param(scripted_pdf(), ACTING, id="holds a script"),
        pytest.param(
            protected_pdf(),
            "Ce PDF est protégé par un mot de passe\u00a0: joignez-le sans protection.",
            id="protected",
        ),
        pytest.param(b"%PDF-" + b"0" * 9_999_996, "Une pièce pèse au plus 10\u00a0Mo.", id="too heavy"),
    ],
)
def test_what_is_no_such_file_is_refused(content: bytes, sentence: str) -> None:
    """By its content, and nothing is kept."""
    invoice = make_draft()
    with pytest.raises(RefusalError) as refusal:
        make_attachment(invoice, content=content)
    assert refusal.value.reasons == (sentence,)
    assert not DocumentAttachment.objects.exists()


@given(st.binary(max_size=200))
def test_any_bytes_are_kept_or_refused(content: bytes) -> None:
    """Nothing else happens, with the head of a PDF or of a picture."""
    for head in (b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"):
        with pytest.raises(RefusalError):
            checked_attachment(head + content)


@given(st.text(max_size=300))
def test_any_name_becomes_one_that_can_be_kept(typed: str) -> None:
    """Between 1 and 120 characters that print."""
    name = attachment_name(typed, AttachmentKind.OTHER)
    assert 1 <= len(name) <= 120
    assert name.isprintable()


def test_names_lose_folder_and_extension() -> None:
    """What is left when nothing is: what it is."""
    assert attachment_name("C:\\Users\\moi\\devis v2.1.pdf", AttachmentKind.OTHER) == "devis v2.1"
    assert attachment_name(" \u0000", AttachmentKind.SIGNED_QUOTE) == "Devis signé"


def test_the_same_file_is_joined_once() -> None:
    """To one document; another may have it too."""
    invoice = make_draft()
    make_attachment(invoice)
    with pytest.raises(RefusalError, match="Ce fichier est déjà joint au document"):
        make_attachment(invoice, kind=AttachmentKind.OTHER)
    make_attachment(make_draft(invoice.activity))
    assert (invoice.attachments.count(), DocumentAttachment.objects.count()) == (1, 2)


def test_a_stranger_joins_nothing() -> None:
    """Neither another entrepreneur; nor is the stored file left behind."""
    invoice = make_draft()
    stranger = entrepreneur_of(make_selling_activity())
    with pytest.raises(RefusalError, match="Vous ne pouvez pas joindre une pièce à ce document"):
        make_attachment(invoice, by=stranger)
    assert invoice.attachments.count() == 0


def test_a_draft_gives_its_files_back(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    """One by one, or all with it: the disk forgets them too."""
    invoice = make_draft()
    first, second = make_attachment(invoice), make_attachment(invoice, content=blank_pdf(201))
    with django_capture_on_commit_callbacks(execute=True):
        remove_attachment(attachment=first, by=accountant())
    assert list(invoice.attachments.all()) == [second]
    assert AuditEvent.objects.order_by("-position")[0].action == "invoice.detached"
    storage = first.file.storage
    assert (storage.exists(str(first.file)), storage.exists(str(second.file))) == (False, True)
    with pytest.raises(RefusalError, match="Cette pièce a déjà été retirée"):
        remove_attachment(attachment=first, by=accountant())
    with django_capture_on_commit_callbacks(execute=True):
        delete_draft(invoice=invoice, by=accountant())
    assert not DocumentAttachment.objects.exists()
    assert not storage.exists(str(second.file))


@pytest.mark.parametrize(("make", "label"), [(make_submitted, "À valider"), (make_issued, "Émise")])
def test_what_is_handed_in_keeps_its_files(make: type, label: str) -> None:
    """More may be joined; none is taken away, nor by SQL."""
    invoice = make()
    attachment = make_attachment(invoice)
    with pytest.raises(RefusalError) as refusal:
        remove_attachment(attachment=attachment, by=accountant())
    assert refusal.value.reasons == (
        f"Vous ne pouvez pas retirer une pièce de ce document dans son état actuel («\u00a0{label}\u00a0»).",
    )
    for act in ("DELETE FROM invoicing_documentattachment", "UPDATE invoicing_documentattachment SET name = 'x'"):
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(act)
    assert [str(kept) for kept in invoice.attachments.all()] == ["Convention Écrire"]


def test_exempt_training_asks_for_its_agreement_and_declaration() -> None:
    """Both are named; with both it is submitted, and prints the words of the law."""
    draft = trainers_draft()
    assert submit_refusals(draft) == (AGREEMENT, DECLARATION)
    make_attachment(draft, kind=AttachmentKind.OTHER)
    assert submit_refusals(draft) == (AGREEMENT, DECLARATION)
    make_attachment(draft, content=blank_pdf(201))
    assert submit_refusals(draft) == (DECLARATION,)
    Cooperative.objects.update(training_number="52440123456", training_region="des Pays de la Loire")
    submitted = submit_invoice(invoice=draft, by=accountant(), on=DAY)
    approved = approve_invoice(invoice=submitted, by=accountant(), on=DAY)
    issued = issue_invoice(invoice=approved, by=accountant(), on=DAY)
    assert PRINTED in from_json(issued.snapshot.content).mentions


def test_a_number_taken_away_after_the_approval_is_missed_at_issue() -> None:
    """Asked again on the day of issue."""
    draft = trainers_draft(training_number="52440123456", training_region="des Pays de la Loire")
    make_attachment(draft)
    submitted = submit_invoice(invoice=draft, by=accountant(), on=DAY)
    approved = approve_invoice(invoice=submitted, by=accountant(), on=DAY)
    Cooperative.objects.update(training_number="", training_region="")
    with pytest.raises(RefusalError) as refusal:
        issue_invoice(invoice=approved, by=accountant(), on=DAY)
    assert (refusal.value.reasons, state_of(approved)) == ((DECLARATION,), "APPROVED")


def test_other_lines_ask_for_nothing() -> None:
    """Nor print the declaration."""
    make_cooperative(training_number="52440123456", training_region="des Pays de la Loire")
    ApprovalSettings.objects.create(pk=1, requires_attachments=True)
    issued = make_issued()
    assert PRINTED not in from_json(issued.snapshot.content).mentions


def test_by_default_nothing_is_required_and_a_known_number_is_printed() -> None:
    """The switch is off: without number no mention, with it the mention."""
    silent = make_issued(lines=[make_line(code="EXO-FORMATION")])
    assert not any("Déclaration d’activité" in mention for mention in from_json(silent.snapshot.content).mentions)
    Cooperative.objects.update(training_number="52440123456", training_region="des Pays de la Loire")
    assert PRINTED in from_json(make_issued(lines=[make_line(code="EXO-FORMATION")]).snapshot.content).mentions


def test_an_insurance_that_expired_is_refused_on_the_day_of_issue() -> None:
    """Approved the last day of the policy, issued the day after."""
    activity = make_selling_activity(sector=Sector.CONSTRUCTION)
    make_insurance(activity)
    ActivityInsurance.objects.update(ends_on=DAY)
    approved = make_approved(activity)
    with pytest.raises(RefusalError) as refusal:
        issue_invoice(invoice=approved, by=accountant(), on=date(2026, 11, 3))
    assert "L’activité n’a pas d’assurance décennale en cours le 03/11/2026." in refusal.value.reasons
    assert state_of(approved) == "APPROVED"


@pytest.mark.parametrize(
    ("number", "region", "constraint"),
    [
        ("5244012345", "Bretagne", "members_cooperative_training_digits"),
        ("52440123456", "", "members_cooperative_training_whole"),
        ("", "Bretagne", "members_cooperative_training_whole"),
    ],
)
def test_a_declaration_is_whole(number: str, region: str, constraint: str) -> None:
    """Eleven digits and a region, or neither."""
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make_cooperative(training_number=number, training_region=region)


def test_an_entrepreneur_joins_reads_and_takes_away() -> None:
    """On the page of the draft."""
    activity = make_selling_activity()
    browser = signed_in(entrepreneur_of(activity))
    invoice = make_draft(activity)
    page = f"/factures/{invoice.pk}/"
    file = SimpleUploadedFile("Convention.PDF", blank_pdf())
    response = browser.post(f"{page}pieces/", {"kind": "TRAINING_AGREEMENT", "file": file})
    assert response["Location"] == page
    attachment = invoice.attachments.get()
    assert f'href="/pieces/{attachment.pk}/"' in browser.get(page).text
    answer = browser.get(f"/pieces/{attachment.pk}/")
    assert b"".join(answer.streaming_content) == blank_pdf()  # type: ignore[attr-defined]
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'inline; filename="Convention.pdf"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert browser.post(f"/pieces/{attachment.pk}/retirer/")["Location"] == page
    assert invoice.attachments.count() == 0


def test_a_refused_file_comes_back_with_its_reason() -> None:
    """Also no file, or a kind that there is not."""
    activity = make_selling_activity()
    browser = signed_in(entrepreneur_of(activity))
    invoice = make_draft(activity)
    typed = {"kind": "OTHER", "file": SimpleUploadedFile("x.pdf", b"MZ")}
    response = browser.post(f"/factures/{invoice.pk}/pieces/", typed)
    assert [str(message) for message in get_messages(response.wsgi_request)] == [READABLE]
    response = browser.post(f"/factures/{invoice.pk}/pieces/", {"kind": "x"})
    assert len(list(get_messages(response.wsgi_request))) == 3  # with the first, not yet read
    assert invoice.attachments.count() == 0


def test_another_entrepreneurs_files_do_not_exist() -> None:
    """404, whatever is asked, and nothing changes."""
    attachment = make_attachment(make_draft())
    browser = signed_in(entrepreneur_of(make_selling_activity()))
    assert browser.get(f"/pieces/{attachment.pk}/").status_code == 404
    assert browser.post(f"/pieces/{attachment.pk}/retirer/").status_code == 404
    assert browser.post(f"/factures/{attachment.invoice_id}/pieces/").status_code == 404
    assert Client().get(f"/pieces/{attachment.pk}/").status_code == 302
    assert DocumentAttachment.objects.count() == 1


def test_the_staff_joins_and_reads_in_the_back_office() -> None:
    """On the document's page and in the queue."""
    browser = signed_in(accountant())
    invoice = make_submitted()
    page = f"/gestion/invoicing/invoice/{invoice.pk}/change/"
    file = SimpleUploadedFile("Bon.png", picture("PNG"))
    response = browser.post(f"/factures/{invoice.pk}/pieces/", {"kind": "PURCHASE_ORDER", "file": file})
    assert response["Location"] == page
    attachment = invoice.attachments.get()
    for shown in (page, f"/gestion/invoicing/invoice/a-valider/{invoice.pk}/"):
        text = browser.get(shown).text
        assert f'href="/pieces/{attachment.pk}/"' in text
        assert "/retirer/" not in text


@pytest.mark.parametrize("count", [1, 3])
def test_a_document_takes_the_same_queries_whatever_its_files(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """A literal count."""
    activity = make_selling_activity()
    browser = signed_in(entrepreneur_of(activity))
    invoice = make_draft(activity)
    for i in range(count):
        make_attachment(invoice, content=blank_pdf(300 + i))
    with django_assert_num_queries(11):
        assert browser.get(f"/factures/{invoice.pk}/").status_code == 200


def test_the_samples_are_what_they_say() -> None:
    """Else the refusals above would prove nothing: every sample opens, or asks for its password."""
    for sample in (acting_pdf("Launch"), acting_pdf("JavaScript"), scripted_pdf()):
        assert len(PdfReader(io.BytesIO(sample)).pages) == 1
    assert PdfReader(io.BytesIO(protected_pdf())).is_encrypted
