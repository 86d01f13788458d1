"""The FEC as it is written: columns, characters, letters, description, and what is refused."""

from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cae_backoffice.core.errors import RefusalError
from invoicing.exports.enums import FileEncoding
from invoicing.exports.rules.fec import HEADER, closing_of, encoded, parsed_day
from invoicing.exports.services import export_fec, export_interim_fec
from invoicing.ledger.enums import JournalCode
from invoicing.ledger.models import EntryLine, FiscalYear
from invoicing.ledger.services import match_lines
from members.cooperative.models import Cooperative
from tests.invoicing.exports.books import MARCH, open_year, post, post_draft
from tests.invoicing.factories import accountant


@pytest.fixture
def year(cooperative: Cooperative) -> FiscalYear:
    return open_year()


def match(*, account: str = "411") -> None:
    """Put one letter on every line of the account."""
    match_lines(lines=EntryLine.objects.filter(account__number=account), on=MARCH, by=accountant())


def lines_of(path: Path, encoding: str = "utf-8") -> list[str]:
    return path.read_bytes().decode(encoding).split("\n")


@pytest.mark.django_db
def test_the_export_is_as_the_law_says_and_passes_the_linter(year: FiscalYear, tmp_path: Path) -> None:
    label = 'Ligne\tavec\nsauts\u2028et "guillemets"'
    post("1234.56", label=label, name='Mairie de "Nantes"\\')
    post("-1234.56", voucher="R1", label="Virement", name='Mairie de "Nantes"\\', journal=JournalCode.BANK)
    match()
    files = export_fec(year=year, output=tmp_path / "neuf")
    town, end = 'C000007\tMairie de "Nantes"\\', "A\t20260310\t20260310\t\t"
    clean = 'Ligne avec sauts et "guillemets"'
    sales, service = "VT\tVentes\t1\t20260310", "706\tPrestations de services\t\t"
    assert files.fec.name == "912345675FEC20261231.txt"
    assert lines_of(files.fec) == [
        "\t".join(HEADER),
        f"{sales}\t411\tClients\t{town}\tF1\t20260310\t{clean}\t1234,56\t0,00\t{end}",
        f"{sales}\t{service}\tF1\t20260310\t{clean}\t0,00\t1234,56\t\t\t20260310\t\t",
        f"BQ\tBanque\t2\t20260310\t411\tClients\t{town}\tR1\t20260310\tVirement\t0,00\t1234,56\t{end}",
        f"BQ\tBanque\t2\t20260310\t{service}\tR1\t20260310\tVirement\t1234,56\t0,00\t\t\t20260310\t\t",
        "",
    ]
    assert (files.lines, files.size) == (4, files.fec.stat().st_size)
    call_command("check_fec", str(files.fec))


@pytest.mark.django_db
def test_the_description_tells_the_conventions(year: FiscalYear, tmp_path: Path) -> None:
    post()
    files = export_fec(year=year, output=tmp_path)
    text = files.description.read_text()
    assert files.description.name == "912345675FEC20261231-description.txt"
    for words in (
        "Exercice : du 01/01/2026 au 31/12/2026",
        "Lignes d’écriture : 2",
        "Jeu de caractères : UTF-8",
        "17. Montantdevise",
        "VT : Ventes",
        "l’exercice n’est pas clôturé",
    ):
        assert words in text
    assert files.warning == "Fichier provisoire\u00a0: l’exercice n’est pas clôturé."


@pytest.mark.django_db
def test_a_blank_text_gets_the_next_best(year: FiscalYear, tmp_path: Path) -> None:
    entry = post(label="\x01\u3000", voucher="\x02", name="\u202f")
    line = lines_of(export_fec(year=year, output=tmp_path).fec)[1].split("\t")
    number = str(entry.number)
    assert (line[6:9], line[10]) == (["C000007", "C000007", number], number)


@pytest.mark.django_db
def test_a_letter_that_reaches_into_another_year_is_left_out(year: FiscalYear, tmp_path: Path) -> None:
    following = open_year(date(2027, 1, 1), date(2027, 12, 31))
    post("50", on=date(2026, 12, 30))
    post("-50", on=date(2027, 1, 5), voucher="R1")
    match()
    for one in (year, following):
        fec = export_fec(year=one, output=tmp_path).fec
        assert [line.split("\t")[13:15] for line in lines_of(fec)[1:-1]] == [["", ""], ["", ""]]
        call_command("check_fec", str(fec))


