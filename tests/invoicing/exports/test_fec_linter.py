"""The linter of the FEC: one bad file for each rule, with the line and the rule that it names."""

from collections.abc import Iterable
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from invoicing.exports.enums import FecRule
from invoicing.exports.rules.fec import HEADER
from invoicing.exports.rules.fec_linter import FecLinter, Finding, check_file_name

HEAD = "\t".join(HEADER)
NAME = "912345675FEC20261231.txt"
DEBIT = "VT\tVentes\t1\t20260310\t411\tClients\tC000007\tMairie\tF1\t20260310\tVente\t1,00\t0,00\t\t\t20260310\t\t"
CREDIT = "VT\tVentes\t1\t20260310\t706\tPrestations\t\t\tF1\t20260310\tVente\t0,00\t1,00\t\t\t20260310\t\t"


def check(lines: Iterable[str | bytes], *, header: str | bytes = HEAD) -> list[Finding]:
    """What the linter finds in a file of the year 2026."""
    raw = [line if isinstance(line, bytes) else line.encode() for line in (header, *lines)]
    return list(FecLinter(closing=date(2026, 12, 31)).check([line + b"\n" for line in raw]))


def found(*lines: str | bytes) -> list[tuple[int, FecRule]]:
    """Lines and rules alone."""
    return [(finding.line, finding.rule) for finding in check(lines)]


def changed(line: str, column: str, value: str) -> str:
    """The line with another value in a column."""
    values = line.split("\t")
    values[HEADER.index(column)] = value
    return "\t".join(values)


def both(column: str, value: str) -> tuple[str, str]:
    """Debit and credit with another value in a column."""
    return changed(DEBIT, column, value), changed(CREDIT, column, value)


def test_a_right_file_has_nothing_to_say() -> None:
    assert check([DEBIT, CREDIT]) == []
    assert check([line.replace("\t", "|") for line in (DEBIT, CREDIT)], header=HEAD.replace("\t", "|")) == []
    assert check([f"{DEBIT}\r", f"{CREDIT}\r"], header=f"{HEAD}\r") == []
    assert check([]) == []


@pytest.mark.parametrize("header", ["a;b", "", HEAD.lower(), HEAD + "\tPlus"])
def test_header(header: str) -> None:
    assert [(f.line, f.rule) for f in check([DEBIT, CREDIT], header=header)] == [(1, FecRule.HEADER)]


def test_file_name() -> None:
    assert check_file_name(NAME) == []
    (finding,) = check_file_name("FEC.txt")
    assert (finding.rule, str(finding)) == (
        FecRule.NAME,
        "le nom «\u00a0FEC.txt\u00a0» n’est pas de la forme SIRENFECAAAAMMJJ.txt.",
    )


def test_encoding() -> None:
    accented = DEBIT.replace("Mairie", "Étienne")
    assert found(accented.encode("iso-8859-15"), CREDIT) == []
    mixed = changed(CREDIT, "EcritureLib", "Été").encode("iso-8859-15")
    assert found(accented, mixed) == [(3, FecRule.ENCODING)]
    windows = changed(DEBIT, "EcritureLib", "L’an").encode("windows-1252")
    assert found(windows, CREDIT) == [(2, FecRule.ENCODING)]
    assert found(changed(DEBIT, "EcritureLib", "nul\x00"), CREDIT) == [(2, FecRule.ENCODING)]
    assert [(f.line, f.rule) for f in check([DEBIT, CREDIT], header=b"\xef\xbb\xbf" + HEAD.encode())] == [
        (1, FecRule.ENCODING)
    ]


def test_number_of_columns() -> None:
    assert found(DEBIT, "une seule zone", CREDIT) == [(3, FecRule.COLUMNS)]
    assert found(DEBIT, "", CREDIT) == [(3, FecRule.COLUMNS)]
    endless = FecLinter().check([HEAD.encode() + b"\n", b"x" * 65_536])
    assert [finding.rule for finding in endless] == [FecRule.COLUMNS, FecRule.COLUMNS]


