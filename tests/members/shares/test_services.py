"""Every movement of the register: what it writes, and what it refuses."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from cae_backoffice.core.audit import history_of
from cae_backoffice.core.errors import RefusalError
from members.people.models import Person
from members.shares.enums import ConversionOrigin, MovementKind
from members.shares.models import ShareClass, ShareMovement, ShareNominal
from members.shares.queries import capital_on, holding_of, register_on
from members.shares.rules import Holding
from members.shares.services import (
    Subscription,
    cancel_shares,
    convert_into_shares,
    create_share_class,
    pay_shares,
    refund_shares,
    set_nominal,
    subscribe,
    transfer_shares,
)
from tests.members.factories import clerk, make_admission, make_person, make_share_class, make_subscriptions

pytestmark = pytest.mark.django_db

DAY = date(2025, 6, 14)
LATER = date(2026, 3, 2)


def common(on: date = LATER, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    """What every act takes."""
    return {"on": on, "today": on, "decision": "CA du 02/03/2026", "by": clerk()} | changes


@pytest.fixture
def shares() -> ShareClass:
    """Class A, twenty euros."""
    return make_share_class()


@pytest.fixture
def people() -> list[Person]:
    """Three associates since 14 June 2025."""
    found = [make_person("Alix", "Hue"), make_person("Bao", "Le"), make_person("Cleo", "Roux")]
    for person in found:
        make_admission(person, DAY)
    return found


@pytest.fixture
def founded(shares: ShareClass, people: list[Person]) -> list[Person]:
    """The three hold 10 shares each, all paid."""
    make_subscriptions(shares, dict.fromkeys(people, 10))
    return people


def lines() -> list[tuple[int, str, int, Decimal, Decimal]]:
    """The register in its order."""
    return [(m.number, m.kind, m.quantity, m.amount, m.paid) for m in ShareMovement.objects.order_by("number")]


def test_several_subscribe_by_one_decision(shares: ShareClass, people: list[Person]) -> None:
    """Each has a line; what is not paid at once remains due."""
    written = subscribe(
        share_class=shares,
        subscriptions=[
            Subscription(people[0], 5),
            Subscription(people[1], 4, Decimal("20.00")),
            Subscription(people[2], 1, Decimal(0)),
        ],
        on=DAY,
        today=date(2025, 6, 20),
        decision=" AG du 14/06/2025 ",
        by=clerk(),
    )
    assert lines() == [
        (1, "SUBSCRIPTION", 5, Decimal("100.00"), Decimal("100.00")),
        (2, "SUBSCRIPTION", 4, Decimal("80.00"), Decimal("20.00")),
        (3, "SUBSCRIPTION", 1, Decimal("20.00"), Decimal("0.00")),
    ]
    assert {(m.effective_on, m.recorded_on, m.decision) for m in written} == {
        (DAY, date(2025, 6, 20), "AG du 14/06/2025")
    }
    assert holding_of(people[1], shares).unpaid(Decimal(20)) == Decimal("60.00")
    assert history_of(written[0]).get().action == "sharemovement.recorded"


@pytest.mark.parametrize(
    ("quantities", "paid", "sentence"),
    [
        ((0, 4, 4), None, "Un mouvement porte sur une part au moins."),
        ((-1, 4, 4), None, "Un mouvement porte sur une part au moins."),
        ((4, 4, 4), "80.01", "Alix Hue verse entre 0 et 80,00\u00a0€ à la souscription, et non 80,01\u00a0€."),
        ((4, 4, 4), "-1", "Alix Hue verse entre 0 et 80,00\u00a0€"),
        ((9, 4, 4), None, "aucun associé ne détient plus de la moitié du capital (statuts, loi 78-763)."),
    ],
)
def test_subscriptions_refused(
    shares: ShareClass, people: list[Person], quantities: tuple[int, ...], paid: str | None, sentence: str
) -> None:
    """Nothing is written, for anybody."""
    with pytest.raises(RefusalError) as refusal:
        make_subscriptions(shares, dict(zip(people, quantities, strict=True)), DAY, paid=paid)
    assert sentence in str(refusal.value)
    assert lines() == []


def test_half_of_the_capital_is_allowed(shares: ShareClass, people: list[Person]) -> None:
    """More than half is not: two founders hold a half each."""
    make_subscriptions(shares, {people[0]: 5, people[1]: 5}, DAY)
    assert len(lines()) == 2
    with pytest.raises(RefusalError, match="Alix Hue détiendrait 120,00\u00a0€ sur 220,00\u00a0€"):
        make_subscriptions(shares, {people[0]: 1}, DAY)
    assert len(lines()) == 2


def test_only_an_associate_subscribes(shares: ShareClass, people: list[Person]) -> None:
    """The day before the admission, and somebody never admitted."""
    with pytest.raises(RefusalError, match="Alix Hue n’est pas associé le 13/06/2025"):
        make_subscriptions(shares, dict.fromkeys(people, 1), date(2025, 6, 13))
    with pytest.raises(RefusalError, match="Dany Abel n’est pas associé le 14/06/2025"):
        make_subscriptions(shares, dict.fromkeys([*people, make_person("Dany", "Abel")], 1), DAY)
    assert lines() == []


def test_nobody_subscribes_without_anybody(shares: ShareClass) -> None:
    """Nor without a decision, ahead of time, or at no nominal."""
    with pytest.raises(RefusalError, match="nomme une personne au moins"):
        make_subscriptions(shares, {}, DAY)


def test_what_an_act_must_say(shares: ShareClass, founded: list[Person]) -> None:
    """A decision, a day that is neither to come nor before the last line's, a nominal."""
    for changes, sentence in (
        ({"decision": " "}, "ne peut pas être vide"),
        ({"on": date(2026, 3, 3), "today": LATER}, "nous sommes le 02/03/2026"),
        ({"on": date(2025, 6, 13)}, "chronologique\u00a0: son dernier mouvement date du 14/06/2025"),
    ):
        with pytest.raises(RefusalError, match=sentence):
            pay_or_refund(shares, founded[0], common() | changes)
    new = make_share_class("B", starts_on=date(2026, 4, 1))
    with pytest.raises(RefusalError, match="Les parts B n’ont pas de valeur nominale le 02/03/2026"):
        pay_or_refund(new, founded[0], common())
    assert len(lines()) == 3


