"""The TOML of a rule: what it holds, what is refused and in which words, and that it is written as it is read."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from invoicing.contributions.enums import ContributionYear, FreeFrom
from invoicing.contributions.rules.problems import FileProblemsError
from invoicing.contributions.rules.rule_file import read_rule, write_rule
from invoicing.contributions.rules.terms import Rule, Terms, flat
from tests.invoicing.contributions.samples import ASSOCIE, CAPE, CESA, RULES, TIERS, example

DOCUMENTATION = RULES.parents[1] / "contributions.md"
TOML_BLOCKS = re.findall(r"```toml\n(.*?)```", DOCUMENTATION.read_text(), re.DOTALL)
GOOD = """\
name = "Règle"
fiscal_year_starts_in = 7

[products]
FORM = "Formations"

[[versions]]
valid_from = 2026-01-01
valid_to = 2026-06-30
decision = "AG du 20/06/2025"

[[versions.lines]]
code = "contribution"
label = "Contribution"
base = "collected"
exclude_internal = true
excluded_products = ["FORM"]
year = "fiscal"

[versions.lines.values.ALL]
tiers = [
    { from = 0, to = 35000, rate = 10 },
    { from = 35000, to = 45000, rate = 8 },
    { from = 45000, rate = 6 },
]
monthly_fee = 30
free_months = 3
free_from = "contract"

[versions.lines.values.CESA]
rate = 9.5
monthly_minimum = 12.5
monthly_cap = 2000

[[versions]]
valid_from = 2026-07-01
decision = "AG du 12/06/2026"

[[versions.lines]]
code = "contribution"
label = "Contribution"
base = "invoiced"
exclude_internal = false
values.ALL = { rate = 0 }
"""


def read(text: str, **given: object) -> Rule:
    """A rule's text."""
    return read_rule(text.encode(), file="r.toml", **given)  # type: ignore[arg-type]


def problems(text: str, **given: object) -> list[str]:
    """The sentences about a text, with plain spaces."""
    with pytest.raises(FileProblemsError) as refusal:
        read(text, **given)
    return [str(problem).replace("\u00a0", " ").replace("\u202f", " ") for problem in refusal.value.problems]


def test_what_a_file_says() -> None:
    rule = read(GOOD)
    first, second = rule.versions
    (line,) = first.lines
    cape = Terms(TIERS, monthly_fee=Decimal(30), free_months=3, free_from=FreeFrom.CONTRACT)
    cesa = Terms(flat(Decimal("9.5")), Decimal(30), Decimal("12.5"), Decimal(2000), None, None, 3, FreeFrom.CONTRACT)
    assert (rule.name, rule.fiscal_year_starts_in, rule.products) == ("Règle", 7, {"FORM": "Formations"})
    assert (line.terms[CAPE], line.terms[CESA], line.terms[ASSOCIE]) == (cape, cesa, cape)
    assert (line.year, line.excluded_products, line.exclude_internal) == (ContributionYear.FISCAL, ("FORM",), True)
    assert [second.lines[0].terms[contract] for contract in (CAPE, CESA)] == [Terms(flat(Decimal(0)))] * 2
    assert f"{first.valid_to} {second.valid_from} {second.valid_to}" == "2026-06-30 2026-07-01 None"


def test_a_minimum_may_be_the_cap() -> None:
    """Then every month owes the same."""
    rule = read(GOOD.replace("monthly_cap = 2000", "monthly_cap = 12.5"))
    assert rule.versions[0].lines[0].terms[CESA].monthly_cap == Decimal("12.5")


