"""`manage.py simulate_contributions`: figures of every kind, and refusals that write nothing."""

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.invoicing.contributions.samples import RULES
from tests.project.code import ROOT

FLAT = RULES / "taux-hors-echanges.toml"
HEADER = "activity,month,invoiced,collected,purchases,internal,contract"
ROW = "A,2026-01,1000,0,0,0,CESA"
OLD = b"ce qui \xc3\xa9tait l\xc3\xa0"


def simulate(figures: str | bytes, folder: Path, rule: Path = FLAT) -> list[dict[str, str]]:
    """The rows that the command prints."""
    source = folder / "chiffres.csv"
    source.write_bytes(figures if isinstance(figures, bytes) else figures.encode())
    printed = io.StringIO()
    call_command("simulate_contributions", rule=rule, figures=source, stdout=printed)
    return list(csv.DictReader(io.StringIO(printed.getvalue())))


def refusal(figures: str | bytes, folder: Path, rule: Path = FLAT) -> str:
    """What the command says of files that it refuses; it exits with 2 and leaves the folder as it was."""
    source, output = folder / "chiffres.csv", folder / "resultat.csv"
    source.write_bytes(figures if isinstance(figures, bytes) else figures.encode())
    output.write_bytes(OLD)
    before = set(folder.iterdir())
    with pytest.raises(CommandError) as error:
        call_command("simulate_contributions", rule=rule, figures=source, output=output)
    assert error.value.returncode == 2
    assert output.read_bytes() == OLD
    assert set(folder.iterdir()) == before
    return str(error.value).replace("\u00a0", " ").replace("\u202f", " ")


def test_one_row_as_it_is_printed(tmp_path: Path) -> None:
    (row,) = simulate(f"{HEADER}\n{ROW}\n", tmp_path)
    explanation = row.pop("explanation").replace("\u00a0", " ").replace("\u202f", " ")
    assert row == {
        "activity": "A",
        "month": "2026-01",
        "base": "1000.00",
        "rate_detail": "11,5\u00a0% de 1\u202f000,00\u00a0€",
        "contribution": "115.00",
        "cumulative_base": "1000.00",
    }
    assert explanation == (
        "Contribution coopérative, règle en vigueur depuis le 01/01/2026 (Assemblée générale du 14/05/2025, "
        "résolution n° 7). Base de janvier 2026 : 1 000,00 € facturés. 11,5 % de 1 000,00 € = 115,00 €. "
        "Contribution coopérative de janvier 2026 : 115,00 €."
    )


@pytest.mark.parametrize(
    ("amount", "contribution"),
    [
        ("1234.5", "141.97"),
        ('"1234,50"', "141.97"),
        ('"1 234,50"', "141.97"),
        ("1\u202f234.50", "141.97"),
        ("1\u00a0234.50", "141.97"),
        ("-1234.50", "-141.97"),
        ("\u22121234.50", "-141.97"),
        ("0", "0.00"),
        ("-0", "0.00"),
        ("999999999999.99", "115000000000.00"),
        (" 10 ", "1.15"),
    ],
)
def test_amounts_that_are_read(tmp_path: Path, amount: str, contribution: str) -> None:
    (row,) = simulate(f"{HEADER}\nA,2026-01,{amount},0,0,0,CESA\n", tmp_path)
    assert row["contribution"] == contribution


@pytest.mark.parametrize(
    "amount",
    [
        "",
        "NaN",
        "nan",
        "Infinity",
        "1e400",
        "1E3",
        "12,34",
        "1 23",
        "12 3456",
        "mille",
        "1.234",
        "0x10",
        "1_000",
        "--1",
        "+1",
        "١٢",
        "10€",
        "1.2.3",
        "=1+1",
        "1.000,50",
        ".5",
        "5.",
    ],
)
def test_amounts_that_are_refused(tmp_path: Path, amount: str) -> None:
    """`12,34` between commas is one cell too many, the others are no amount."""
    said = refusal(f"{HEADER}\nA,2026-01,{amount},0,0,0,CESA\n", tmp_path)
    if "," in amount:
        assert said.startswith("chiffres.csv, ligne 2 : 8 cellules au lieu de 7.")
    else:
        expected = f"« {amount} » n’est pas un montant comme 1234.56 ou 1234,56."
        assert said == f"chiffres.csv, ligne 2, colonne invoiced : {expected}"


def test_an_amount_beyond_what_can_be_stored(tmp_path: Path) -> None:
    said = refusal(f"{HEADER}\nA,2026-01,1{'0' * 30},0,0,0,CESA\n", tmp_path)
    assert said == "chiffres.csv, ligne 2, colonne invoiced : le montant dépasse 999 999 999 999,99 €."


