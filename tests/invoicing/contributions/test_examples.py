"""The five rules of `docs/examples/rules/`, worked out by hand, through the engine and through the command."""

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command

from invoicing.contributions.enums import WaivedPart
from invoicing.contributions.rules.engine import contributions
from invoicing.contributions.rules.figures import Waiver
from invoicing.contributions.rules.figures_file import FiguresReader
from tests.invoicing.contributions.samples import CAPE, CESA, RULES, due, dues, example, history, stay

HEADER = "activity;month;invoiced;collected;purchases;internal;contract\n"
# month → base, contribution, base of the year
Expected = list[tuple[str, str, str, str]]
EXAMPLES: dict[str, tuple[str, Expected]] = {
    "forfait-et-marge": (
        (
            "Menuiserie;2026-01;4 000,00;0;1 234,56;0;CAPE\n"
            "Menuiserie;2026-02;1250,50;0;90,10;800;CAPE\n"
            "Menuiserie;2026-03;-400;0;0;0;CESA\n"
        ),
        [
            # 13.5 % × 2 765.44 = 373.3344 → 373.33, + 30
            ("2026-01", "2765.44", "403.33", "2765.44"),
            # 13.5 % × 3 925.84 = 529.9884 → 529.99, − 373.33 = 156.66, + 30
            ("2026-02", "1160.40", "186.66", "3925.84"),
            # 13.5 % × 3 525.84 = 475.9884 → 475.99, − 529.99 = −54.00, + 30
            ("2026-03", "-400.00", "-24.00", "3525.84"),
        ],
    ),
    "taux-hors-echanges": (
        "Studio;2026-01;8000;0;500;1200;CESA\nStudio;2026-02;333,33;0;0;0;CESA\nStudio;2026-03;500;0;0;500;CESA\n",
        [
            ("2026-01", "6800.00", "782.00", "6800.00"),  # 11.5 % × 6 800
            ("2026-02", "333.33", "38.33", "7133.33"),  # 11.5 % × 7 133.33 = 820.33295 → 820.33
            ("2026-03", "0.00", "0.00", "7133.33"),  # everything was internal
        ],
    ),
    "tranches-encaissees": (
        (
            "Conseil;2026-01;0;20000;0;0;ASSOCIE\n"
            "Conseil;2026-02;0;18000;0;0;ASSOCIE\n"
            "Conseil;2026-03;0;10000;0;0;ASSOCIE\n"
            "Conseil;2026-04;0;-5000,55;0;0;ASSOCIE\n"
            "Conseil;2026-05;0;9000,55;0;0;ASSOCIE\n"
        ),
        [
            ("2026-01", "20000.00", "2000.00", "20000.00"),  # 10 % × 20 000
            ("2026-02", "18000.00", "1740.00", "38000.00"),  # 10 % × 15 000 + 8 % × 3 000
            ("2026-03", "10000.00", "740.00", "48000.00"),  # 8 % × 7 000 + 6 % × 3 000
            # the year: 3 500 + 8 % × 7 999.45 = 4 139.956 → 4 139.96, where 4 480.00 had been counted
            ("2026-04", "-5000.55", "-340.04", "42999.45"),
            # the year: 3 500 + 800 + 6 % × 7 000 = 4 720.00
            ("2026-05", "9000.55", "580.04", "52000.00"),
        ],
    ),
    "six-mois-offerts": (
        (
            "Maraîchage;2026-01;3000;0;0;0;CAPE\n"
            "Maraîchage;2026-06;4000;0;0;0;CAPE\n"
            "Maraîchage;2026-07;3000;0;499,95;0;CAPE\n"
            "Maraîchage;2026-08;1000,05;0;0;0;CAPE\n"
        ),
        [
            *[(f"2026-0{month}", "0.00", "0.00", "0.00") for month in range(1, 7)],
            ("2026-07", "2500.05", "250.01", "2500.05"),  # 250.005 → 250.01
            ("2026-08", "1000.05", "100.00", "3500.10"),  # the year: 350.01
        ],
    ),
    "minimum-par-contrat": (
        (
            "Couture;2026-01;150;0;0;0;CAPE\n"
            "Couture;2026-02;900;0;0;0;CAPE\n"
            "Couture;2026-03;500;0;0;0;CESA\n"
            "Couture;2026-04;1000;0;0;200;CESA\n"
        ),
        [
            ("2026-01", "150.00", "20.00", "150.00"),  # 15 € is less than the minimum under a CAPE
            ("2026-02", "900.00", "90.00", "1050.00"),
            ("2026-03", "500.00", "60.00", "1550.00"),  # 50 € is less than the minimum under a CESA
            ("2026-04", "800.00", "80.00", "2350.00"),
        ],
    ),
}


def test_every_documented_rule_has_its_example() -> None:
    assert {path.stem for path in RULES.glob("*.toml")} == set(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_by_hand_through_the_engine(name: str) -> None:
    figures, expected = EXAMPLES[name]
    rule = example(name)
    (mine,) = FiguresReader(file="chiffres.csv", rule=rule).read((HEADER + figures).encode()).histories
    found = [
        (f"{line.month:%Y-%m}", f"{line.base:.2f}", str(line.due), f"{line.year.base:.2f}")
        for line in contributions(mine, rule)
    ]
    assert found == expected


@pytest.mark.parametrize("name", EXAMPLES)
def test_by_hand_through_the_command(name: str, tmp_path: Path) -> None:
    figures, expected = EXAMPLES[name]
    source, output = tmp_path / "chiffres.csv", tmp_path / "contributions.csv"
    source.write_text(HEADER + figures)
    call_command("simulate_contributions", rule=RULES / f"{name}.toml", figures=source, output=output)
    rows = list(csv.DictReader(io.StringIO(output.read_text())))
    assert [(r["month"], r["base"], r["contribution"], r["cumulative_base"]) for r in rows] == expected
    assert {row["activity"] for row in rows} == {figures.partition(";")[0]}
    assert set(tmp_path.iterdir()) == {source, output}


def test_three_tiers_may_be_crossed_in_one_month() -> None:
    """10 % × 35 000 + 8 % × 10 000 + 6 % × 5 000 = 4 600."""
    assert due(stay(collected="50000"), rule=example("tranches-encaissees")) == ["4600.00"]


def test_the_fee_is_waived_by_a_decision_and_the_rest_stays_due() -> None:
    """The same months as the example, with February spared of its 30 €."""
    waiver = Waiver(date(2026, 2, 1), date(2026, 2, 1), WaivedPart.FEE, "CA du 05/02/2026")
    months = (stay("4000", purchases="1234.56"), stay("1250.50", purchases="90.10"))
    assert due(*months, rule=example("forfait-et-marge"), waivers=(waiver,)) == ["403.33", "156.66"]


def test_a_cesa_that_starts_inside_the_month_raises_its_minimum_by_days() -> None:
    """(20 € × 10 days + 60 € × 21 days) / 31 = 47.096… → 47.10 €, above 10 % of 300 €."""
    january = (stay("100", contract=CAPE, days=10), stay("200", contract=CESA, days=21))
    (line,) = contributions(history(january), example("minimum-par-contrat"))
    assert (line.monthly_minimum, dues([line])) == (Decimal("47.10"), [Decimal("47.10")])
