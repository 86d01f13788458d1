"""The TOML file of a rule: read strictly, and written so that it reads back as the same rule."""

import json
import re
import tomllib
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal

from invoicing.contributions.enums import ContractType, ContributionYear, FreeFrom
from invoicing.contributions.rules.problems import FileProblemsError, Problem
from invoicing.contributions.rules.rule_data import ALL, AMOUNT_KEYS, rule_from_data
from invoicing.contributions.rules.terms import Rule, RuleLine, RuleVersion, Terms, Tier
from invoicing.contributions.rules.toml_lines import key_lines

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")
REASONS = {
    "Cannot overwrite": "cette clé est donnée deux fois",
    "Cannot declare": "ce tableau est déclaré deux fois",
    "Invalid date": "cette date n’existe pas",
    "Unterminated": "un texte ou un commentaire n’est pas terminé",
    "Expected '='": "il manque un signe = après la clé",
    "Invalid value": "cette valeur n’est ni un nombre, ni une date, ni un texte entre guillemets",
    "Unclosed array": "une liste n’est pas refermée",
}


def read_rule(content: bytes, *, file: str, catalogue: Collection[str] | None = None) -> Rule:
    """The rule of a file, or FileProblemsError. See `rule_from_data` for `catalogue`."""
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FileProblemsError([Problem(file, line, "", "le fichier n’est pas en UTF-8.")]) from error
    if not text.strip():
        raise FileProblemsError([Problem(file, None, "", "le fichier est vide.")])
    try:
        data = tomllib.loads(f"{text}\n", parse_float=Decimal)
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise FileProblemsError([_syntax_problem(file, str(error))]) from error
    return rule_from_data(data, file=file, lines=key_lines(text), catalogue=catalogue)


def _syntax_problem(file: str, message: str) -> Problem:
    place = PLACE.search(message)
    reason = next(
        (french for start, french in REASONS.items() if message.startswith(start)), "l’écriture est incorrecte"
    )
    if place is None:
        return Problem(file, None, "", f"ce n’est pas du TOML\u00a0: {reason}.")
    return Problem(file, int(place[1]), f"colonne {place[2]}", f"ce n’est pas du TOML\u00a0: {reason}.")


def write_rule(rule: Rule) -> str:
    """The file of a rule."""
    return "\n".join(_rule_lines(rule)) + "\n"


def _rule_lines(rule: Rule) -> Iterable[str]:
    yield f"name = {_quoted(rule.name)}"
    if rule.fiscal_year_starts_in != 1:
        yield f"fiscal_year_starts_in = {rule.fiscal_year_starts_in}"
    if rule.products:
        yield from ("", "[products]")
        for code, name in rule.products.items():
            yield f"{code if BARE_KEY.fullmatch(code) else _quoted(code)} = {_quoted(name)}"
    for version in rule.versions:
        yield from _version_lines(version)


def _version_lines(version: RuleVersion) -> Iterable[str]:
    yield from ("", "[[versions]]", f"valid_from = {version.valid_from.isoformat()}")
    if version.valid_to is not None:
        yield f"valid_to = {version.valid_to.isoformat()}"
    yield f"decision = {_quoted(version.decision)}"
    for line in version.lines:
        yield from _line_lines(line)


def _line_lines(line: RuleLine) -> Iterable[str]:
    yield from ("", "[[versions.lines]]", f"code = {_quoted(line.code)}", f"label = {_quoted(line.label)}")
    yield f'base = "{line.base.value}"'
    yield f"exclude_internal = {'true' if line.exclude_internal else 'false'}"
    if line.excluded_products:
        yield f"excluded_products = [{', '.join(map(_quoted, line.excluded_products))}]"
    if line.year != ContributionYear.CALENDAR:
        yield f'year = "{line.year.value}"'
    everyone = list(line.terms.values())
    same = all(terms == everyone[0] for terms in everyone)
    for key, terms in [(ALL, everyone[0])] if same else [(str(c.value), line.terms[c]) for c in ContractType]:
        yield from ("", f"[versions.lines.values.{key}]", *_terms_lines(terms))


def _terms_lines(terms: Terms) -> Iterable[str]:
    if len(terms.tiers) == 1:
        yield f"rate = {_number(terms.tiers[0].rate)}"
    else:
        yield from ("tiers = [", *_tier_lines(terms.tiers), "]")
    for key in AMOUNT_KEYS:
        amount: Decimal | None = getattr(terms, key)
        if amount is not None and (amount or key != "monthly_fee"):
            yield f"{key} = {_number(amount)}"
    if terms.free_months:
        yield f"free_months = {terms.free_months}"
        if terms.free_from != FreeFrom.ACTIVITY:
            yield f'free_from = "{terms.free_from.value}"'


def _tier_lines(tiers: Sequence[Tier]) -> Iterable[str]:
    for starts_at, ends_at, rate in tiers:
        end = "" if ends_at is None else f"to = {_number(ends_at)}, "
        yield f"    {{ from = {_number(starts_at)}, {end}rate = {_number(rate)} }},"


def _number(value: Decimal) -> str:
    """Without needless zeros."""
    return f"{value.normalize():f}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
