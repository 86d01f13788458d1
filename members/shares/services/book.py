"""The open register: locked, at its last line, ready for the next ones."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.utils.module_loading import import_string

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import format_euros
from cae_backoffice.core.records import save_record
from members.associates.queries import is_associate
from members.people.models import Person, User
from members.shares.enums import MovementKind
from members.shares.models import ShareClass, ShareMovement
from members.shares.queries import capital_on, holding_of, largest_holder, last_movement, nominal_on
from members.shares.rules import LARGEST_DIVISOR, Holding


@dataclass(frozen=True)
class Book:
    """What all the lines of one act have in common: class and nominal, day of effect, day of writing, decision."""

    share_class: ShareClass
    nominal: Decimal
    on: date
    today: date
    decision: str
    by: User

    def holding_of(self, person: Person) -> Holding:
        """What the person holds of the class after the register's last line."""
        return holding_of(person, self.share_class)

    def write(
        self,
        kind: MovementKind,
        person: Person,
        *,
        quantity: int,
        paid: Decimal,
        origin: str = "",
        means: str = "",
        transfer_of: ShareMovement | None = None,
    ) -> ShareMovement:
        """Add the next line, and let the cooperative's books follow it (`SHARE_MOVEMENT_POSTING`)."""
        number, _ = last_movement()
        line = ShareMovement(
            number=number + 1,
            kind=kind,
            effective_on=self.on,
            recorded_on=self.today,
            person=person,
            share_class=self.share_class,
            quantity=quantity,
            amount=quantity * self.nominal,
            paid=paid,
            origin=origin,
            means=means,
            decision=self.decision,
            transfer_of=transfer_of,
        )
        save_record(instance=line, by=self.by, action="recorded")
        import_string(settings.SHARE_MOVEMENT_POSTING)(movement=line, by=self.by)
        return line


def open_book(*, share_class: ShareClass, on: date, today: date, decision: str, by: User) -> Book:
    """Lock the register of every class and turn to the day; the caller is inside a transaction.

    Refused: a day before the last line's (the register is chronological), a day to come, a class without nominal.
    """
    list(ShareClass.objects.select_for_update(of=("self",)).order_by("pk"))
    _, last_day = last_movement()
    if on > today:
        raise RefusalError(f"Un mouvement ne s’inscrit pas à l’avance\u00a0: nous sommes le {today:%d/%m/%Y}.")
    if last_day is not None and on < last_day:
        raise RefusalError(
            f"Le registre des mouvements est chronologique\u00a0: son dernier mouvement date du {last_day:%d/%m/%Y}."
        )
    nominal = nominal_on(share_class, on)
    if nominal is None:
        raise RefusalError(f"Les parts {share_class.code} n’ont pas de valeur nominale le {on:%d/%m/%Y}.")
    return Book(share_class, nominal, on, today, decision.strip(), by)


def require_associates(people: list[Person], on: date) -> None:
    """Refused: shares for somebody whom no assembly has admitted."""
    errors = [
        f"{person} n’est pas associé le {on:%d/%m/%Y}\u00a0: seul un associé prend des parts (statuts)."
        for person in people
        if not is_associate(person, on)
    ]
    if errors:
        raise RefusalError(errors)


def require_no_majority_holder(on: date) -> None:
    """Refused: somebody with more than half of the capital once the lines are written."""
    largest = largest_holder(on)
    if largest is not None and largest.value * LARGEST_DIVISOR > largest.capital:
        name = Person.objects.get(pk=largest.person_id)
        raise RefusalError(
            f"{name} détiendrait {format_euros(largest.value)} sur {format_euros(largest.capital)}\u00a0: "
            "aucun associé ne détient plus de la moitié du capital (statuts, loi 78-763)."
        )


def require_capital_above_floor(on: date) -> None:
    """Refused: a capital below a quarter of the highest it ever was."""
    capital = capital_on(on)
    if capital.amount < capital.floor:
        raise RefusalError(
            f"Le capital tomberait à {format_euros(capital.amount)}, sous son plancher de "
            f"{format_euros(capital.floor)}\u00a0: le quart du capital le plus élevé atteint (loi 47-1775, art. 13)."
        )