def pay_or_refund(shares: ShareClass, person: Person, arguments: dict[str, Any]) -> ShareMovement:
    """One share refunded."""
    return refund_shares(person=person, share_class=shares, quantity=1, **arguments)


def test_instalments_until_all_is_paid(shares: ShareClass, people: list[Person]) -> None:
    """Not a cent more, not a cent less than something."""
    make_subscriptions(shares, dict.fromkeys(people, 3), paid="15.00")
    for paid in ("20.00", "24.99"):
        pay_shares(person=people[0], share_class=shares, paid=Decimal(paid), **common())
    for paid, sentence in (
        ("0.02", "Alix Hue n’a plus que 0,01\u00a0€ à libérer, et non 0,02\u00a0€."),
        ("0", "supérieur à zéro"),
        ("-5", "supérieur à zéro"),
    ):
        with pytest.raises(RefusalError, match=sentence):
            pay_shares(person=people[0], share_class=shares, paid=Decimal(paid), **common())
    pay_shares(person=people[0], share_class=shares, paid=Decimal("0.01"), **common())
    assert holding_of(people[0], shares) == Holding(3, Decimal("60.00"))
    assert [line[1:] for line in lines()[3:]] == [
        ("PAYMENT", 0, Decimal("0.00"), Decimal(paid)) for paid in ("20.00", "24.99", "0.01")
    ]


def test_a_transfer_has_two_lines(shares: ShareClass, people: list[Person]) -> None:
    """What is paid follows the shares in proportion, to the cent; the capital stays."""
    make_subscriptions(shares, dict.fromkeys(people, 3), paid="25.00")
    given, received = transfer_shares(giver=people[0], receiver=people[1], share_class=shares, quantity=1, **common())
    assert (given.quantity, given.paid, received.quantity, received.paid) == (-1, Decimal("-8.33"), 1, Decimal("8.33"))
    assert received.transfer_of == given
    assert holding_of(people[0], shares) == Holding(2, Decimal("16.67"))
    assert holding_of(people[1], shares) == Holding(4, Decimal("33.33"))
    assert capital_on(LATER).amount == Decimal("180.00")