@pytest.mark.parametrize("month", ["2026-13", "2026-1", "01/2026", "2026-00", "26-01", "2026-01-01", "", "3026-01"])
def test_months_that_are_refused(tmp_path: Path, month: str) -> None:
    said = refusal(f"{HEADER}\nA,{month},1,0,0,0,CESA\n", tmp_path)
    assert said == f"chiffres.csv, ligne 2, colonne month : « {month} » n’est pas un mois de la forme 2026-01."


def test_columns_come_in_any_order_with_either_separator(tmp_path: Path) -> None:
    text = "contract;internal;month;purchases;activity;collected;invoiced\nCAPE;0;2026-02;0;Œuvre, d’art;0;10,5\n"
    (row,) = simulate(text, tmp_path)
    assert (row["activity"], row["month"], row["contribution"]) == ("Œuvre, d’art", "2026-02", "1.21")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (HEADER.replace(",purchases", ""), "ligne 1, colonne purchases : colonne manquante."),
        (f"{HEADER},notes", "ligne 1, colonne notes : colonne inconnue. Colonnes attendues : activity, month,"),
        (f"{HEADER},month", "ligne 1, colonne month : la colonne est donnée deux fois."),
        (HEADER.replace("month", "Month"), "ligne 1, colonne Month : colonne inconnue."),
        (ROW, "ligne 1, colonne activity : colonne manquante."),
    ],
)
def test_headers_that_are_refused(tmp_path: Path, header: str, expected: str) -> None:
    assert f"chiffres.csv, {expected}" in refusal(f"{header}\n{ROW}\n", tmp_path)


def test_a_spreadsheet_s_own_ways(tmp_path: Path) -> None:
    """A byte order mark, Windows line ends, empty rows, a quoted line break are no obstacle."""
    text = f'\ufeff{HEADER}\r\n\r\n"A ",2026-01,1,0,0,0,CESA\r\n,,,,,,\r\nA,2026-02,2,0,0,0,"CESA"\r\n'
    assert [row["month"] for row in simulate(text, tmp_path)] == ["2026-01", "2026-02"]
    said = refusal(f'{HEADER}\n"A\nB",2026-01,1,0,0,0,CESA\nA,2026-99,1,0,0,0,CESA\n', tmp_path)
    assert said.splitlines() == [
        "chiffres.csv, ligne 2, colonne activity : un nom de 120 caractères au plus, sur une ligne, est attendu.",
        "chiffres.csv, ligne 4, colonne month : « 2026-99 » n’est pas un mois de la forme 2026-01.",
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "chiffres.csv : le fichier est vide."),
        (b"\xef\xbb\xbf\r\n", "chiffres.csv : le fichier est vide."),
        (HEADER.encode(), "chiffres.csv : le fichier ne contient aucune ligne de chiffres."),
        (
            f"{HEADER}\n".encode() + b"\xc9t\xe9,2026-01,1,0,0,0,CESA",
            "chiffres.csv, ligne 2 : le fichier n’est pas en UTF-8",
        ),
        (HEADER.encode("utf-16"), "chiffres.csv, ligne 1 : le fichier n’est pas en UTF-8"),
        (
            f'{HEADER}\n{ROW}\n"A,2026-02,1'.encode(),
            "chiffres.csv, ligne 3 : les guillemets de cette ligne ne vont pas",
        ),
        (f"{HEADER}\n{'A' * 200_000},2026-01,1,0,0,0,CESA".encode(), "chiffres.csv, ligne 2 : les guillemets"),
        (
            f"{HEADER}\n,2026-01,1,0,0,0,CESA".encode(),
            "chiffres.csv, ligne 2, colonne activity : le nom de l’activité manque.",
        ),
        (
            f"{HEADER}\nA\0,2026-01,1,0,0,0,CESA".encode(),
            "chiffres.csv, ligne 2, colonne activity : un nom de 120 caractères",
        ),
        (
            f"{HEADER}\nA,2026-01,1,0,0,0,CDI".encode(),
            "ligne 2, colonne contract : contrat inconnu « CDI ». Contrats possibles : CAPE, CESA, ASSOCIE.",
        ),
        (
            f"{HEADER}\nA,2025-12,1,0,0,0,CESA".encode(),
            "ligne 2, colonne month : aucune version de la règle n’est en vigueur en décembre 2025.",
        ),
        (
            f"{HEADER}\n{ROW}\nB,2026-01,1,0,0,0,CESA\n{ROW}".encode(),
            "ligne 4, colonne month : janvier 2026 est donné deux fois pour « A », déjà ligne 2.",
        ),
        (
            f"{HEADER}\n{ROW}\nA,2028-03,1,0,0,0,CESA".encode(),
            "ligne 3, colonne month : plus de 24 mois manquent à « A » après janvier 2026.",
        ),
    ],
)
def test_files_that_are_refused(tmp_path: Path, content: bytes, expected: str) -> None:
    assert expected in refusal(content, tmp_path)


