"""Which alert a day calls for, and its words. Pure: values in, values out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cae_backoffice.core.periods import add_months
from members.alerts.enums import AlertMoment

MONTHS_BEFORE = {AlertMoment.MONTHS_3: 3, AlertMoment.MONTHS_6: 6, AlertMoment.MONTHS_12: 12}
FIRST_MONTHS = max(MONTHS_BEFORE.values())


@dataclass(frozen=True)
class Concerned:
    """A member whose deadline calls for an alert today."""

    name: str
    deadline_on: date
    moment: AlertMoment


def moment_of(deadline_on: date, *, on: date) -> AlertMoment | None:
    """The latest moment that has come that day; None more than twelve months ahead.

    Whoever is found late in the course gets the alert that counts now, not the earlier ones after the event.
    """
    if on > deadline_on:
        return AlertMoment.OVERDUE
    return next((moment for moment, months in MONTHS_BEFORE.items() if on >= add_months(deadline_on, -months)), None)


def sentence_of(concerned: Concerned) -> str:
    """One line for those who follow the member."""
    day = f"{concerned.deadline_on:%d/%m/%Y}"
    if concerned.moment == AlertMoment.OVERDUE:
        return f"{concerned.name}\u00a0: devait devenir associé au plus tard le {day}."
    months = MONTHS_BEFORE[concerned.moment]
    return f"{concerned.name}\u00a0: doit devenir associé au plus tard le {day} (dans moins de {months}\u00a0mois)."


def message_to_staff(alerts: Sequence[Concerned]) -> tuple[str, str]:
    """Title and text for a manager or an adviser: everyone concerned that day, the nearest deadline first."""
    title = (
        "Sociétariat\u00a0: 1 échéance à préparer"
        if len(alerts) == 1
        else f"Sociétariat\u00a0: {len(alerts)} échéances à préparer"
    )
    lines = "\n".join(f"- {sentence_of(alert)}" for alert in sorted(alerts, key=lambda each: each.deadline_on))
    return title, (
        "Bonjour,\n\n"
        "Un entrepreneur salarié devient associé dans les trois ans de son contrat (C. trav. L7331-3)\u00a0:\n\n"
        f"{lines}\n\n"
        "Le radar des admissions montre l’assemblée générale qui peut encore admettre chacun.\n"
    )


def message_to_member(alert: Concerned, *, cooperative: str) -> tuple[str, str]:
    """Title and text for the member."""
    day = f"{alert.deadline_on:%d/%m/%Y}"
    passed = alert.moment == AlertMoment.OVERDUE
    verb = "deviez" if passed else "devez"
    return f"Votre entrée au sociétariat\u00a0: échéance du {day}", (
        f"Bonjour {alert.name},\n\n"
        f"Vous {verb} devenir associé de {cooperative} au plus tard le {day}\u00a0: un entrepreneur salarié le devient "
        "dans les trois ans de son contrat, et sans cela le contrat prend fin (C. trav. L7331-3).\n\n"
        "C’est l’assemblée générale qui admet les associés. Votre accompagnateur prépare avec vous cette étape\u00a0: "
        "répondez à ce message pour convenir d’un rendez-vous.\n"
    )
