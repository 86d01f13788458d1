"""What whoever approves a document should know: each warning is a question asked of facts that were read before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from rapidfuzz import fuzz
from stdnum.fr import siren as siren_number

from cae_backoffice.core.money import ZERO, format_euros
from cae_backoffice.core.text import search_key
from invoicing.customers.enums import CustomerKind
from invoicing.invoices.enums import Severity, WarningKind

DUPLICATE_DAYS = 60
DUPLICATE_SPREAD = Decimal("0.02")
"""Two amounts are near when they differ by two percent at most."""
DUPLICATE_LIKENESS = 80
"""Out of a hundred: how alike two labels are when one may be the other's copy."""
USUAL_COUNT = 5
"""Documents that an activity has issued before one of them is called unusual."""


@dataclass(frozen=True)
class Warned:
    """One warning: a kind, how much it weighs, and the French sentence."""

    kind: WarningKind
    severity: Severity
    sentence: str


@dataclass(frozen=True)
class Bond:
    """Someone who carries the activity, and the last day of their contracts; None when they have none."""

    name: str
    covered_until: date | None


@dataclass(frozen=True)
class Resembling:
    """Another document of the same customer: its name, day, total excl. VAT and label."""

    name: str
    on: date
    net: Decimal
    label: str


@dataclass(frozen=True)
class Facts:
    """What is known of a document on the day it is looked at. Amounts in euros, `late` incl. VAT, the others excl.

    `needs_insurance` is whether the activity must be insured; `insured_until` the last day of the policy in force, None
    without one. `usual` is the median of the activity's documents of the last two years, and `issued_count` how many
    they are.
    """

    on: date
    net: Decimal
    label: str
    is_credit_note: bool
    customer_name: str
    customer_kind: str
    customer_country: str
    customer_siren: str
    has_customer: bool
    is_first_of_customer: bool
    late: Decimal
    bonds: tuple[Bond, ...]
    needs_insurance: bool
    insured_until: date | None
    resembling: tuple[Resembling, ...]
    usual: Decimal | None
    issued_count: int


@dataclass(frozen=True)
class Thresholds:
    """From when on the cooperative wants to be warned, in days and times."""

    notice_days: int
    late_days: int
    unusual_times: int


def warnings_of(facts: Facts, thresholds: Thresholds) -> tuple[Warned, ...]:
    """Every warning of a document, the heaviest first."""
    found = [warned for rule in RULES for warned in rule(facts, thresholds)]
    weights = [Severity.BLOCKING, Severity.CAUTION, Severity.NOTICE]
    return tuple(sorted(found, key=lambda warned: weights.index(warned.severity)))


def blocking(warnings: Iterable[Warned]) -> list[Warned]:
    """Those for which an author does not approve their own document."""
    return [warned for warned in warnings if warned.severity == Severity.BLOCKING]


def contract_warnings(facts: Facts, thresholds: Thresholds) -> Iterator[Warned]:
    """A contract that has ended blocks when nobody of the activity has one left."""
    nobody_left = all(bond.covered_until is None for bond in facts.bonds)
    for bond in facts.bonds:
        if bond.covered_until is None:
            severity = Severity.BLOCKING if nobody_left else Severity.CAUTION
            sentence = f"{bond.name} n’a plus de contrat en cours le {facts.on:%d/%m/%Y}."
            yield Warned(WarningKind.CONTRACT_ENDED, severity, sentence)
        elif bond.covered_until <= facts.on + timedelta(days=thresholds.notice_days):
            sentence = f"Le contrat de {bond.name} finit le {bond.covered_until:%d/%m/%Y}."
            yield Warned(WarningKind.CONTRACT_ENDS, Severity.CAUTION, sentence)


def insurance_warnings(facts: Facts, thresholds: Thresholds) -> Iterator[Warned]:
    """Construction is insured for ten years or does not invoice (C. assur. L241-1)."""
    if not facts.needs_insurance:
        return
    if facts.insured_until is None:
        sentence = f"L’activité n’a pas d’assurance décennale en cours le {facts.on:%d/%m/%Y}."
        yield Warned(WarningKind.INSURANCE_MISSING, Severity.BLOCKING, sentence)
    elif facts.insured_until <= facts.on + timedelta(days=thresholds.notice_days):
        sentence = f"L’assurance décennale de l’activité finit le {facts.insured_until:%d/%m/%Y}."
        yield Warned(WarningKind.INSURANCE_ENDS, Severity.CAUTION, sentence)


def customer_warnings(facts: Facts, thresholds: Thresholds) -> Iterator[Warned]:
    """A customer who is new, late, or not identified."""
    if not facts.has_customer or facts.is_credit_note:
        return
    name = facts.customer_name
    if facts.late > 0:
        sentence = f"{name} doit {format_euros(facts.late)} en retard de plus de {thresholds.late_days} jours."
        yield Warned(WarningKind.CUSTOMER_LATE, Severity.CAUTION, sentence)
    if facts.is_first_of_customer:
        sentence = f"C’est la première facture de l’activité à {name}."
        yield Warned(WarningKind.FIRST_INVOICE, Severity.NOTICE, sentence)
    if facts.customer_kind == CustomerKind.CONSUMER or facts.customer_country != "FR":
        return
    if not facts.customer_siren:
        yield Warned(WarningKind.SIREN_MISSING, Severity.CAUTION, f"{name} n’a pas de SIREN.")
    elif not siren_number.is_valid(facts.customer_siren):
        sentence = f"Le SIREN de {name} ({facts.customer_siren}) est faux\u00a0: sa clé ne correspond pas."
        yield Warned(WarningKind.SIREN_INVALID, Severity.CAUTION, sentence)


def duplicate_warnings(facts: Facts, thresholds: Thresholds) -> Iterator[Warned]:  # noqa: ARG001  a rule's signature
    """Another document of the same customer says nearly the same for nearly the same amount."""
    if facts.is_credit_note:
        return
    for other in facts.resembling:
        if _is_near(facts, other):
            sentence = f"{other.name} du {other.on:%d/%m/%Y} au même client lui ressemble\u00a0: {_shown(other)}."
            yield Warned(WarningKind.DUPLICATE, Severity.BLOCKING, sentence)


def _is_near(facts: Facts, other: Resembling) -> bool:
    if abs((facts.on - other.on).days) > DUPLICATE_DAYS:
        return False
    if abs(facts.net - other.net) > DUPLICATE_SPREAD * max(abs(facts.net), abs(other.net)):
        return False
    return fuzz.token_sort_ratio(search_key(facts.label), search_key(other.label)) >= DUPLICATE_LIKENESS


def _shown(other: Resembling) -> str:
    amount = f"{format_euros(other.net)} HT"
    return f"«\u00a0{other.label}\u00a0», {amount}" if other.label else amount


def amount_warnings(facts: Facts, thresholds: Thresholds) -> Iterator[Warned]:
    """Far above what this activity usually invoices."""
    if facts.is_credit_note or facts.usual is None or facts.usual <= ZERO or facts.issued_count < USUAL_COUNT:
        return
    if facts.net > thresholds.unusual_times * facts.usual:
        sentence = (
            f"{format_euros(facts.net)} HT\u00a0: plus de {thresholds.unusual_times} fois le montant habituel "
            f"de l’activité ({format_euros(facts.usual)})."
        )
        yield Warned(WarningKind.UNUSUAL_AMOUNT, Severity.BLOCKING, sentence)


RULES: tuple[Callable[[Facts, Thresholds], Iterator[Warned]], ...] = (
    contract_warnings,
    insurance_warnings,
    duplicate_warnings,
    amount_warnings,
    customer_warnings,
)