def test_numbers_are_never_binary() -> None:
    """0.1 in the file is a tenth."""
    rule = read(GOOD.replace("rate = 9.5", "rate = 0.1"))
    assert rule.versions[0].lines[0].terms[CESA].tiers[0].rate == Decimal("0.1")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "from = 35000, to",
            "from = 30000, to",
            (
                "ligne 23, clé versions[1].lines[1].values.ALL.tiers[2].from : "
                "les tranches se chevauchent : la précédente "
                "va jusqu’à 35 000,00 €, celle-ci commence à 30 000,00 €."
            ),
        ),
        (
            "from = 35000, to",
            "from = 36000, to",
            (
                "ligne 23, clé versions[1].lines[1].values.ALL.tiers[2].from : "
                "une tranche commence à 35 000,00 €, là où "
                "finit la précédente."
            ),
        ),
        (
            "{ from = 45000, rate",
            "{ from = 45000, to = 50000, rate",
            "ligne 24, clé versions[1].lines[1].values.ALL.tiers[3].to : la dernière tranche n’a pas de fin (to).",
        ),
        (
            "from = 45000, rate = 6",
            "from = 45000, rate = -6",
            "ligne 24, clé versions[1].lines[1].values.ALL.tiers[3].rate : un taux n’est pas négatif (lu : -6).",
        ),
        (
            "rate = 9.5",
            "rate = -3",
            "ligne 31, clé versions[1].lines[1].values.CESA.rate : un taux n’est pas négatif (lu : -3).",
        ),
        ("rate = 9.5", "rate = 101", "CESA.rate : un taux est donné en pour cent et ne dépasse pas 100."),
        ("rate = 9.5", "rate = 9.12345", "CESA.rate : un taux a au plus quatre décimales (lu : 9.12345)."),
        ("rate = 9.5", "rate = nan", "CESA.rate : un nombre est attendu, pas NaN."),
        ("rate = 9.5", "rate = -inf", "CESA.rate : un nombre est attendu, pas -Infinity."),
        ("rate = 9.5", 'rate = "9,5"', "CESA.rate : un nombre est attendu, sans guillemets, pas un texte."),
        ("rate = 9.5", "rate = true", "CESA.rate : un nombre est attendu, sans guillemets, pas true ou false."),
        (
            "rate = 9.5",
            "rate = 9.5\ntiers = []",
            "CESA.tiers : donnez un taux (rate) ou des tranches (tiers), pas les deux.",
        ),
        ("rate = 9.5", "tiers = []", "CESA.tiers : une liste de tranches n’est pas vide."),
        (
            "rate = 9.5",
            "taux = 9.5",
            "ligne 31, clé versions[1].lines[1].values.CESA.taux : clé inconnue. Clés possibles",
        ),
        ("monthly_cap = 2000", "monthly_cap = 1e400", "CESA.monthly_cap : le montant dépasse 999 999 999 999,99 €."),
        (
            "monthly_cap = 2000",
            "monthly_cap = 0.001",
            "CESA.monthly_cap : un montant a au plus deux décimales (lu : 0.001).",
        ),
        ("monthly_cap = 2000", "monthly_cap = -1", "CESA.monthly_cap : un montant n’est pas négatif (lu : -1)."),
        (
            "monthly_cap = 2000",
            "monthly_cap = 10",
            "CESA.monthly_minimum : le minimum, 12,50 €, dépasse le plafond, 10,00 €.",
        ),
        ("free_months = 3", "free_months = 3.5", "ALL.free_months : un nombre entier est attendu, pas un nombre."),
        ("free_months = 3", "free_months = 121", "ALL.free_months : un nombre entre 0 et 120 est attendu."),
        ("free_months = 3\n", "", "ALL.free_from : free_from n’a de sens qu’avec free_months."),
        (
            'free_from = "contract"',
            'free_from = "birth"',
            "ALL.free_from : une de ces valeurs est attendue : activity, contract.",
        ),
        (
            "valid_from = 2026-07-01",
            "valid_from = 2026-06-01",
            "ligne 36, clé versions[2].valid_from : les dates chevauchent une autre version, du 01/01/2026 au",
        ),
        (
            "valid_to = 2026-06-30\n",
            "",
            "clé versions[2].valid_from : les dates chevauchent une autre version, du 01/01/2026 sans",
        ),
        (
            "valid_from = 2026-07-01",
            "valid_from = 2026-07-02",
            "versions[2].valid_from : une version commence le premier jour",
        ),
        (
            "valid_to = 2026-06-30",
            "valid_to = 2026-06-29",
            "versions[1].valid_to : une version finit le dernier jour d’un mois.",
        ),
        (
            "valid_to = 2026-06-30",
            "valid_to = 2025-12-31",
            "versions[1].valid_to : une version ne finit pas avant de commencer.",
        ),
        (
            "valid_from = 2026-07-01",
            'valid_from = "2026-07-01"',
            "une date comme 2026-01-01 est attendue, sans guillemets, pas un texte.",
        ),
        (
            "valid_from = 2026-07-01",
            "valid_from = 2026-07-01T00:00:00",
            "attendue, sans guillemets, pas une date avec une heure.",
        ),
        ("valid_from = 2026-07-01\n", "", "ligne 35, clé versions[2].valid_from : clé manquante."),
        (
            '["FORM"]',
            '["FORME"]',
            "ligne 17, clé versions[1].lines[1].excluded_products : produit inconnu « FORME ». Produits",
        ),
        ('["FORM"]', '"FORM"', "excluded_products : une liste entre crochets est attendue, pas un texte."),
        (
            'base = "collected"',
            'base = "ca"',
            "ligne 15, clé versions[1].lines[1].base : une de ces valeurs est attendue : invoiced, ",
        ),
        ('base = "collected"\n', "", "ligne 12, clé versions[1].lines[1].base : clé manquante."),
        (
            "exclude_internal = true",
            'exclude_internal = "oui"',
            "exclude_internal : true ou false est attendu, sans guillemets, pas un texte.",
        ),
        ("exclude_internal = true\n", "", "clé versions[1].lines[1].exclude_internal : clé manquante."),
        ("values.ALL = { rate = 0 }", "", "ligne 39, clé versions[2].lines[1].values : clé manquante."),
        (
            "values.ALL = { rate = 0 }",
            "values = 3",
            "clé versions[2].lines[1].values : un tableau de clés est attendu, pas un nombre.",
        ),
        ("values.ALL = { rate = 0 }", "values.ALL = { }", "clé manquante : une de rate, tiers, monthly_fee,"),
        (
            "values.ALL = { rate = 0 }",
            "values.CAPE = { rate = 0 }",
            "clé versions[2].lines[1].values.CESA : clé manquante : donnez les valeurs de CESA, ou ALL.",
        ),
        (
            "values.ALL = { rate = 0 }",
            "values.CDI = { rate = 0 }",
            "clé versions[2].lines[1].values.CDI : clé inconnue.",
        ),
        ('code = "contribution"', 'code = "Été 1"', "code : un code de ligne est fait de minuscules sans accent,"),
        ('label = "Contribution"', 'label = " "', "label : un texte est attendu, sans espace au début ni à la fin."),
        (
            'label = "Contribution"',
            'label = "a\\u0007"',
            "label : le texte contient un caractère qui ne s’imprime pas.",
        ),
        ('label = "Contribution"', f'label = "{"a" * 201}"', "label : un texte de 200 caractères au plus est attendu."),
        ('name = "Règle"', "name = 3", "ligne 1, clé name : un texte entre guillemets est attendu, pas un nombre."),
        (
            "fiscal_year_starts_in = 7",
            "fiscal_year_starts_in = 13",
            "ligne 2, clé fiscal_year_starts_in : un nombre entre 1 et 12",
        ),
        (
            'FORM = "Formations"',
            '" " = "x"\nFORM = "F"',
            "un code de produit est un texte sans espace au début ni à la fin.",
        ),
    ],
)
def test_what_is_wrong_is_told_with_line_and_key(old: str, new: str, expected: str) -> None:
    assert old in GOOD
    found = problems(GOOD.replace(old, new, 1))
    assert [sentence for sentence in found if expected in sentence] != [], found
    assert all(sentence.startswith("r.toml, ligne ") for sentence in found)