@pytest.mark.parametrize(
    "column",
    ["JournalCode", "JournalLib", "CompteLib", "PieceRef", "PieceDate", "EcritureLib", "ValidDate"],
)
def test_empty_fields(column: str) -> None:
    assert found(*both(column, "")) == [(2, FecRule.EMPTY), (3, FecRule.EMPTY)]
    assert found(*both(column, "\u00a0 "))[:1] == [(2, FecRule.EMPTY)]


def test_empty_account_and_number() -> None:
    assert found(changed(DEBIT, "CompteNum", ""), CREDIT) == [(2, FecRule.EMPTY)]
    assert found(*both("EcritureNum", "")) == [(2, FecRule.EMPTY), (2, FecRule.SEQUENCE), (3, FecRule.EMPTY)]


def test_order_and_continuity_of_numbers() -> None:
    second = both("EcritureNum", "2")
    third = both("EcritureNum", "3")
    assert found(DEBIT, CREDIT, *third) == [(4, FecRule.SEQUENCE)]
    assert found(*second, DEBIT, CREDIT) == [(2, FecRule.SEQUENCE), (4, FecRule.SEQUENCE)]
    assert found(DEBIT, CREDIT, *second, DEBIT, CREDIT, *third) == [(6, FecRule.SEQUENCE), (8, FecRule.SEQUENCE)]
    assert found(*both("EcritureNum", "sans")) == [(2, FecRule.SEQUENCE)]


def test_one_sequence_for_each_prefix() -> None:
    assert found(*both("EcritureNum", "VT1"), *both("EcritureNum", "AC1"), *both("EcritureNum", "VT2")) == []
    assert found(*both("EcritureNum", "VT1"), *both("EcritureNum", "VT3")) == [(4, FecRule.SEQUENCE)]


def test_balance_of_each_entry() -> None:
    assert found(DEBIT, changed(CREDIT, "Credit", "2,00")) == [(2, FecRule.BALANCE)]
    unbalanced = check([DEBIT])
    assert [str(finding) for finding in unbalanced] == [
        "ligne 2\u00a0: l’écriture 1 n’est pas équilibrée\u00a0: 1,00\u00a0€."
    ]
    first, second = both("EcritureNum", "2")
    assert found(DEBIT, first, CREDIT, second) == [
        (2, FecRule.BALANCE),
        (3, FecRule.BALANCE),
        (4, FecRule.SEQUENCE),
        (4, FecRule.BALANCE),
        (5, FecRule.BALANCE),
    ]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("JournalCode", "BQ"),
        ("EcritureDate", "20260309"),
        ("PieceRef", "F2"),
        ("PieceDate", "20260309"),
        ("ValidDate", "20260311"),
    ],
)
def test_one_journal_date_and_voucher_per_entry(column: str, value: str) -> None:
    assert found(DEBIT, changed(CREDIT, column, value)) == [(3, FecRule.SAME_ENTRY)]


@pytest.mark.parametrize("account", ["A1", "41", "4a1", "41 1", "41é"])
def test_account_numbers(account: str) -> None:
    assert found(changed(DEBIT, "CompteNum", account), CREDIT) == [(2, FecRule.ACCOUNT)]


@pytest.mark.parametrize("day", ["20260230", "10/03/2026", "2026031", "AAAAMMJJ"])
def test_dates(day: str) -> None:
    assert found(*both("PieceDate", day)) == [(2, FecRule.DATE), (3, FecRule.DATE)]
    assert found(*both("EcritureDate", day)) == [(2, FecRule.DATE), (3, FecRule.DATE)]
    lettered = changed(changed(DEBIT, "EcritureLet", "A"), "DateLet", day)
    assert found(lettered, CREDIT) == [(2, FecRule.DATE), (2, FecRule.LETTER)]


@pytest.mark.parametrize("day", ["20270101", "20241231"])
def test_dates_in_the_year_of_the_name(day: str) -> None:
    lines = [changed(line, "ValidDate", "20270201") for line in both("EcritureDate", day)]
    assert found(*lines) == [(2, FecRule.YEAR), (3, FecRule.YEAR)]
    assert list(FecLinter().check(f"{line}\n".encode() for line in (HEAD, *lines))) == []


