"""Placing, planning, amending and cancelling orders; what was agreed never changes."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cae_backoffice.core.access import Role
from cae_backoffice.core.audit import history_of
from cae_backoffice.core.errors import RefusalError
from invoicing.orders.enums import StepKind
from invoicing.orders.models import Order, OrderAmendment, OrderLine, ScheduleStep
from invoicing.orders.rules import Step
from invoicing.orders.services import amend_order, cancel_remainder, plan_order
from tests.invoicing.billing.orders import deposit, make_order
from tests.invoicing.factories import accountant, entrepreneur_of, make_customer, make_line, make_selling_activity
from tests.members.factories import make_user

pytestmark = pytest.mark.django_db
STEPS = (
    Step(StepKind.DEPOSIT, percent=Decimal(30)),
    Step(StepKind.PROGRESS, percent=Decimal(60), planned_on=date(2026, 12, 1)),
    Step(StepKind.FINAL, planned_on=date(2027, 1, 15)),
)


def test_an_order_has_a_number_of_its_year_and_the_amounts_of_its_lines() -> None:
    """1 000 € at 20 % and 500 € at 10 %: 1 500 + 250 = 1 750 €."""
    first = make_order(steps=STEPS)
    second = make_order(first.activity, customer=first.customer, ordered_on=date(2026, 10, 2))
    earlier = make_order(first.activity, customer=first.customer, ordered_on=date(2025, 12, 31))
    assert [first.number, second.number, earlier.number] == ["C2026-00001", "C2026-00002", "C2025-00001"]
    assert (first.net, first.vat, first.gross) == (Decimal(1500), Decimal(250), Decimal(1750))
    assert [(line.label, line.net) for line in first.lines.all()] == [
        ("Pose", Decimal(1000)),
        ("Isolation", Decimal(500)),
    ]
    assert [(step.kind, step.percent, step.amount) for step in first.steps.all()] == [
        ("DEPOSIT", Decimal(30), None),
        ("PROGRESS", Decimal(60), None),
        ("FINAL", None, None),
    ]
    (event,) = history_of(first)
    assert (event.action, event.author) == ("order.placed", accountant())


def test_an_entrepreneur_orders_for_their_own_activity_alone() -> None:
    """Neither those of others nor someone without the right."""
    activity = make_selling_activity()
    order = make_order(activity)
    stranger = entrepreneur_of(make_selling_activity())
    for user in (stranger, make_user(Role.ADVISER)):
        with pytest.raises(RefusalError, match="Vous n’écrivez pas de commandes"):
            plan_order(order=order, steps=STEPS, by=user)
    assert not ScheduleStep.objects.exists()
    plan_order(order=order, steps=STEPS, by=entrepreneur_of(activity))
    assert order.steps.count() == 3


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"subject": " "}, "Indiquez l’objet de la commande."),
        ({"lines": []}, "Ajoutez au moins une ligne."),
        ({"retention_percent": Decimal("5.01")}, "comprise entre 0 et 5"),
        ({"steps": [Step(StepKind.FINAL), Step(StepKind.DEPOSIT, percent=Decimal(10))]}, "dernière étape"),
        ({"steps": [Step(StepKind.DEPOSIT)]}, "pourcentage ou un montant"),
        ({"steps": [Step(StepKind.DEPOSIT, amount=Decimal(-5))]}, "supérieure à zéro"),
        ({"steps": [Step(StepKind.PROGRESS, amount=Decimal(5))]}, "indiquez l’avancement"),
        ({"steps": [Step(StepKind.PROGRESS, percent=Decimal(101))]}, "ne dépasse pas 100"),
        ({"steps": [Step(StepKind.PROGRESS, percent=Decimal(p)) for p in (50, 40)]}, "augmente d’une situation"),
        ({"steps": [Step(StepKind.FINAL, percent=Decimal(5))]}, "le solde n’a ni pourcentage ni montant"),
    ],
)
def test_what_makes_no_order_is_refused(fields: dict[str, Any], sentence: str) -> None:
    """And nothing is written."""
    with pytest.raises(RefusalError, match=sentence):
        make_order(**fields)
    assert not Order.objects.exists()


def test_figures_and_totals_that_no_order_has() -> None:
    """No quantity, a total that is not above zero, the customer of another activity, a control character."""
    activity = make_selling_activity()
    cases: list[tuple[dict[str, Any], str]] = [
        ({"lines": [make_line("Rien", "0")]}, "La quantité d’une ligne n’est pas nulle."),
        ({"lines": [make_line("Reprise", "-1")]}, "supérieur à zéro"),
        ({"lines": [make_line("")]}, "la désignation manque"),
        ({"customer": make_customer(make_selling_activity())}, "celui d’une autre activité"),
        ({"subject": "Chantier\x07"}, "caractère de contrôle"),
    ]
    for fields, sentence in cases:
        with pytest.raises(RefusalError, match=sentence):
            make_order(activity, **fields)
    assert not Order.objects.exists()


def test_an_amendment_adds_its_lines_behind_the_others() -> None:
    """200 € more at 10 % and 100 € less at 20 %: 1 600 + 250 = 1 850 €."""
    order = make_order()
    lines = [make_line("Trappe", "1", "200", "FR10"), make_line("Moins-value", "-1", "100")]
    amendment = amend_order(order=order, subject="Trappe", lines=lines, agreed_on=date(2026, 11, 5), by=accountant())
    order.refresh_from_db()
    assert (amendment.rank, order.net, order.vat, order.gross) == (1, Decimal(1600), Decimal(250), Decimal(1850))
    assert [(line.position, line.amendment) for line in order.lines.order_by("position")] == [
        (1, None),
        (2, None),
        (3, amendment),
        (4, amendment),
    ]


def test_an_amendment_that_cannot_be_is_refused() -> None:
    """Before the order, without a subject, or taking all away: nothing changes."""
    order = make_order()
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"agreed_on": date(2026, 9, 30)}, "ne peut pas précéder la commande"),
        ({"subject": ""}, "Indiquez l’objet de l’avenant."),
        ({"lines": [make_line("Tout", "-1", "2000")]}, "supérieur à zéro"),
    ]
    usual: dict[str, Any] = {"subject": "Trappe", "lines": [make_line()], "agreed_on": date(2026, 11, 5)}
    for fields, sentence in wrong:
        with pytest.raises(RefusalError, match=sentence):
            amend_order(order=order, by=accountant(), **usual | fields)
    order.refresh_from_db()
    assert (order.net, order.lines.count(), OrderAmendment.objects.count()) == (Decimal(1500), 2, 0)


def test_the_rest_is_cancelled_once_with_a_reason() -> None:
    """Then nothing is added or planned any more."""
    order = make_order()
    with pytest.raises(RefusalError, match="Indiquez le motif"):
        cancel_remainder(order=order, reason=" ", on=date(2026, 11, 5), by=accountant())
    with pytest.raises(RefusalError, match="ne peut pas précéder"):
        cancel_remainder(order=order, reason="Abandon", on=date(2026, 9, 1), by=accountant())
    order.refresh_from_db()
    assert order.cancelled_on is None
    cancel_remainder(order=order, reason="Chantier abandonné", on=date(2026, 11, 5), by=accountant())
    order.refresh_from_db()
    assert (order.cancelled_on, order.cancel_reason) == (date(2026, 11, 5), "Chantier abandonné")
    with pytest.raises(RefusalError, match="déjà annulé"):
        cancel_remainder(order=order, reason="Encore", on=date(2026, 11, 6), by=accountant())
    with pytest.raises(RefusalError, match="est annulé"):
        plan_order(order=order, steps=STEPS, by=accountant())
    with pytest.raises(RefusalError, match="est annulé"):
        amend_order(order=order, subject="Trappe", lines=[make_line()], agreed_on=date(2026, 11, 7), by=accountant())


def test_the_database_refuses_to_change_what_was_agreed() -> None:
    """Lines and amendments at once; the order itself from its first invoice on."""
    order = make_order()
    amend_order(order=order, subject="Trappe", lines=[make_line()], agreed_on=date(2026, 11, 5), by=accountant())
    refused: list[Callable[[], object]] = [
        lambda: OrderLine.objects.update(net=1),
        lambda: OrderLine.objects.filter(order=order).delete(),
        lambda: OrderAmendment.objects.update(subject="Autre"),
        lambda: Order.objects.filter(pk=order.pk)._raw_delete("default"),
    ]
    for act in refused:
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
    Order.objects.filter(pk=order.pk).update(subject="Encore libre")
    order.refresh_from_db()
    deposit(order, "30")
    for fields in ({"subject": "Autre"}, {"payment_terms": "D60"}, {"retention_percent": 5}, {"number": "C2026-9"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Order.objects.filter(pk=order.pk).update(**fields)
    order.refresh_from_db()
    assert order.subject == "Encore libre"
