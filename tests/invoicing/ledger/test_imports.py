"""Files of entries: read in every common form, every error with its line, imported whole or not at all, once."""

import itertools
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from cae_backoffice.core.errors import RefusalError
from invoicing.ledger.models import Auxiliary, Entry, EntryImport, EntryLine, Period
from invoicing.ledger.queries import balances_apart, import_preview
from invoicing.ledger.rules import read_file
from invoicing.ledger.services import discard_file, import_drafts, import_validated, lock_period, receive_file
from tests.invoicing.factories import accountant
from tests.invoicing.ledger.books import check_deferred, customer, open_years
from tests.members.factories import make_activity, make_entrepreneur

HEADER = "journal;date;piece;libelle;compte;auxiliaire;activite;debit;credit;echeance"
PAY = (
    HEADER + "\r\n"
    "PA;31/03/2026;PAIE03;Salaires de mars;641;;BOIS;1 234,56;;\r\n"
    "PA;31/03/2026;PAIE03;Salaires de mars;641;;;1.000,00;;\r\n"
    "PA;31/03/2026;PAIE03;Salaires nets;467;M000001;BOIS;;2234,56;05/04/2026\r\n"
    "\r\n"
    "OD;2026-03-10;OD7;Frais;627;;;5;0;\r\n"
    "OD;20260310;OD7;Frais;512;;;0;5,00;\r\n"
)
TODAY = date(2026, 11, 25)


def received(text: str | bytes, name: str = "paie.csv") -> EntryImport:
    """A file that was sent."""
    content = text if isinstance(text, bytes) else text.encode()
    return receive_file(file_name=name, content=content, on=TODAY, by=accountant())


def errors(text: str | bytes) -> list[str]:
    """What the preview says."""
    return [str(error) for error in import_preview(received(text)).errors]


def prepare() -> None:
    """Years, an activity and a member's account."""
    open_years()
    make_activity([make_entrepreneur()], name="Bois & Cie", code="BOIS")
    Auxiliary.objects.create(code="M000001", kind="MEMBER", label="Anna Le Goff")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso8859-15"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("decimal", [",", "."])