def test_every_problem_is_told_once_and_in_order() -> None:
    """A wrong value of ALL is not repeated for each contract."""
    found = problems(GOOD.replace("monthly_fee = 30", "monthly_fee = -30").replace("rate = 9.5", "rate = 900"))
    assert [sentence.partition(" : ")[0] for sentence in found] == [
        "r.toml, ligne 26, clé versions[1].lines[1].values.ALL.monthly_fee",
        "r.toml, ligne 31, clé versions[1].lines[1].values.CESA.rate",
    ]


def test_an_overlap_is_told_beside_other_problems() -> None:
    found = problems(GOOD.replace("valid_to = 2026-06-30", "valid_to = 2026-07-31").replace("rate = 9.5", "rate = -1"))
    assert [sentence.partition(" : ")[0] for sentence in found] == [
        "r.toml, ligne 31, clé versions[1].lines[1].values.CESA.rate",
        "r.toml, ligne 36, clé versions[2].valid_from",
    ]


def test_a_version_or_a_line_is_needed_and_codes_differ() -> None:
    assert problems('name = "R"\nversions = []') == [
        "r.toml, ligne 2, clé versions : une règle a au moins une version."
    ]
    assert problems('name = "R"') == ["r.toml, clé versions : clé manquante."]
    empty = 'name = "R"\n[[versions]]\nvalid_from = 2026-01-01\ndecision = "AG"\nlines = []'
    assert problems(empty) == ["r.toml, ligne 5, clé versions[1].lines : une version a au moins une ligne."]
    line = '[[versions.lines]]\ncode = "a"\nlabel = "A"\nbase = "invoiced"\nexclude_internal = false\n'
    line += "values.ALL.rate = 1\n"
    twice = 'name = "R"\n[[versions]]\nvalid_from = 2026-01-01\ndecision = "AG"\n' + line * 2
    assert problems(twice) == [
        "r.toml, ligne 12, clé versions[1].lines[2].code : le code « a » sert déjà à une autre ligne."
    ]