def test_transfers_refused(shares: ShareClass, founded: list[Person]) -> None:
    """To oneself, to a stranger, of more than one has, for more than half of the capital."""
    alix, bao, _ = founded
    stranger = make_person("Dany", "Abel")
    for giver, receiver, quantity, sentence in (
        (alix, alix, 1, "entre deux personnes"),
        (alix, stranger, 1, "Dany Abel n’est pas associé"),
        (
            alix,
            bao,
            11,
            "Alix Hue détient 10\u00a0parts de cette catégorie\u00a0: 11\u00a0parts ne peuvent pas en sortir",
        ),
        (alix, bao, 0, "une part au moins"),
        (alix, bao, 6, "Bao Le détiendrait 320,00\u00a0€ sur 600,00\u00a0€"),
    ):
        with pytest.raises(RefusalError, match=sentence):
            transfer_shares(giver=giver, receiver=receiver, share_class=shares, quantity=quantity, **common())
    assert len(lines()) == 3


def test_more_refunds_than_shares_are_refused(shares: ShareClass, founded: list[Person]) -> None:
    """The register says how many there are; the last of the shares take the last of what is paid."""
    alix = founded[0]
    refund_shares(person=alix, share_class=shares, quantity=4, **common())
    for act in (refund_shares, cancel_shares):
        with pytest.raises(
            RefusalError,
            match="Alix Hue détient 6\u00a0parts de cette catégorie\u00a0: 7\u00a0parts ne peuvent pas en sortir",
        ):
            act(person=alix, share_class=shares, quantity=7, **common())
    assert lines()[3:] == [(4, "REFUND", -4, Decimal("-80.00"), Decimal("-80.00"))]
    with pytest.raises(RefusalError, match="détient 0\u00a0part "):
        refund_shares(person=make_person("Dany"), share_class=shares, quantity=1, **common())


def test_a_refund_gives_back_what_is_paid(shares: ShareClass, people: list[Person]) -> None:
    """In proportion: never what was not paid."""
    make_subscriptions(shares, dict.fromkeys(people, 3), paid="25.00")
    first = refund_shares(person=people[0], share_class=shares, quantity=1, **common())
    assert (first.amount, first.paid) == (Decimal("-20.00"), Decimal("-8.33"))
    cancelled = cancel_shares(person=people[0], share_class=shares, quantity=2, **common())
    assert (cancelled.kind, cancelled.amount, cancelled.paid) == ("CANCELLATION", Decimal("-40.00"), Decimal("-16.67"))


def test_the_capital_keeps_to_its_floor(shares: ShareClass, people: list[Person]) -> None:
    """A quarter of the highest ever: 30 shares were, 8 must stay; others leave until there."""
    make_subscriptions(shares, dict.fromkeys(people, 10))
    for person in people[:2]:
        refund_shares(person=person, share_class=shares, quantity=5, **common())
    refund_shares(person=people[2], share_class=shares, quantity=6, **common())
    for person in people[:2]:
        refund_shares(person=person, share_class=shares, quantity=3, **common())
    assert (capital_on(LATER).amount, capital_on(LATER).floor) == (Decimal("160.00"), Decimal("150.00"))
    for act in (refund_shares, cancel_shares):
        with pytest.raises(
            RefusalError, match="Le capital tomberait à 140,00\u00a0€, sous son plancher de 150,00\u00a0€"
        ):
            act(person=people[2], share_class=shares, quantity=1, **common())
    assert capital_on(LATER).amount == Decimal("160.00")


def test_a_refund_leaves_nobody_with_more_than_half(shares: ShareClass, founded: list[Person]) -> None:
    """The one who would have it is named."""
    alix, bao, cleo = founded
    refund_shares(person=alix, share_class=shares, quantity=10, **common())
    with pytest.raises(RefusalError, match="Cleo Roux détiendrait 200,00\u00a0€ sur 380,00\u00a0€"):
        refund_shares(person=bao, share_class=shares, quantity=1, **common())
    assert register_on(on=LATER).shares == 20
    assert holding_of(cleo, shares).shares == 10