def test_a_problem_is_one_line_whatever_is_quoted(tmp_path: Path) -> None:
    """Line breaks and terminal commands in a cell or a heading are not repeated."""
    said = refusal(f'{HEADER}\nA,2026-01,"1\n2\x1b[31m",0,0,0,CESA\n', tmp_path)
    assert said == (
        "chiffres.csv, ligne 2, colonne invoiced : « 1\ufffd2\ufffd[31m » n’est pas un montant "
        "comme 1234.56 ou 1234,56."
    )
    said = refusal(f'{HEADER},"{"x" * 60}\ny"\n{ROW}\n', tmp_path)
    assert said.startswith(f"chiffres.csv, ligne 1, colonne {'x' * 40}… : colonne inconnue.")


def test_every_problem_is_told_up_to_a_hundred(tmp_path: Path) -> None:
    rows = "\n".join(f"A{number},x,1,0,0,0,CESA" for number in range(103))
    said = refusal(f"{HEADER}\n{rows}\n", tmp_path).splitlines()
    assert (len(said), said[-1]) == (101, "et 3 autres problèmes.")


def test_a_missing_month_owes_what_is_fixed_under_the_contract_before_it(tmp_path: Path) -> None:
    figures = f"{HEADER}\nA,2026-01,100,0,0,0,CAPE\nA,2026-04,100,0,0,0,CESA\n"
    rows = simulate(figures, tmp_path, RULES / "minimum-par-contrat.toml")
    assert [(row["month"], row["contribution"]) for row in rows] == [
        ("2026-01", "20.00"),
        ("2026-02", "20.00"),
        ("2026-03", "20.00"),
        ("2026-04", "60.00"),
    ]
    told = "Le fichier n’a pas de ligne pour ce mois\u00a0: ses chiffres comptent pour zéro. "
    assert [row["explanation"].startswith(told) for row in rows] == [False, True, True, False]


def test_rows_come_in_any_order(tmp_path: Path) -> None:
    """Months are sorted, activities stay in their order of appearance."""
    rows = ["B,2026-02,1,0,0,0,CESA", "A,2026-01,2,0,0,0,CESA", "B,2026-01,3,0,0,0,CESA"]
    found = simulate("\n".join([HEADER, *rows]), tmp_path)
    assert [(row["activity"], row["month"], row["base"]) for row in found] == [
        ("B", "2026-01", "3.00"),
        ("B", "2026-02", "1.00"),
        ("A", "2026-01", "2.00"),
    ]


def test_a_missing_month_without_rule_is_refused(tmp_path: Path) -> None:
    rule = tmp_path / "r.toml"
    text = FLAT.read_text().replace("valid_from = 2026-01-01", "valid_from = 2026-01-01\nvalid_to = 2026-01-31")
    later = text[text.index("[[versions]]") :].replace("2026-01-01\nvalid_to = 2026-01-31", "2026-03-01")
    rule.write_text(text + later)
    said = refusal(f"{HEADER}\n{ROW}\nA,2026-03,1,0,0,0,CESA\n", tmp_path, rule)
    assert said == (
        "chiffres.csv, ligne 3, colonne month : « A » n’a pas de ligne pour février 2026, "
        "où aucune règle n’est en vigueur."
    )


def test_free_months_are_counted_from_the_first_month_under_a_contract(tmp_path: Path) -> None:
    rule = tmp_path / "r.toml"
    text = (RULES / "six-mois-offerts.toml").read_text()
    rule.write_text(
        text.replace("free_months = 6", "free_months = 1").replace('free_from = "activity"', 'free_from = "contract"')
    )
    rows = [("01", "CAPE"), ("02", "CAPE"), ("03", "CESA"), ("04", "CESA")]
    figures = "\n".join([HEADER, *(f"A,2026-{month},100,0,0,0,{contract}" for month, contract in rows)])
    assert [row["contribution"] for row in simulate(figures, tmp_path, rule)] == ["0.00", "10.00", "0.00", "10.00"]