def test_a_product_that_is_not_in_the_catalogue() -> None:
    assert read(GOOD, catalogue={"FORM", "AUTRE"}) == read(GOOD)
    assert problems(GOOD, catalogue={"AUTRE"}) == [
        "r.toml, ligne 5, clé products.FORM : le produit « FORM » n’existe pas au catalogue."
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"", "r.toml\u00a0: le fichier est vide."),
        (b"\xef\xbb\xbf \r\n", "r.toml\u00a0: le fichier est vide."),
        (b'name = "a"\nlabel = "\xe9"', "r.toml, ligne 2\u00a0: le fichier n’est pas en UTF-8."),
        (b"name = ", "r.toml"),
        (
            b'name = "a"\nname = "b"',
            "r.toml, ligne 2, colonne 11\u00a0: ce n’est pas du TOML\u00a0: cette clé est donnée deux fois.",
        ),
        (
            b'name = "a"\nd = 2026-02-30',
            "r.toml, ligne 2, colonne 5\u00a0: ce n’est pas du TOML\u00a0: cette date n’existe pas.",
        ),
        (b"name", "r.toml, ligne 1, colonne 5\u00a0: ce n’est pas du TOML\u00a0: il manque un signe = après la clé."),
        (b"a = " + b"[" * 100_000, "r.toml\u00a0: ce n’est pas du TOML"),
        (b"a = " + b"9" * 5000, "r.toml\u00a0: ce n’est pas du TOML"),
        (b"a = 1e99999999999999999999", "r.toml"),
    ],
)
def test_what_is_no_rule_at_all(text: bytes, expected: str) -> None:
    with pytest.raises(FileProblemsError) as refusal:
        read_rule(text, file="r.toml")
    assert str(refusal.value).startswith(expected)


def test_a_windows_file_reads_the_same() -> None:
    assert read_rule(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode(), file="r.toml") == read(GOOD)


def test_lines_are_found_past_texts_that_look_like_keys() -> None:
    """A label that holds brackets, braces and a hash does not shift what follows."""
    odd = GOOD.replace('label = "Contribution"', 'label = "[[versions]] # { rate"', 1)
    assert problems(odd.replace("rate = 9.5", "rate = -3"))[0].startswith("r.toml, ligne 31, ")


def test_a_written_rule_looks_like_the_documented_ones() -> None:
    assert write_rule(example("tranches-encaissees")) == (
        'name = "Tranches sur l’encaissé de l’année"\n'
        "\n"
        "[[versions]]\n"
        "valid_from = 2026-01-01\n"
        'decision = "Assemblée générale du 03/06/2025, résolution n° 2"\n'
        "\n"
        "[[versions.lines]]\n"
        'code = "contribution"\n'
        'label = "Contribution coopérative"\n'
        'base = "collected"\n'
        "exclude_internal = false\n"
        "\n"
        "[versions.lines.values.ALL]\n"
        "tiers = [\n"
        "    { from = 0, to = 35000, rate = 10 },\n"
        "    { from = 35000, to = 45000, rate = 8 },\n"
        "    { from = 45000, rate = 6 },\n"
        "]\n"
    )


def test_the_good_file_is_read_back_as_it_was_written() -> None:
    assert read(write_rule(read(GOOD))) == read(GOOD)


@pytest.mark.parametrize("path", sorted(RULES.glob("*.toml")), ids=lambda path: path.stem)
def test_the_documented_rules_are_read_back(path: Path) -> None:
    assert read(write_rule(example(path.stem))) == example(path.stem)


@pytest.mark.parametrize("block", TOML_BLOCKS)
def test_the_documentation_shows_rules_that_read(block: str) -> None:
    assert read(block).versions


def test_the_documentation_shows_rules() -> None:
    assert len(TOML_BLOCKS) >= 2
