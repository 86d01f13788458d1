"""The three-year clock, and what the law asks of a contract. Pure: values in, values out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from cae_backoffice.core.periods import ONE_DAY, Duration, Period, add_months, duration_of, merge
from members.contracts.enums import AmendmentSubject, ContractKind
from members.contracts.models import Contract, ContractAmendment

CLOCK_MONTHS = 36
TRIAL_MONTHS = 8


@dataclass(frozen=True)
class Subtraction:
    """A stretch of earlier contracts, already merged and cut at the CESA's eve, and its calendar length."""

    period: Period
    duration: Duration


@dataclass(frozen=True)
class ThreeYearClock:
    """The day by which a person under CESA must have become an associate, and how it was found (C. trav. L7331-3)."""

    starts_on: date
    subtractions: tuple[Subtraction, ...]
    months: int
    days: int
    legal_on: date
    agreed_on: date | None

    @property
    def computed_on(self) -> date:
        """The deadline: the legal one, or the one the contract fixes when it is earlier."""
        return self.legal_on if self.agreed_on is None else min(self.legal_on, self.agreed_on)

    @property
    def explanation(self) -> tuple[str, ...]:
        """The reckoning in French sentences, from the start of the CESA to the result."""
        full_term = _day(add_months(self.starts_on, CLOCK_MONTHS))
        sentences = [f"Le CESA commence le {_day(self.starts_on)}\u00a0; trente-six mois plus tard\u00a0: {full_term}."]
        for taken in self.subtractions:
            period = f"du {_day(taken.period.starts_on)} au {_day(taken.period.ends_on or self.starts_on)}"
            sentences.append(f"Contrats antérieurs {period}\u00a0: {duration_text(taken.duration)} à déduire.")
        if len(self.subtractions) > 1:
            sentences.append(f"En tout\u00a0: {duration_text(Duration(self.months, self.days))} à déduire.")
        if not self.subtractions:
            sentences.append("Aucun contrat antérieur à déduire.")
        sentences.append(f"Échéance légale (C. trav. L7331-3)\u00a0: {_day(self.legal_on)}.")
        if self.agreed_on is not None and self.agreed_on < self.legal_on:
            sentences.append(f"Le contrat fixe une échéance plus proche\u00a0: {_day(self.agreed_on)}.")
        return tuple(sentences)


def three_year_clock(*, cesa: Period, earlier: Sequence[Period], agreed_on: date | None = None) -> ThreeYearClock:
    """CESA start + 36 months − duration of earlier contracts (C. trav. L7331-3); it may lie before the CESA's start.

    `earlier` are the person's other contracts of any kind: what runs before the CESA counts, once where they overlap.
    Whole months are summed and subtracted, then days. A date agreed in the contract applies when it is earlier.
    """
    eve = cesa.starts_on - ONE_DAY
    before = [
        Period(period.starts_on, min(period.ends_on or eve, eve)) for period in earlier if period.starts_on <= eve
    ]
    subtractions = tuple(Subtraction(period, duration_of(period)) for period in merge(before))
    months = sum(taken.duration.months for taken in subtractions)
    days = sum(taken.duration.days for taken in subtractions)
    return ThreeYearClock(
        starts_on=cesa.starts_on,
        subtractions=subtractions,
        months=months,
        days=days,
        legal_on=add_months(cesa.starts_on, CLOCK_MONTHS - months) - days * ONE_DAY,
        agreed_on=agreed_on,
    )


def clock_of(cesa: Contract, others: Sequence[Contract]) -> ThreeYearClock:
    """The clock of one CESA among the person's contracts (`others` may include it)."""
    return three_year_clock(
        cesa=period_of(cesa),
        earlier=[period_of(other) for other in others if other.pk != cesa.pk],
        agreed_on=cesa.agreed_deadline_on,
    )


def period_of(contract: Contract) -> Period:
    """The days of a contract."""
    return Period(contract.starts_on, contract.ends_on)


def duration_text(duration: Duration) -> str:
    """« 1 mois et 12 jours », « 8 jours », « 12 mois »."""
    days = f"{duration.days} jour{'s' if duration.days > 1 else ''}"
    if not duration.months:
        return days
    return f"{duration.months} mois et {days}" if duration.days else f"{duration.months} mois"


def trial_limit(starts_on: date, others: Sequence[Contract]) -> int:
    """Whole months of trial that a CESA may still hold: eight, less the duration of earlier contracts, begun months
    counting as whole ones (C. trav. L7331-2)."""
    clock = three_year_clock(cesa=Period(starts_on), earlier=[period_of(other) for other in others])
    used = clock.months + (clock.days > 0)
    return max(TRIAL_MONTHS - used, 0)


def contract_errors(contract: Contract, others: Sequence[Contract]) -> list[str]:
    """What the law refuses in a contract beside what the database's constraints say, as French sentences.

    `others` are the person's other contracts.
    """
    in_writing = contract.kind != ContractKind.WORK
    if in_writing and contract.signed_on > contract.starts_on:
        article = "C. com. L127-1" if contract.kind == ContractKind.CAPE else "C. trav. L7331-2"
        return [f"Un {contract.get_kind_display()} s’écrit et se signe avant de commencer ({article})."]
    if contract.kind != ContractKind.CESA:
        if contract.agreed_deadline_on:
            return ["Seul un CESA fixe une échéance pour devenir associé (C. trav. L7331-3)."]
        return []
    errors = []
    if contract.agreed_deadline_on and contract.agreed_deadline_on < contract.starts_on:
        errors.append("L’échéance convenue pour devenir associé ne peut pas précéder le début du contrat.")
    limit = trial_limit(contract.starts_on, others)
    if contract.trial_months > limit:
        errors.append(
            f"La période d’essai ne peut pas dépasser {limit} mois ici\u00a0: "
            "huit mois, moins la durée des contrats antérieurs (C. trav. L7331-2)."
        )
    return errors


def ending_errors(contract: Contract, on: date) -> list[str]:
    """Why a contract cannot end that day, as French sentences."""
    if contract.end_reason:
        return [f"Ce contrat est déjà terminé, depuis le {_day(contract.ends_on or on)}."]
    if on < contract.starts_on:
        return [f"Le contrat commence le {_day(contract.starts_on)}\u00a0: il ne peut pas finir avant."]
    if contract.ends_on is not None and on > contract.ends_on:
        return [f"Le contrat finit le {_day(contract.ends_on)}\u00a0: un avenant peut le prolonger, pas une fin."]
    return []


AMENDED_FIELDS: dict[str, Callable[[ContractAmendment], object]] = {
    AmendmentSubject.TERM: lambda amendment: amendment.new_ends_on,
    AmendmentSubject.PAY: lambda amendment: amendment.new_fixed_monthly_pay,
    AmendmentSubject.HOURS: lambda amendment: amendment.new_monthly_hours,
}


def amendment_errors(amendment: ContractAmendment) -> list[str]:
    """Why an amendment does not hold, as French sentences."""
    contract = amendment.contract
    errors = []
    if contract.end_reason:
        errors.append("Ce contrat est terminé\u00a0: il ne reçoit plus d’avenant.")
    if amendment.effective_on < contract.starts_on:
        errors.append(f"Un avenant prend effet au plus tôt le {_day(contract.starts_on)}, au début du contrat.")
    new_value = AMENDED_FIELDS.get(amendment.subject)
    if new_value is not None and new_value(amendment) is None:
        errors.append(f"Un avenant sur «\u00a0{amendment.get_subject_display()}\u00a0» donne la nouvelle valeur.")
    return errors


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