def test_every_common_form_reads_the_same(encoding: str, separator: str, decimal: str) -> None:
    amounts = f'"12{decimal}50"', f'"12{decimal}5"'
    lines = [
        HEADER.replace("libelle", "Libellé").replace("piece", "Pièce"),
        f"OD;10/03/2026;P1;Dépôt à l’État — été;512;;;{amounts[0]};;",
        f"OD;10/03/2026;P1;Dépôt;758;;;;{amounts[1]};",
    ]
    text = "\n".join(line.replace(";", separator) for line in lines).replace("’", "'").replace("—", "-")
    read = read_file(text.encode(encoding))
    assert read.errors == []
    (entry,) = read.entries
    assert (entry.first.label, entry.debit, entry.credit) == (
        "Dépôt à l'État - été",
        Decimal("12.50"),
        Decimal("12.50"),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "Ligne 1\u00a0: la colonne «\u00a0journal\u00a0» manque."),
        (HEADER, "Ligne 1\u00a0: le fichier ne contient aucune écriture."),
        (HEADER.replace("debit", "débits"), "Ligne 1\u00a0: la colonne «\u00a0debits\u00a0» est inconnue."),
        (HEADER.replace("credit", "debit"), "Ligne 1\u00a0: la colonne «\u00a0debit\u00a0» figure deux fois."),
        (HEADER + "\nOD;10/03/2026;P1;x;512;;;1;;\nOD;1", "Ligne 3\u00a0: 2 colonnes au lieu de 10."),
        (HEADER + "\nOD;10/13/2026;P1;x;512;;;1;;", "«\u00a010/13/2026\u00a0» n’est pas une date"),
        (HEADER + "\nOD;10/03/2026;P1;x;512;;;1;;32/01/2026", "l’échéance «\u00a032/01/2026\u00a0»"),
        (HEADER + "\nOD;10/03/2026;P1;x;512;;;dix;;", "le débit «\u00a0dix\u00a0» n’est pas un montant positif"),
        (HEADER + "\nOD;10/03/2026;P1;x;512;;;1,234;;", "le débit «\u00a01,234\u00a0» n’est pas un montant positif"),
        (HEADER + "\nOD;10/03/2026;P1;x;512;;;NaN;;", "le débit «\u00a0NaN\u00a0» n’est pas un montant positif"),
        (HEADER + "\nOD;10/03/2026;P1;x;512;;;-1;;", "le débit «\u00a0-1\u00a0» n’est pas un montant positif"),
        (HEADER + "\nOD;10/03/2026;P1;x;512;;;1;1;", "une ligne est au débit ou au crédit, d’un montant positif."),
        (HEADER + "\nOD;10/03/2026;;x;512;;;1;;", "Ligne 2\u00a0: la pièce manque."),
        (HEADER + "\nOD;10/03/2026;P1;x\0y;512;;;1;;", "un caractère de contrôle ne s’imprime pas."),
        (
            HEADER + "\nOD;10/03/2026;P1;x;512;;;2,50;;\nOD;10/03/2026;P1;x;758;;;;1;",
            "Ligne 2\u00a0: la pièce P1 n’est pas équilibrée\u00a0: le débit dépasse de 1,50\u00a0€.",
        ),
        (
            HEADER + "\nOD;10/03/2026;P1;x;512;;;1;;\nOD;11/03/2026;P1;x;758;;;;1;",
            "Ligne 3\u00a0: la pièce P1 porte deux dates\u00a0: 10/03/2026 et 11/03/2026.",
        ),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(text: str, expected: str) -> None:
    found = [str(error) for error in read_file(text.encode()).errors]
    assert any(expected in error for error in found), found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ZZ;10/03/2026;P1;x;512;;", "le journal ZZ n’existe pas."),
        ("OD;10/03/2031;P1;x;512;;", "aucun exercice ne contient le 10/03/2031."),
        ("OD;10/04/2026;P1;x;512;;", "la période 04/2026 est verrouillée."),
        ("OD;10/03/2026;P1;x;5129;;", "le compte 5129 n’existe pas."),
        ("OD;10/03/2026;P1;x;411;;", "le compte 411 attend un compte auxiliaire\u00a0: Client."),
        ("OD;10/03/2026;P1;x;411;C999999;", "le compte auxiliaire C999999 n’existe pas."),
        ("OD;10/03/2026;P1;x;512;C000007;", "le compte 512 attend un compte auxiliaire\u00a0: aucun."),
        ("OD;10/03/2026;P1;x;512;;NADA", "l’activité NADA n’existe pas."),
    ],
)
def test_what_the_books_do_not_know_is_named(line: str, expected: str) -> None:
    prepare()
    customer()
    lock_period(period=Period.objects.get(starts_on=date(2026, 4, 1)), by=accountant())
    other = ";".join([*line.split(";")[:4], "758"])
    assert f"Ligne 2\u00a0: {expected}" in errors(f"{HEADER}\n{line};1;;\n{other};;;;1;")


@pytest.mark.django_db
def test_a_payroll_is_imported_as_drafts(accountant_client: Client) -> None:
    prepare()
    file = received(PAY.encode("utf-8-sig"))
    preview = import_preview(file)
    assert (len(preview.entries), preview.line_count, preview.debit, preview.errors) == (2, 5, Decimal("2239.56"), [])
    import_drafts(received=file, on=TODAY, by=accountant())
    check_deferred()
    pay = Entry.objects.get(voucher_number="PAIE03")
    assert (pay.number, pay.label, pay.journal.code, pay.entry_on) == (
        None,
        "Salaires de mars",
        "PA",
        date(2026, 3, 31),
    )
    rows = pay.lines.order_by("position").values_list(
        "account__number", "auxiliary__code", "activity__code", "debit", "credit", "due_on"
    )
    assert list(rows) == [
        ("641", None, "BOIS", Decimal("1234.56"), Decimal(0), None),
        ("641", None, None, Decimal("1000.00"), Decimal(0), None),
        ("467", "M000001", "BOIS", Decimal(0), Decimal("2234.56"), date(2026, 4, 5)),
    ]
    assert balances_apart() == []
    origin = accountant_client.get(reverse("admin:invoicing_entry_change", args=[pay.pk])).content.decode()
    assert reverse("admin:invoicing_entryimport_change", args=[file.pk]) in origin


