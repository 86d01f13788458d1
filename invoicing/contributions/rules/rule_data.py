"""A rule from nested tables, as a file or an editor gives them, and back. Strict: any doubt is a problem."""

import re
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from cae_backoffice.core.money import ZERO, format_euros
from cae_backoffice.core.periods import ONE_DAY
from cae_backoffice.core.text import control_characters
from invoicing.contributions.enums import ContractType, ContributionBase, ContributionYear, FreeFrom
from invoicing.contributions.rules.problems import FileProblemsError
from invoicing.contributions.rules.tables import Reading, Table
from invoicing.contributions.rules.terms import Rule, RuleLine, RuleVersion, Terms, Tier, flat
from invoicing.contributions.rules.toml_lines import Path

RULE_KEYS = ("name", "fiscal_year_starts_in", "products", "versions")
VERSION_KEYS = ("valid_from", "valid_to", "decision", "lines")
LINE_KEYS = ("code", "label", "base", "exclude_internal", "excluded_products", "year", "values")
AMOUNT_KEYS = ("monthly_fee", "monthly_minimum", "monthly_cap", "yearly_minimum", "yearly_cap")
TERMS_KEYS = ("rate", "tiers", *AMOUNT_KEYS, "free_months", "free_from")
TIER_KEYS = ("from", "to", "rate")
ALL = "ALL"
VALUES_KEYS = (ALL, *ContractType.values)
CHARGING_KEYS = ("rate", "tiers", "monthly_fee", "monthly_minimum", "yearly_minimum")
MAX_FREE_MONTHS = 120
CODE = re.compile(r"[a-z][a-z0-9_-]{0,29}")


def rule_from_data(
    data: Mapping[str, Any],
    *,
    file: str,
    lines: dict[Path, int] | None = None,
    catalogue: Collection[str] | None = None,
) -> Rule:
    """The rule that tables describe, or FileProblemsError with every problem.

    `file` and `lines` tell where keys stand. `catalogue` holds the product codes that exist; None when it is not known.
    """
    reading = Reading(file, lines or {})
    table = Table(reading, data, (), RULE_KEYS)
    products = _products(table, catalogue)
    rule = Rule(
        name=table.text("name"),
        versions=_versions(table, products),
        products=products,
        fiscal_year_starts_in=table.whole("fiscal_year_starts_in", 1, 1, 12),
    )
    if reading.problems:
        raise FileProblemsError(sorted(dict.fromkeys(reading.problems), key=lambda problem: problem.line or 0))
    return rule


def _products(table: Table, catalogue: Collection[str] | None) -> dict[str, str]:
    if "products" not in table:
        return {}
    data = table.data["products"]
    names = Table(table.reading, data, ("products",), tuple(data) if isinstance(data, Mapping) else ())
    for code in names.data:
        if not code.strip() or code != code.strip() or control_characters(code):
            names.problem(code, "un code de produit est un texte sans espace au début ni à la fin.")
        elif catalogue is not None and code not in catalogue:
            names.problem(code, f"le produit «\u00a0{code}\u00a0» n’existe pas au catalogue.")
    return {code: names.text(code) for code in names.data}


def _versions(table: Table, products: Mapping[str, str]) -> tuple[RuleVersion, ...]:
    items = table.some_items("versions", "une règle a au moins une version.")
    read = [(_version(table.reading, item, rank, products), rank) for rank, item in enumerate(items)]
    read.sort(key=lambda pair: pair[0].valid_from)
    dated = [pair for pair in read if pair[0].valid_from > date.min]
    for (earlier, _), (later, rank) in pairwise(dated):
        if earlier.valid_to is None or earlier.valid_to >= later.valid_from:
            end = f"au {earlier.valid_to:%d/%m/%Y}" if earlier.valid_to else "sans fin"
            table.reading.problem(
                ("versions", rank, "valid_from"),
                f"les dates chevauchent une autre version, du {earlier.valid_from:%d/%m/%Y} {end}. "
                "Donnez à chaque version un valid_to avant le valid_from de la suivante.",
            )
    return tuple(version for version, _ in read)


def _version(reading: Reading, data: object, rank: int, products: Mapping[str, str]) -> RuleVersion:
    path: Path = ("versions", rank)
    table = Table(reading, data, path, VERSION_KEYS)
    valid_from, valid_to = _validity(table)
    decision = table.text("decision")
    items = table.some_items("lines", "une version a au moins une ligne.")
    lines = tuple(_line(reading, item, (*path, "lines", number), products) for number, item in enumerate(items))
    seen: set[str] = set()
    for number, line in enumerate(lines):
        if line.code and line.code in seen:
            reading.problem(
                (*path, "lines", number, "code"), f"le code «\u00a0{line.code}\u00a0» sert déjà à une autre ligne."
            )
        seen.add(line.code)
    return RuleVersion(valid_from, valid_to, decision, lines)


def _validity(table: Table) -> tuple[date, date | None]:
    valid_from = table.day("valid_from") if table.required("valid_from") else None
    valid_to = table.day("valid_to")
    if valid_from is not None and valid_from.day != 1:
        table.problem("valid_from", "une version commence le premier jour d’un mois.")
    if valid_to is not None and valid_to < date.max and (valid_to + ONE_DAY).day != 1:
        table.problem("valid_to", "une version finit le dernier jour d’un mois.")
    if valid_from is not None and valid_to is not None and valid_to < valid_from:
        table.problem("valid_to", "une version ne finit pas avant de commencer.")
    return valid_from or date.min, valid_to