@pytest.mark.django_db
def test_iso_8859_15_is_written_on_demand(year: FiscalYear, tmp_path: Path) -> None:
    post(label="L’œuvre d’Élodie – 5 € … Łódź 漢")
    files = export_fec(year=year, output=tmp_path, encoding=FileEncoding.ISO_8859_15)
    assert "L'œuvre d'Élodie - 5 € ... ?ódz ?" in lines_of(files.fec, "iso-8859-15")[1]
    assert "Jeu de caractères : ISO 8859-15" in files.description.read_text()
    call_command("check_fec", str(files.fec))


@pytest.mark.django_db
def test_drafts_are_refused_and_counted_or_left_out_with_a_warning(year: FiscalYear, tmp_path: Path) -> None:
    post("10")
    post_draft("20", voucher="B1")
    post_draft("30", voucher="B2")
    with pytest.raises(RefusalError, match="Il reste 2 écriture"):
        export_fec(year=year, output=tmp_path)
    assert list(tmp_path.iterdir()) == []
    files = export_interim_fec(year=year, output=tmp_path)
    assert files.warning == "Fichier provisoire\u00a0: 2 écriture(s) en brouillard n’y figurent pas."
    assert files.warning in files.description.read_text()
    assert files.lines == 2


@pytest.mark.django_db
def test_nothing_is_overwritten(year: FiscalYear, tmp_path: Path) -> None:
    kept = tmp_path / "912345675FEC20261231.txt"
    kept.write_text("celui de l’an dernier")
    with pytest.raises(RefusalError, match="existe déjà"):
        export_fec(year=year, output=tmp_path)
    assert kept.read_text() == "celui de l’an dernier"
    kept.rename(kept.with_suffix(".partial"))
    with pytest.raises(RefusalError, match="un autre export est en cours"):
        export_fec(year=year, output=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["912345675FEC20261231.partial"]


@pytest.mark.django_db
def test_a_folder_that_cannot_be_written_is_one_sentence(year: FiscalYear, tmp_path: Path) -> None:
    (tmp_path / "fichier").write_text("")
    with pytest.raises(CommandError, match="ne peut pas être écrit\u00a0: Not a directory"):
        call_command("export_fec", fiscal_year="2026", output=tmp_path / "fichier" / "dossier")


@pytest.mark.django_db
def test_an_unknown_year_is_refused_with_those_that_exist(year: FiscalYear, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"Aucun exercice ne se termine en 1999 \(exercices : 2026\)"):
        call_command("export_fec", fiscal_year="1999", output=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_two_years_that_end_in_one_are_told_apart_by_the_day(cooperative: Cooperative, tmp_path: Path) -> None:
    open_year(date(2026, 1, 1), date(2026, 6, 30))
    open_year(date(2026, 7, 1), date(2026, 12, 31))
    with pytest.raises(CommandError, match=r"précisez la date \(2026-06-30, 2026-12-31\)"):
        call_command("export_fec", "--fiscal-year=2026", f"--output={tmp_path}")
    call_command("export_fec", "--fiscal-year=2026-06-30", f"--output={tmp_path}")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "912345675FEC20260630-description.txt",
        "912345675FEC20260630.txt",
    ]
    with pytest.raises(CommandError, match="n'est ni une année ni une date"):
        call_command("export_fec", "--fiscal-year=demain", f"--output={tmp_path}")


@pytest.mark.django_db
def test_without_identity_there_is_no_fec(tmp_path: Path) -> None:
    with pytest.raises(RefusalError, match="Renseignez d’abord l’identité"):
        export_fec(year=open_year(), output=tmp_path)


def test_names_and_days_are_read_strictly() -> None:
    assert closing_of("123456789FEC20261231.txt") == date(2026, 12, 31)
    wrong = ("123456789FEC20261331.txt", "12345678FEC20261231.txt", "123456789fec20261231.txt", "123456789FEC2026.txt")
    assert [closing_of(name) for name in wrong] == [None] * 4
    assert [parsed_day(text) for text in ("2026131", "２０２６１２３１", "20260230")] == [None] * 3


def test_a_text_that_utf_8_holds_is_written_as_it_is() -> None:
    assert encoded("漢’", FileEncoding.UTF_8) == "漢’".encode()