@pytest.mark.django_db
def test_validated_at_once_in_order_of_date() -> None:
    prepare()
    import_validated(received=received(PAY), on=TODAY, by=accountant())
    check_deferred()
    assert list(Entry.objects.order_by("number").values_list("number", "voucher_number")) == [(1, "OD7"), (2, "PAIE03")]


@pytest.mark.django_db
def test_a_broken_line_1013_stops_the_whole_file(accountant_client: Client) -> None:
    prepare()
    vouchers = itertools.chain.from_iterable(
        (f"OD;10/03/2026;P{n};Essai;512;;;1,00;;", f"OD;10/03/2026;P{n};Essai;758;;;;1,00;") for n in range(1000)
    )
    lines = [HEADER, *vouchers]
    lines[1012] = lines[1012].replace("1,00", "1,OO")
    file = received("\n".join(lines))
    reason = "Ligne 1013\u00a0: le crédit «\u00a01,OO\u00a0» n’est pas un montant positif en euros et centimes."
    page = accountant_client.get(reverse("admin:invoicing_entryimport_change", args=[file.pk])).content.decode()
    assert reason in page
    for name in ("as_drafts", "as_validated"):
        answer = accountant_client.post(reverse(f"admin:invoicing_entryimport_{name}", args=[file.pk]))
        assert reason in answer.content.decode()
    file.refresh_from_db()
    assert (Entry.objects.count(), file.imported_on) == (0, None)


@pytest.mark.django_db
def test_the_same_file_is_refused_with_when_and_by_whom(accountant_client: Client) -> None:
    prepare()
    first = received(PAY)
    assert received(PAY) == first
    import_drafts(received=first, on=TODAY, by=accountant())
    reason = f"Ce fichier a déjà été importé le 25/11/2026 par {accountant()}\u00a0: 2 écritures."
    with pytest.raises(RefusalError) as refusal:
        received(PAY, name="autre nom.csv")
    assert refusal.value.reasons == (reason,)
    with pytest.raises(RefusalError):
        import_validated(received=first, on=TODAY, by=accountant())
    again = accountant_client.post(
        reverse("admin:invoicing_entryimport_add"), {"upload": SimpleUploadedFile("paie.csv", PAY.encode())}
    )
    assert reason in again.content.decode()
    assert Entry.objects.count() == 2


@pytest.mark.django_db
def test_an_imported_file_never_changes_even_by_sql() -> None:
    prepare()
    file = received(PAY)
    import_drafts(received=file, on=TODAY, by=accountant())
    for act in (lambda: EntryImport.objects.update(file_name="x"), lambda: EntryImport.objects.all().delete()):
        with pytest.raises(IntegrityError, match="is imported"), transaction.atomic():
            act()
    with pytest.raises(RefusalError, match="déjà été importé"):
        discard_file(received=file, by=accountant())


@pytest.mark.django_db
def test_from_the_upload_to_the_entries_on_the_pages(accountant_client: Client) -> None:
    prepare()
    upload = {"upload": SimpleUploadedFile("paie.csv", PAY.encode("iso8859-15"))}
    answer = accountant_client.post(reverse("admin:invoicing_entryimport_add"), upload, follow=True)
    page = answer.content.decode()
    assert "2 écritures," in page
    assert "2\u202f239,56\u00a0€" in page
    assert "Aucune erreur" in page
    assert not Entry.objects.exists()
    file = EntryImport.objects.get()
    done = accountant_client.post(reverse("admin:invoicing_entryimport_as_drafts", args=[file.pk]), follow=True)
    assert "Le fichier est importé." in done.content.decode()
    assert EntryLine.objects.count() == 5


@pytest.mark.django_db
def test_a_file_is_thrown_away(accountant_client: Client) -> None:
    file = received(PAY)
    accountant_client.post(reverse("admin:invoicing_entryimport_discard", args=[file.pk]))
    assert not EntryImport.objects.exists()


@pytest.mark.django_db
def test_empty_and_huge_files_are_refused() -> None:
    for content, reason in ((b"", "Le fichier est vide."), (b"x" * 20_000_001, "20 Mo")):
        with pytest.raises(RefusalError, match=reason):
            received(content)
    assert not EntryImport.objects.exists()