def _line(reading: Reading, data: object, path: Path, products: Mapping[str, str]) -> RuleLine:
    table = Table(reading, data, path, LINE_KEYS)
    excluded = []
    for product in table.items("excluded_products"):
        if isinstance(product, str) and product in products:
            excluded.append(product)
        else:
            known = ", ".join(products) or "aucun"
            table.problem(
                "excluded_products",
                f"produit inconnu «\u00a0{product}\u00a0». Produits déclarés dans [products]\u00a0: {known}.",
            )
    code = table.text("code")
    if code and not CODE.fullmatch(code):
        table.problem(
            "code", "un code de ligne est fait de minuscules sans accent, de chiffres et de tirets (30 au plus)."
        )
    return RuleLine(
        code=code,
        label=table.text("label"),
        base=table.choice("base", ContributionBase),
        exclude_internal=table.flag("exclude_internal"),
        terms=_values(table),
        excluded_products=tuple(excluded),
        year=table.choice("year", ContributionYear, ContributionYear.CALENDAR),
    )


def _values(line: Table) -> dict[ContractType, Terms]:
    if not line.required("values"):
        return {}
    path = (*line.path, "values")
    table = Table(line.reading, line.data["values"], path, VALUES_KEYS)
    given = {
        key: Table(line.reading, table.data[key], (*path, key), TERMS_KEYS).data for key in VALUES_KEYS if key in table
    }
    found: dict[ContractType, Terms] = {}
    for contract in ContractType:
        if contract.value in given or ALL in given:
            common, own = given.get(ALL, {}), given.get(contract.value, {})
            key = contract.value if contract.value in given else ALL
            homes = {name: (*path, ALL) for name in common if name not in own}
            found[contract] = _terms(Table(line.reading, _merged(common, own), (*path, key), TERMS_KEYS, homes))
        else:
            table.problem(contract.value, f"clé manquante\u00a0: donnez les valeurs de {contract.value}, ou ALL.")
    return found


def _merged(common: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a contract: those for all, completed and replaced by its own; unknown keys have been told."""
    replaced = {"rate", "tiers"} if {"rate", "tiers"} & set(own) else set()
    merged = {key: value for key, value in common.items() if key not in replaced} | dict(own)
    return {key: value for key, value in merged.items() if key in TERMS_KEYS}


def _terms(table: Table) -> Terms:
    if not any(key in table for key in CHARGING_KEYS):
        table.problem(
            "rate", f"clé manquante\u00a0: une de {', '.join(CHARGING_KEYS)} est nécessaire (au besoin rate = 0)."
        )
    if "rate" in table and "tiers" in table:
        table.problem("tiers", "donnez un taux (rate) ou des tranches (tiers), pas les deux.")
    if "free_from" in table and "free_months" not in table:
        table.problem("free_from", "free_from n’a de sens qu’avec free_months.")
    amounts = {key: table.amount(key) for key in AMOUNT_KEYS}
    for period in ("monthly", "yearly"):
        minimum, cap = amounts[f"{period}_minimum"], amounts[f"{period}_cap"]
        if minimum is not None and cap is not None and minimum > cap:
            table.problem(
                f"{period}_minimum", f"le minimum, {format_euros(minimum)}, dépasse le plafond, {format_euros(cap)}."
            )
    free_months = table.whole("free_months", 0, 0, MAX_FREE_MONTHS)
    free_from = table.choice("free_from", FreeFrom, FreeFrom.ACTIVITY)
    return Terms(
        tiers=_tiers(table) if "tiers" in table else flat(table.rate("rate") if "rate" in table else ZERO),
        monthly_fee=amounts["monthly_fee"] or ZERO,
        monthly_minimum=amounts["monthly_minimum"],
        monthly_cap=amounts["monthly_cap"],
        yearly_minimum=amounts["yearly_minimum"],
        yearly_cap=amounts["yearly_cap"],
        free_months=free_months,
        free_from=free_from if free_months else FreeFrom.ACTIVITY,
    )


def _tiers(table: Table) -> tuple[Tier, ...]:
    tiers: list[Tier] = []
    before = len(table.reading.problems)
    for rank, item in enumerate(table.some_items("tiers", "une liste de tranches n’est pas vide.")):
        tier = Table(table.reading, item, (*table.place("tiers"), rank), TIER_KEYS)
        starts_at = tier.amount("from") if tier.required("from") else None
        tiers.append(Tier(starts_at or ZERO, tier.amount("to"), tier.rate("rate")))
    if len(table.reading.problems) == before:
        _check_tiers(table, tiers)
    return tuple(tiers)


def _check_tiers(table: Table, tiers: list[Tier]) -> None:
    """From zero without gap or overlap, in order, the last one without end."""
    expected: Decimal | None = ZERO
    for rank, tier in enumerate(tiers):
        path = (*table.place("tiers"), rank)
        if expected is None or tier.starts_at < expected:
            table.reading.problem(
                (*path, "from"),
                "les tranches se chevauchent\u00a0: la précédente va jusqu’à "
                f"{'la fin' if expected is None else format_euros(expected)}, "
                f"celle-ci commence à {format_euros(tier.starts_at)}.",
            )
        elif tier.starts_at > expected:
            table.reading.problem(
                (*path, "from"), f"une tranche commence à {format_euros(expected)}, là où finit la précédente."
            )
        if tier.ends_at is not None and tier.ends_at <= tier.starts_at:
            table.reading.problem((*path, "to"), "une tranche finit au-dessus de son début.")
        expected = tier.ends_at
    if tiers and tiers[-1].ends_at is not None:
        table.reading.problem((*table.place("tiers"), len(tiers) - 1, "to"), "la dernière tranche n’a pas de fin (to).")
