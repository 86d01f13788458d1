"""Quorum, majorities, weights of colleges, and what an assembly refuses. Pure: values in, values out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from fractions import Fraction

from members.assemblies.enums import AssemblyKind, Majority
from members.assemblies.models import Assembly
from members.cooperative.enums import CollegeMethod, LegalForm
from members.cooperative.models import Statutes

PERCENT = 100
SHARE_NEEDED = {
    Majority.TWO_THIRDS: Fraction(2, 3),
    Majority.THREE_QUARTERS: Fraction(3, 4),
    Majority.UNANIMITY: Fraction(1),
}
CONVENING_ARTICLES = {
    LegalForm.SCOP_SARL: "C. com. R223-20",
    LegalForm.SCIC_SARL: "C. com. R223-20",
    LegalForm.SCOP_SA: "C. com. R225-69",
    LegalForm.SCIC_SA: "C. com. R225-69",
}
"""The other forms leave it to their statutes."""


@dataclass(frozen=True)
class Quorum:
    """How many associates are there, by themselves or by a proxy, and how many it takes."""

    convened: int
    present: int
    remote: int
    represented: int
    required: int

    @property
    def voters(self) -> int:
        """Who may vote at this moment."""
        return self.present + self.remote + self.represented

    @property
    def is_reached(self) -> bool:
        """Whether the assembly may decide at this moment."""
        return self.voters >= self.required

    @property
    def missing(self) -> int:
        """How many more it takes."""
        return max(self.required - self.voters, 0)


@dataclass(frozen=True)
class Count:
    """The votes of one college, or of all when there is none; `weight` is the college's, in percent."""

    in_favour: int
    against: int
    weight: Decimal | None = None

    @property
    def cast(self) -> int:
        """Votes for or against; an abstention is no vote cast."""
        return self.in_favour + self.against


def quorum_required(convened: int, statutes: Statutes, assembly: Assembly) -> int:
    """So many percent of the associates convened, rounded up; at least one of them."""
    percent = statutes.quorum_ordinary
    if assembly.is_second_call:
        percent = statutes.quorum_second_call
    elif assembly.kind == AssemblyKind.EXTRAORDINARY:
        percent = statutes.quorum_extraordinary
    needed = (percent * convened / PERCENT).to_integral_value(rounding=ROUND_CEILING)
    return max(int(needed), 1)


def share_in_favour(counts: Sequence[Count], method: CollegeMethod) -> Fraction | None:
    """The part of the votes cast that is in favour, from 0 to 1; None when nobody voted for or against.

    With colleges, each brings its weight, split like its votes or given whole to its majority (`method`); a college
    without a vote cast, or divided into halves under the second method, weighs nothing.
    """
    in_favour, total = Fraction(0), Fraction(0)
    for count in counts:
        if not count.cast:
            continue
        if count.weight is None:
            in_favour += count.in_favour
            total += count.cast
            continue
        part = Fraction(count.in_favour, count.cast)
        if method == CollegeMethod.MAJORITY:
            if count.in_favour == count.against:
                continue
            part = Fraction(int(count.in_favour > count.against))
        in_favour += Fraction(count.weight) * part
        total += Fraction(count.weight)
    return in_favour / total if total else None


def is_adopted(share: Fraction | None, majority: Majority) -> bool:
    """More than half for a simple majority; two thirds, three quarters or all, at least, for the others."""
    if share is None:
        return False
    return share > Fraction(1, 2) if majority == Majority.SIMPLE else share >= SHARE_NEEDED[majority]


def percent_of(share: Fraction | None) -> Decimal | None:
    """A share in percent with two decimals, half-up."""
    if share is None:
        return None
    exact = Decimal(share.numerator * PERCENT) / Decimal(share.denominator)
    return exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def convening_errors(
    assembly: Assembly, *, record_on: date, convened_on: date, statutes: Statutes, legal_form: str
) -> list[str]:
    """Why an assembly cannot be convened that day, as French sentences with their source."""
    if assembly.convened_on is not None:
        return [f"L’assemblée est déjà convoquée, depuis le {_day(assembly.convened_on)}."]
    errors = []
    latest = assembly.held_on - timedelta(days=statutes.convening_days)
    if convened_on > latest:
        article = CONVENING_ARTICLES.get(LegalForm(legal_form)) if legal_form else None
        source = f"{article}, {statutes.version}" if article else statutes.version
        errors.append(
            f"La convocation part au moins {statutes.convening_days} jours avant l’assemblée ({source})\u00a0: "
            f"pour le {_day(assembly.held_on)}, au plus tard le {_day(latest)}."
        )
    if record_on > convened_on:
        errors.append("La liste des associés est arrêtée au plus tard le jour de la convocation.")
    return errors


def voters_text(quorum: Quorum) -> str:
    """« 7 présents ou représentés sur 20, il en faut 10 »."""
    plural = "s" if quorum.voters > 1 else ""
    return f"{quorum.voters} présent{plural} ou représenté{plural} sur {quorum.convened}, il en faut {quorum.required}"


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