def test_the_lines_of_a_rule_are_summed_and_products_left_out_are_told(tmp_path: Path) -> None:
    rule = tmp_path / "r.toml"
    text = FLAT.read_text()
    extra = text[text.index("[[versions.lines]]") :].replace('"contribution"', '"assurance"').replace("11.5", "1")
    extra = extra.replace("Contribution coopérative", "Assurance").replace('base = "invoiced"', 'base = "collected"')
    extra = extra.replace("exclude_internal = true", 'exclude_internal = true\nexcluded_products = ["F"]')
    rule.write_text(text.replace("[[versions]]", '[products]\nF = "Formations"\n\n[[versions]]') + extra)
    source, printed, warned = tmp_path / "f.csv", io.StringIO(), io.StringIO()
    source.write_text(f"{HEADER}\nA,2026-01,1000,500,0,0,CESA\n")
    call_command("simulate_contributions", rule=rule, figures=source, stdout=printed, stderr=warned)
    (row,) = csv.DictReader(io.StringIO(printed.getvalue()))
    assert (row["base"], row["contribution"]) == ("1000.00", "120.00")
    assert row["rate_detail"].replace("\u00a0", " ").replace("\u202f", " ") == (
        "Contribution coopérative : 11,5 % de 1 000,00 € ; Assurance : 1 % de 500,00 €"
    )
    assert warned.getvalue().startswith(
        "La règle exclut des produits (Formations), que les chiffres ne distinguent pas"
    )


def test_an_activity_named_like_a_formula_stays_a_text(tmp_path: Path) -> None:
    (row,) = simulate(f"{HEADER}\n=cmd(),2026-01,1,0,0,0,CESA\n", tmp_path)
    assert row["activity"] == "'=cmd()"


def test_files_that_cannot_be_read_or_written(tmp_path: Path) -> None:
    source = tmp_path / "chiffres.csv"
    source.write_text(f"{HEADER}\n{ROW}\n")
    alias = tmp_path / "alias.csv"
    alias.symlink_to(source)
    for given in (
        {"rule": tmp_path / "absent.toml", "figures": source},
        {"rule": FLAT, "figures": tmp_path},
        {"rule": FLAT, "figures": source, "output": tmp_path / "absent" / "resultat.csv"},
        {"rule": FLAT, "figures": source, "output": source},
        {"rule": FLAT, "figures": source, "output": alias},
        {"rule": FLAT, "figures": source, "output": tmp_path},
        {"rule": FLAT, "figures": source, "output": Path("/dev/null")},
    ):
        with pytest.raises(CommandError) as error:
            call_command("simulate_contributions", **given)
        assert error.value.returncode == 2
    assert set(tmp_path.iterdir()) == {source, alias}
    assert source.read_text() == f"{HEADER}\n{ROW}\n"


def test_a_wrong_rule_is_told_before_the_figures(tmp_path: Path) -> None:
    rule = tmp_path / "ma-regle.toml"
    rule.write_text(FLAT.read_text().replace("rate = 11.5", "rate = -1"))
    said = refusal(f"{HEADER}\nA,x,1,0,0,0,CESA\n", tmp_path, rule)
    assert said == (
        "ma-regle.toml, ligne 15, clé versions[1].lines[1].values.ALL.rate : un taux n’est pas négatif (lu : -1)."
    )


def test_the_command_itself_exits_with_2_and_opens_no_database(tmp_path: Path) -> None:
    """From a shell, against a database that does not exist."""
    source, output = tmp_path / "chiffres.csv", tmp_path / "resultat.csv"
    environment = os.environ | {"SECRET_KEY": "x", "DATABASE_URL": "postgres:///none"}
    command = [sys.executable, str(ROOT / "manage.py"), "simulate_contributions", "--rule", str(FLAT)]
    arguments = ["--figures", str(source), "--output", str(output)]
    source.write_text(f"{HEADER}\nA,2026-01,mille,0,0,0,CESA\n")
    wrong = subprocess.run([*command, *arguments], env=environment, capture_output=True, text=True, check=False)
    assert (wrong.returncode, wrong.stdout, output.exists()) == (2, "", False)
    assert wrong.stderr.count("\n") == 1
    assert "ligne 2, colonne invoiced" in wrong.stderr
    source.write_text(f"{HEADER}\n{ROW}\n")
    right = subprocess.run([*command, *arguments], env=environment, capture_output=True, text=True, check=False)
    assert (right.returncode, right.stdout, right.stderr) == (0, "", "")
    assert output.read_text().splitlines()[1].startswith("A,2026-01,1000.00,")
