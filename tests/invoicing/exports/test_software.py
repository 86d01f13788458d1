"""Entries for accounting software: exact bytes of each format, and the mark of what was exported."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from threading import Thread

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cae_backoffice.core.errors import RefusalError
from invoicing.exports.enums import ExportKind, ExportScope, ExportState
from invoicing.exports.models import ExportedEntry, ExportJob
from invoicing.exports.rules.characters import in_character_set
from invoicing.exports.rules.layouts import LAYOUTS, ExportLine, heading_of, records_of
from invoicing.exports.services import request_export, run_export
from invoicing.ledger.enums import JournalCode
from invoicing.ledger.rules import EntryDraft, LineDraft
from invoicing.ledger.services import post_entry
from members.activities.models import Activity
from members.cooperative.models import Cooperative
from tests.conftest import signed_in
from tests.invoicing.exports.books import MARCH, open_year, post, post_draft
from tests.invoicing.factories import accountant, make_selling_activity
from tests.members.factories import make_cooperative
from tests.project.code import ROOT

LABEL = "Rénovation d’un Œuvre à Évry : dépose, évacuation et peinture"


def line(**fields: object) -> ExportLine:
    """What a customer owes for an invoice with a long label."""
    usual: dict[str, object] = {
        "journal": "VT",
        "number": 12,
        "entry_on": date(2026, 3, 10),
        "voucher": "F2026-00001",
        "voucher_on": date(2026, 3, 9),
        "account": "411",
        "account_label": "Clients",
        "auxiliary": "C000007",
        "auxiliary_label": "Mairie d’Évry",
        "activity": "ACT01",
        "label": LABEL,
        "debit": Decimal("1234.50"),
        "credit": Decimal("0.00"),
        "due_on": date(2026, 4, 9),
        "letter": "",
        "validated_on": date(2026, 3, 10),
    }
    return ExportLine(**(usual | fields))  # type: ignore[arg-type]


SOLD = {"account": "706", "auxiliary": "", "debit": Decimal(0), "credit": Decimal("0.07"), "due_on": None}


def records(kind: ExportKind, *lines: ExportLine) -> list[bytes]:
    return [record for one in lines for record in records_of(kind, one)]


def test_quadra_byte_for_byte() -> None:
    assert records(ExportKind.QUADRA, line(), line(**SOLD)) == [
        (
            b"MC000007 VT000100326 R\xe9novation d\x92un \x8cuvrD+000000123450        090426     00001"
            b"                    26-00001EURVT    R\xe9novation d\x92un \x8cuvre \xe0 \xc9vry :  2026-00001"
            b"                                   \r\n"
        ),
        (
            b"M706     VT000100326 R\xe9novation d\x92un \x8cuvrC+000000000007                   00001"
            b"                    26-00001EURVT    R\xe9novation d\x92un \x8cuvre \xe0 \xc9vry :  2026-00001"
            b"                                   \r\n"
        ),
        b"I10000+000000000007ACT01               \r\n",
    ]
    assert heading_of(ExportKind.QUADRA, "Les Ateliers") == b""


def test_sage_byte_for_byte() -> None:
    assert records(ExportKind.SAGE_PNM, line(), line(**SOLD)) == [
        (
            b"VT 100326FC411          XC000007      F2026-00001  R\xe9novation d\x92un \x8cuvre \xe0 \xc9 090426D"
            b"             1234.50N0000012\r\n"
        ),
        (
            b"VT 100326FC706                        F2026-00001  R\xe9novation d\x92un \x8cuvre \xe0 \xc9       C"
            b"                0.07N0000012\r\n"
        ),
        (
            b"VT 100326FC706          AACT01        F2026-00001  R\xe9novation d\x92un \x8cuvre \xe0 \xc9       C"
            b"                0.07N0000012\r\n"
        ),
    ]
    assert heading_of(ExportKind.SAGE_PNM, "Coopérative d’activité et d’emploi des Ateliers") == (
        b"Coop\xe9rative d\x92activit\xe9 et d\x92em\r\n"
    )


def test_cegid_tra_byte_for_byte() -> None:
    assert records(ExportKind.CEGID_TRA, line(), line(journal="AC", **SOLD)) == [
        (
            b"VT 10032026FC411              XC000007          F2026-00001                        "
            b"R\xe9novation d\x92un \x8cuvre \xe0 \xc9vry : d\xe9po   09042026D             1234,50N00000012"
            b"EUR1,00000000E--                                        001  1 \r\n"
        ),
        (
            b"AC 10032026FF706                                F2026-00001                        "
            b"R\xe9novation d\x92un \x8cuvre \xe0 \xc9vry : d\xe9po   01011900C                0,07N00000012"
            b"EUR1,00000000E--                                        001  1 \r\n"
        ),
        (
            b"AC 10032026FF706              AACT01            F2026-00001                        "
            b"R\xe9novation d\x92un \x8cuvre \xe0 \xc9vry : d\xe9po   01011900C                0,07N00000012"
            b"EUR1,00000000E--                                        001A11 \r\n"
        ),
    ]
    header = heading_of(ExportKind.CEGID_TRA, "Les Ateliers")
    assert (header[:36], len(header)) == (b"***S5CLIJRLETE   0101190001011900006", 129)


def test_what_a_character_set_lacks_becomes_its_nearest() -> None:
    assert in_character_set("Łódź – 漢…", "cp1252") == b"?\xf3dz \x96 ?\x85"
    assert in_character_set("n’a – rien", "iso-8859-15") == b"n'a - rien"
    assert in_character_set("1 ¤ ½", "iso-8859-15") == b"1 ? 1"


@pytest.mark.parametrize("kind", list(LAYOUTS))
def test_fields_follow_each_other_inside_their_record(kind: ExportKind) -> None:
    for layout in LAYOUTS[kind]:
        ends = [field.start + field.length for field in layout.fields]
        assert all(field.start >= end for field, end in zip(layout.fields[1:], ends, strict=False))
        assert ends[-1] <= layout.length + 1
        assert len(layout.render(line())) == layout.length + 2


def documented() -> str:
    """The tables of docs/exports.md as the layouts make them."""
    blocks = []
    for kind, layouts in LAYOUTS.items():
        for layout in layouts:
            rows = [f"| {f.start} | {f.length} | {f.fit.value} | {f.meaning} |" for f in layout.fields]
            heading = f"### {kind.label} : {layout.title}\n\nLongueur : {layout.length} octets.\n"
            blocks.append(
                "\n".join([heading, "| position | longueur | cadrage | contenu |", "|---|---|---|---|", *rows])
            )
    return "\n\n".join(blocks)


def test_the_documentation_shows_the_layouts_as_they_are() -> None:
    assert documented() in (ROOT / "docs" / "exports.md").read_text()


# From the books


def ask(
    kind: ExportKind = ExportKind.CSV, scope: ExportScope = ExportScope.NEW, journals: Sequence[str] = ()
) -> ExportJob:
    """The entries of 2026."""
    return request_export(
        kind=kind,
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
        journals=journals,
        scope=scope,
        by=accountant(),
    )


def written(job: ExportJob) -> bytes:
    """The bytes of an export, once run."""
    job = run_export(job=job, by=accountant())
    assert job.error == ""
    with job.file.open("rb") as file:
        data: bytes = file.read()
    return data


def sell(activity: Activity) -> None:
    """A sale of the activity, on its own account of income."""
    draft = (LineDraft("512", debit=Decimal(50)), LineDraft("706", credit=Decimal(50), activity_id=activity.pk))
    post_entry(entry=EntryDraft(JournalCode.BANK, MARCH, "R1", MARCH, "Comptant", draft), by=accountant())


@pytest.mark.django_db
def test_csv_of_the_books(cooperative: Cooperative) -> None:
    open_year()
    post("1234.50", label="Élodie ; \n=SOMME(A1)", voucher="F1")
    activity = make_selling_activity()
    sell(activity)
    data = written(ask()).decode("utf-8-sig").split("\r\n")
    day, label = "10/03/2026", '"Élodie ;  =SOMME(A1)"'
    assert data == [
        (
            "Journal;N° d’écriture;Date;Pièce;Date de pièce;Compte;Libellé du compte;Compte auxiliaire;"
            "Libellé auxiliaire;Activité;Libellé;Débit;Crédit;Échéance;Lettre;Validée le"
        ),
        f"VT;1;{day};F1;{day};411;Clients;C000007;Mairie;;{label};1234,50;0,00;{day};;{day}",
        f"VT;1;{day};F1;{day};706;Prestations de services;;;;{label};0,00;1234,50;;;{day}",
        "BQ;2;10/03/2026;R1;10/03/2026;512;Banque;;;;Comptant;50,00;0,00;;;10/03/2026",
        f"BQ;2;10/03/2026;R1;10/03/2026;706;Prestations de services;;;{activity.code};Comptant;0,00;50,00;;;10/03/2026",
        "",
    ]


@pytest.mark.django_db
def test_only_the_journals_asked_for_and_no_draft(cooperative: Cooperative) -> None:
    open_year()
    post("10")
    post_draft("20", voucher="B1", journal=JournalCode.BANK)
    sell(make_selling_activity())
    job = ask(ExportKind.QUADRA, journals=["BQ"])
    assert job.lines_total == 2
    assert [record[:1] for record in written(job).split(b"\r\n")] == [b"M", b"M", b"I", b""]
    assert [mark.entry.journal.code for mark in ExportedEntry.objects.select_related("entry__journal")] == ["BQ"]


@pytest.mark.django_db
def test_an_entry_is_exported_once_in_each_format_and_again_on_demand(cooperative: Cooperative) -> None:
    open_year()
    post("10", voucher="F1")
    first = written(ask(ExportKind.SAGE_PNM))
    with pytest.raises(RefusalError, match="n’attend d’être exportée dans ce format"):
        ask(ExportKind.SAGE_PNM)
    post("20", voucher="F2")
    second = written(ask(ExportKind.SAGE_PNM))
    assert (first.count(b"F1"), second.count(b"F1"), second.count(b"F2")) == (2, 0, 2)
    assert written(ask(ExportKind.CEGID_TRA)).count(b"\r\n") == 5
    again = written(ask(ExportKind.SAGE_PNM, ExportScope.ALL))
    assert again == first + second.partition(b"\r\n")[2]
    marks = [(mark.entry.voucher_number, mark.job.kind) for mark in ExportedEntry.objects.order_by("pk")]
    assert sorted(marks) == [
        ("F1", "CEGID_TRA"),
        ("F1", "SAGE_PNM"),
        ("F1", "SAGE_PNM"),
        ("F2", "CEGID_TRA"),
        ("F2", "SAGE_PNM"),
        ("F2", "SAGE_PNM"),
    ]


@pytest.mark.django_db
def test_an_export_that_finds_nothing_left_fails_and_marks_nothing(cooperative: Cooperative) -> None:
    open_year()
    with pytest.raises(RefusalError, match="Aucune écriture validée dans cette période"):
        ask(scope=ExportScope.ALL)
    post("10")
    one, other = ask(), ask()
    written(one)
    other = run_export(job=other, by=accountant())
    assert (other.state, ExportedEntry.objects.count()) == (ExportState.FAILED, 1)
    assert "n’attend d’être exportée" in other.error


@pytest.mark.django_db
def test_a_mark_never_changes(cooperative: Cooperative) -> None:
    open_year()
    post("10")
    written(ask())
    for act in (lambda: ExportedEntry.objects.update(job=None), ExportedEntry.objects.all().delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
    assert ExportedEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_exports_at_once_never_take_the_same_entry() -> None:
    make_cooperative()
    open_year()
    for rank in range(5):
        post("10", voucher=f"F{rank}")
    jobs = [ask(), ask()]

    def run(job: ExportJob) -> None:
        run_export(job=job, by=accountant())
        connection.close()

    threads = [Thread(target=run, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(job.state for job in ExportJob.objects.all()) == [ExportState.DONE, ExportState.FAILED]
    assert ExportedEntry.objects.count() == 5


# Pages


@pytest.mark.django_db
def test_the_staff_ask_for_entries_and_see_the_marks(cooperative: Cooperative) -> None:
    client: Client = signed_in(accountant())
    open_year()
    post("10", voucher="F77")
    form = {
        "kind": "QUADRA",
        "scope": "NEW",
        "starts_on": "2026-03-01",
        "ends_on": "2026-03-31",
        "journals": ["VT", "OD"],
    }
    url = reverse("admin:invoicing_exportjob_ask_entries")
    assert "Cegid Quadra" in client.get(url).content.decode()
    wrong = client.post(url, form | {"ends_on": "2026-02-01"})
    assert "La fin précède le début." in wrong.content.decode()
    assert client.post(url, form).status_code == 302
    job = ExportJob.objects.get()
    written(job)
    job.refresh_from_db()
    assert job.file_name == "ecritures-quadra-20260301-20260331.txt"
    page = client.get(reverse("admin:invoicing_exportjob_change", args=[job.pk])).content.decode()
    marks = f"{reverse('admin:invoicing_exportedentry_changelist')}?job__id__exact={job.pk}"
    assert marks.replace("&", "&amp;") in page
    assert "VT, OD" in page
    listed = client.get(marks).content.decode()
    assert "F77" in listed
    assert "ecritures-quadra-20260301-20260331.txt" in listed
    refused = client.post(url, form)
    assert "n’attend d’être exportée dans ce format" in refused.content.decode()


@pytest.mark.django_db
def test_the_marks_take_as_many_queries_for_three_as_for_one(cooperative: Cooperative) -> None:
    client: Client = signed_in(accountant())
    open_year()
    for rank, marks in ((1, 1), (2, 3)):
        while ExportedEntry.objects.count() < marks:
            post("10", voucher=f"F{rank}")
            written(ask())
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("admin:invoicing_exportedentry_changelist")).status_code == 200
        assert len(queries) == 7


def test_an_accent_alone_never_becomes_nothing() -> None:
    """It stands on a space, which a reader would trim: a voucher of that one character would have no number."""
    assert in_character_set("¸ ´", "iso-8859-15") == b"? ?"