def test_validation_before_the_entry() -> None:
    assert found(*both("ValidDate", "20260309")) == [(2, FecRule.VALIDATION), (3, FecRule.VALIDATION)]
    assert found(*both("ValidDate", "20260311")) == []


@pytest.mark.parametrize("amount", ["1.00", "1", "1,0", "1,000", "1 000,00", "+1,00", "1,00€", ""])
def test_amounts(amount: str) -> None:
    assert found(changed(DEBIT, "Debit", amount), changed(CREDIT, "Credit", amount)) == [
        (2, FecRule.AMOUNT),
        (3, FecRule.AMOUNT),
    ]


def test_an_amount_in_another_currency() -> None:
    foreign = changed(changed(DEBIT, "Montantdevise", "1.5"), "Idevise", "USD")
    assert found(foreign, CREDIT) == [(2, FecRule.AMOUNT)]
    assert found(changed(DEBIT, "Idevise", "USD"), CREDIT) == [(2, FecRule.AMOUNT)]


def test_debit_or_credit() -> None:
    assert found(changed(DEBIT, "Credit", "1,00"), CREDIT)[0] == (2, FecRule.SIDE)
    assert found(changed(DEBIT, "Debit", "0,00"), changed(CREDIT, "Credit", "0,00")) == [
        (2, FecRule.SIDE),
        (3, FecRule.SIDE),
    ]


def test_auxiliary_accounts() -> None:
    assert found(changed(DEBIT, "CompAuxLib", ""), CREDIT) == [(2, FecRule.AUXILIARY)]
    assert found(changed(DEBIT, "CompAuxNum", ""), CREDIT) == [(2, FecRule.AUXILIARY)]


def lettered(line: str, letter: str = "A") -> str:
    return changed(changed(line, "EcritureLet", letter), "DateLet", "20260310")


def test_letters() -> None:
    assert found(changed(DEBIT, "EcritureLet", "A"), CREDIT) == [(2, FecRule.LETTER), (2, FecRule.LETTER)]
    assert found(changed(DEBIT, "DateLet", "20260310"), CREDIT) == [(2, FecRule.LETTER)]
    paid = changed(changed(lettered(DEBIT), "Debit", "0,00"), "Credit", "1,00")
    other = changed(changed(CREDIT, "Debit", "1,00"), "Credit", "0,00")
    second = [changed(line, "EcritureNum", "2") for line in (paid, other)]
    assert found(lettered(DEBIT), CREDIT, *second) == []
    stranger = [changed(second[0], "CompAuxNum", "C000008"), second[1]]
    assert found(lettered(DEBIT), CREDIT, *stranger) == [(2, FecRule.LETTER), (4, FecRule.LETTER)]


def test_the_command_lists_some_and_counts_all(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_text("\n".join((HEAD, *both("PieceRef", ""))))
    errors = StringIO()
    with pytest.raises(CommandError) as stopped:
        call_command("check_fec", str(path), "--limit=1", stderr=errors)
    assert errors.getvalue() == "ligne 2\u00a0: PieceRef est vide.\n"
    assert str(stopped.value) == f"… et 1 autres.\n{NAME} : 2 défauts.\n  Zone obligatoire vide : 2"


def test_the_command_says_that_a_file_is_clean(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_text("\n".join((HEAD, DEBIT, CREDIT)))
    said = StringIO()
    call_command("check_fec", str(path), stdout=said)
    assert said.getvalue() == f"{NAME} : 2 lignes, aucune règle enfreinte.\n"
    with pytest.raises(CommandError, match="n'est pas un fichier"):
        call_command("check_fec", str(tmp_path / "absent.txt"))


def test_a_bad_name_is_a_fault_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "export.txt"
    path.write_text("\n".join((HEAD, DEBIT, CREDIT)))
    with pytest.raises(CommandError, match=r"export\.txt : 1 défauts\.\n  Nom du fichier : 1"):
        call_command("check_fec", str(path))