def test_conversions_are_all_paid(shares: ShareClass, founded: list[Person]) -> None:
    """From the ristourne or the part travail, for an associate."""
    line = convert_into_shares(
        person=founded[0], share_class=shares, quantity=3, origin=ConversionOrigin.WORK, **common()
    )
    assert (line.kind, line.origin, line.paid) == (MovementKind.CONVERSION, "WORK", Decimal("60.00"))
    for person, quantity, sentence in (
        (make_person("Dany", "Abel"), 1, "n’est pas associé"),
        (founded[0], 0, "une part au moins"),
        (founded[0], 8, "plus de la moitié"),
    ):
        with pytest.raises(RefusalError, match=sentence):
            convert_into_shares(
                person=person, share_class=shares, quantity=quantity, origin=ConversionOrigin.PATRONAGE, **common()
            )
    assert len(lines()) == 4


def test_a_class_opens_with_its_nominal() -> None:
    """Refused without one; nothing remains of the class then."""
    shares = make_share_class("b", "15.50")
    assert (shares.code, shares.nominals.get().nominal) == ("B", Decimal("15.50"))
    for code, nominal, sentence in (("B", "20", "existe déjà"), ("C", "0", "supérieur")):
        with pytest.raises(RefusalError, match=sentence):
            create_share_class(
                code=code, name="Autres", nominal=Decimal(nominal), starts_on=DAY, decision="Statuts", by=clerk()
            )
    assert [c.code for c in ShareClass.objects.all()] == ["B"]


def test_a_new_nominal_follows_the_former(shares: ShareClass, founded: list[Person]) -> None:
    """What the shares are worth more remains to be paid; then movements are at the new nominal."""
    raise_nominal(shares, "25.00", date(2026, 1, 1))
    assert list(shares.nominals.order_by("starts_on").values_list("nominal", "starts_on", "ends_on")) == [
        (Decimal("20.00"), date(2020, 1, 1), date(2025, 12, 31)),
        (Decimal("25.00"), date(2026, 1, 1), None),
    ]
    assert [capital_on(day).amount for day in (date(2025, 12, 31), date(2026, 1, 1))] == [600, 750]
    pay_shares(person=founded[0], share_class=shares, paid=Decimal("50.00"), **common())
    refund = refund_shares(person=founded[0], share_class=shares, quantity=2, **common())
    assert (refund.amount, refund.paid) == (Decimal("-50.00"), Decimal("-50.00"))
    assert holding_of(founded[0], shares) == Holding(8, Decimal("200.00"))


def raise_nominal(shares: ShareClass, nominal: str, starts_on: date) -> ShareNominal:
    """By an assembly."""
    return set_nominal(
        share_class=shares, nominal=Decimal(nominal), starts_on=starts_on, decision="AGE du 20/12/2025", by=clerk()
    )


def test_nominals_refused(shares: ShareClass, founded: list[Person]) -> None:
    """Before the former, on the day of a movement, lower while shares are held."""
    for nominal, starts_on, sentence in (
        ("25", date(2020, 1, 1), "La valeur nominale en vigueur date du 01/01/2020"),
        ("25", DAY, "Un mouvement du 14/06/2025 s’est fait à l’ancienne valeur nominale"),
        ("19.99", LATER, "ne descend pas sous 20,00\u00a0€ tant que des parts sont détenues"),
    ):
        with pytest.raises(RefusalError, match=sentence):
            raise_nominal(shares, nominal, starts_on)
    assert shares.nominals.get().ends_on is None


def test_a_new_nominal_gives_nobody_a_majority(shares: ShareClass, founded: list[Person]) -> None:
    """Alix alone holds shares of class B: worth ten times more, they would be most of the capital."""
    other = make_share_class("B")
    make_subscriptions(other, {founded[0]: 5}, DAY)
    with pytest.raises(RefusalError, match="Alix Hue détiendrait 1\u202f200,00\u00a0€ sur 1\u202f600,00\u00a0€"):
        raise_nominal(other, "200.00", LATER)
    assert other.nominals.get().ends_on is None
    assert capital_on(LATER).amount == 700
