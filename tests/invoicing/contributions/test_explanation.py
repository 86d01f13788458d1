"""The sentences of a line, word for word."""

from datetime import date
from decimal import Decimal

from invoicing.contributions.enums import ContractType, ContributionBase, FreeFrom, WaivedPart
from invoicing.contributions.rules.engine import contributions
from invoicing.contributions.rules.explanation import exact_euros, explain, of_month, percent, rate_detail
from invoicing.contributions.rules.figures import Override, ProductTurnover, Waiver
from invoicing.contributions.rules.settlement import Correction
from invoicing.contributions.rules.terms import Terms
from tests.invoicing.contributions.samples import ASSOCIE, CAPE, CESA, JANUARY, TIERS, history, rule_of, stay, terms


def told(*args: object, rank: int = -1, rule: object = None, **given: object) -> list[str]:
    """The sentences of one month, with plain spaces, after the first one."""
    lines = contributions(history(*args, **given), rule or rule_of())  # type: ignore[arg-type]
    return [plain(sentence) for sentence in explain(lines[rank])][1:]


def plain(text: str) -> str:
    """Easier to read in a test."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_the_rule_and_its_decision_come_first() -> None:
    (line,) = contributions(history("100"), rule_of())
    assert plain(explain(line)[0]) == "Contribution, règle en vigueur depuis le 01/01/2026 (AG du 20/06/2025)."


def test_spaces_are_the_french_ones() -> None:
    (line,) = contributions(history("12345"), rule_of())
    assert explain(line)[-1] == "Contribution de janvier 2026\u00a0: 1\u202f234,50\u00a0€."
    assert rate_detail(line) == "10\u00a0% de 12\u202f345,00\u00a0€"


def test_a_base_says_what_is_left_out_of_it() -> None:
    month = stay(
        "1000", purchases="100", internal="40", products=(ProductTurnover("FORM", Decimal("60.5"), Decimal(0)),)
    )
    rule = rule_of(base=ContributionBase.GROSS_MARGIN, exclude_internal=True, excluded_products=("FORM",))
    assert told(month, rule=rule) == [
        (
            "Base de janvier 2026 : 1 000,00 € facturés moins 60,50 € de produits exclus moins 40,00 € "
            "d’échanges internes "
            "moins 100,00 € d’achats déduits de la marge, soit 799,50 €."
        ),
        "10 % de 799,50 € = 79,95 €.",
        "Contribution de janvier 2026 : 79,95 €.",
    ]


def test_tiers_are_told_one_by_one_with_the_rounding_of_the_year() -> None:
    months = [stay(collected="34000"), stay(collected="12000.55")]
    rule = rule_of(Terms(TIERS), base=ContributionBase.COLLECTED)
    assert told(*months, rule=rule) == [
        "Base de février 2026 : 12 000,55 € encaissés.",
        "Base de l’année, ce mois compris : 46 000,55 €.",
        "Jusqu’à 35 000,00 € dans l’année : 10 % de 1 000,00 € = 100,00 €.",
        "De 35 000,00 € à 45 000,00 € dans l’année : 8 % de 10 000,00 € = 800,00 €.",
        "Au-delà de 45 000,00 € dans l’année : 6 % de 1 000,55 € = 60,033 €.",
        (
            "Arrondi au centime sur le total de l’année : 4 360,033 € donnent 4 360,03 €, dont 3 400,00 € déjà comptés "
            "avant ce mois, restent 960,03 €."
        ),
        "Contribution de février 2026 : 960,03 €.",
    ]


def test_fees_and_minimums_of_two_contracts_say_the_days() -> None:
    values = {CAPE: terms(monthly_fee="20"), CESA: terms(monthly_fee="51", monthly_minimum="93"), ASSOCIE: terms()}
    january = (stay("10", contract=CAPE, days=1), stay("5", contract=CESA, days=30))
    assert told(january, rule=rule_of(values)) == [
        "Base de janvier 2026 : 15,00 € facturés.",
        "10 % de 10,00 € = 1,00 € (CAPE).",
        "10 % de 5,00 € = 0,50 € (CESA).",
        "Forfait du mois : 50,00 €, au prorata des jours (1 jour CAPE, 30 jours CESA).",
        "Le minimum du mois, 90,00 €, au prorata des jours (1 jour CAPE, 30 jours CESA), remplace 51,50 €.",
        "Contribution de janvier 2026 : 90,00 €.",
    ]


def test_credit_notes_are_told_beside_what_a_month_owes() -> None:
    capped = rule_of(terms(monthly_minimum="50", monthly_cap="200"))
    assert told("-1000", rule=capped) == [
        "Base de janvier 2026 : −1 000,00 € facturés (les avoirs dépassent les factures).",
        "10 % de −1 000,00 € = −100,00 €.",
        "Un mois sans chiffre d’affaires doit 50,00 €, les avoirs rendent 100,00 €, soit −50,00 €.",
        "Contribution de janvier 2026 : −50,00 €.",
    ]
    assert told("-9000", rule=capped)[2] == (
        "Un mois sans chiffre d’affaires doit 50,00 €, les avoirs rendent 150,00 € "
        "(pas plus qu’un mois ne peut prendre sous son plafond), soit −100,00 €."
    )


def test_caps_and_yearly_minimums() -> None:
    assert told("9000", rule=rule_of(terms(monthly_cap="200")))[2:] == [
        "Le plafond du mois, 200,00 €, remplace 900,00 €.",
        "Contribution de janvier 2026 : 200,00 €.",
    ]
    assert told("9000", "9000", rule=rule_of(terms(yearly_cap="1000")))[3] == (
        "Le plafond de l’année, 1 000,00 €, est atteint : ce mois doit 100,00 € "
        "(l’année passe de 900,00 € à 1 000,00 €)."
    )
    assert told("9000", "9000", "-9000", rule=rule_of(terms(yearly_cap="1000")))[3] == (
        "Ce que le minimum ou le plafond de l’année a changé avant s’impute : "
        "ce mois doit −100,00 € (l’année passe de 1 000,00 € à 900,00 €)."
    )
    yearly = rule_of(terms(yearly_minimum="600"))
    assert told("0", rule=yearly) == [
        (
            "Le minimum de l’année, un douzième par mois, atteint 50,00 € : "
            "ce mois doit 50,00 € (l’année passe de 0,00 € à 50,00 €)."
        ),
        "Contribution de janvier 2026 : 50,00 €.",
    ]
    assert told("0", "2000", rule=yearly)[2] == (
        "Ce que le minimum ou le plafond de l’année a changé avant s’impute : "
        "ce mois doit 150,00 € (l’année passe de 50,00 € à 200,00 €)."
    )


def test_decisions_and_free_months_are_named() -> None:
    own = dict.fromkeys(ContractType, terms("5"))
    override = Override(JANUARY, None, "contribution", own, "CA du 12/01/2026")
    waivers = tuple(Waiver(JANUARY, None, part, f"CA n° {rank}") for rank, part in enumerate(WaivedPart))
    assert told("100", overrides=(override,), waivers=waivers) == [
        "Cette activité a ses propres valeurs, par dérogation (CA du 12/01/2026).",
        "Exonération de toute la contribution pour ce mois (CA n° 0).",
        "Exonération du forfait mensuel pour ce mois (CA n° 1).",
        "Exonération des minimums pour ce mois (CA n° 2).",
        "Contribution de janvier 2026 : 0,00 €.",
    ]
    free = rule_of(terms(free_months=2, free_from=FreeFrom.CONTRACT))
    assert told("100", rule=free)[0] == "Mois offert, le 1er sur 2 : il ne compte pas dans l’année."
    assert told("100", "100", rule=free)[0] == "Mois offert, le 2e sur 2 : il ne compte pas dans l’année."


def test_a_month_that_is_free_in_part_says_which() -> None:
    values = {CAPE: terms(free_months=6), CESA: terms(), ASSOCIE: terms()}
    january = (stay("1000", contract=CAPE, days=10), stay("100", contract=CESA, days=21))
    assert told(january, rule=rule_of(values)) == [
        "Mois offert pour la part CAPE, le 1er sur 6 : elle ne compte pas dans l’année.",
        "Base de janvier 2026 : 100,00 € facturés.",
        "10 % de 100,00 € = 10,00 €.",
        "Contribution de janvier 2026 : 10,00 €.",
    ]


def test_the_phrase_of_a_line() -> None:
    def phrase(*months: str, **values: object) -> str:
        return plain(rate_detail(contributions(history(*months), rule_of(Terms(TIERS, **values)))[-1]))  # type: ignore[arg-type]

    assert phrase("36000", monthly_fee=Decimal(30)) == "10 % de 35 000,00 € + 8 % de 1 000,00 € + forfait 30,00 €"
    assert phrase("0") == "rien à calculer"
    assert phrase("100", monthly_minimum=Decimal(50)).endswith("€, soit 50,00 € après le minimum et le plafond du mois")
    assert phrase("100", yearly_cap=Decimal(5)).endswith("€, soit 5,00 € après le minimum et le plafond de l’année")


def test_words_and_numbers() -> None:
    assert [of_month(date(2026, month, 1)) for month in (1, 4, 8)] == [
        "de janvier 2026",
        "d’avril 2026",
        "d’août 2026",
    ]
    assert [percent(Decimal(rate)) for rate in ("10", "13.50", "0.1250", "100")] == [
        "10\u00a0%",
        "13,5\u00a0%",
        "0,125\u00a0%",
        "100\u00a0%",
    ]
    assert exact_euros(Decimal("1234.5670")) == "1\u202f234,567\u00a0€"


def test_a_correction_gives_its_reason() -> None:
    correction = Correction(JANUARY, Decimal("500.00"), Decimal("1000.00"))
    assert plain(correction.sentence) == (
        "Correction de janvier 2026 : 500,00 € d’après les documents connus, 1 000,00 € déjà comptés, soit −500,00 €."
    )
