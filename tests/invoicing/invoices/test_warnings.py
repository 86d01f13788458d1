"""What the queue warns of: each rule on plain facts, then the facts as they are read."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from invoicing.customers.enums import CustomerKind
from invoicing.customers.models import Customer
from invoicing.invoices.models.approvals import ApprovalSettings
from invoicing.invoices.queries.queue import approval_queue
from invoicing.invoices.rules.warnings import Bond, Facts, Resembling, Thresholds, warnings_of
from members.activities.enums import Sector
from members.activities.models import ActivityInsurance
from members.contracts.enums import ContractKind
from members.contracts.models import Contract
from tests.invoicing.factories import (
    DAY,
    accountant,
    make_customer,
    make_insurance,
    make_issued,
    make_line,
    make_selling_activity,
    make_submitted,
)
from tests.invoicing.payments.books import receive

QUIET = Facts(
    on=DAY,
    net=Decimal(700),
    label="Conseil de novembre",
    is_credit_note=False,
    customer_name="Client",
    customer_kind=CustomerKind.PROFESSIONAL,
    customer_country="FR",
    customer_siren="303265045",
    has_customer=True,
    is_first_of_customer=False,
    late=Decimal(0),
    bonds=(Bond("Camille Martin", date.max),),
    needs_insurance=False,
    insured_until=None,
    resembling=(),
    usual=Decimal(700),
    issued_count=12,
)
THRESHOLDS = Thresholds(notice_days=30, late_days=30, unusual_times=3)


def told(**facts: Any) -> list[tuple[str, str, str]]:  # noqa: ANN401
    """Kind, severity and sentence of each warning of facts that are quiet but for these."""
    return [
        (warned.kind.value, warned.severity.value, warned.sentence)
        for warned in warnings_of(replace(QUIET, **facts), THRESHOLDS)
    ]


def test_nothing_to_say() -> None:
    """Of an ordinary document."""
    assert told() == []


@pytest.mark.parametrize(("days", "warns"), [(30, True), (31, False), (0, True)])
def test_a_contract_that_ends_soon(days: int, warns: bool) -> None:  # noqa: FBT001
    """Within thirty days, the thirtieth included."""
    until = DAY + timedelta(days=days)
    expected = [("CONTRACT_ENDS", "CAUTION", f"Le contrat de Camille Martin finit le {until:%d/%m/%Y}.")]
    assert told(bonds=(Bond("Camille Martin", until),)) == (expected if warns else [])


def test_a_contract_that_has_ended() -> None:
    """It blocks when nobody is left, and is to be looked at when a colleague is."""
    gone, here = Bond("Camille Martin", None), Bond("Alix Durand", date.max)
    sentence = "Camille Martin n’a plus de contrat en cours le 02/11/2026."
    assert told(bonds=(gone,)) == [("CONTRACT_ENDED", "BLOCKING", sentence)]
    assert told(bonds=(gone, here)) == [("CONTRACT_ENDED", "CAUTION", sentence)]


def test_insurance() -> None:
    """Missing it blocks; ending it is to be looked at; who needs none has none."""
    assert told(needs_insurance=True) == [
        ("INSURANCE_MISSING", "BLOCKING", "L’activité n’a pas d’assurance décennale en cours le 02/11/2026.")
    ]
    assert told(needs_insurance=True, insured_until=date(2026, 12, 2)) == [
        ("INSURANCE_ENDS", "CAUTION", "L’assurance décennale de l’activité finit le 02/12/2026.")
    ]
    assert told(needs_insurance=True, insured_until=date(2026, 12, 3)) == []


def test_a_customer_who_is_late() -> None:
    """By the cent."""
    assert told(late=Decimal("0.01")) == [
        ("CUSTOMER_LATE", "CAUTION", "Client doit 0,01\u00a0€ en retard de plus de 30 jours.")
    ]


def test_a_new_customer() -> None:
    """To be known, no more."""
    assert told(is_first_of_customer=True) == [
        ("FIRST_INVOICE", "NOTICE", "C’est la première facture de l’activité à Client.")
    ]


def test_the_siren_of_a_customer() -> None:
    """Missing, or with a wrong check digit; a consumer and a foreigner have none."""
    assert told(customer_siren="") == [("SIREN_MISSING", "CAUTION", "Client n’a pas de SIREN.")]
    assert told(customer_siren="303265046") == [
        ("SIREN_INVALID", "CAUTION", "Le SIREN de Client (303265046) est faux\u00a0: sa clé ne correspond pas.")
    ]
    assert told(customer_siren="", customer_kind=CustomerKind.CONSUMER) == []
    assert told(customer_siren="", customer_country="DE") == []


@pytest.mark.parametrize(
    ("other", "warns"),
    [
        ({}, True),
        ({"label": "CONSEIL  de Novembre"}, True),
        ({"label": "Pose d’un parquet"}, False),
        ({"net": Decimal("714.28")}, True),
        ({"net": Decimal("714.29")}, False),
        ({"net": Decimal(686)}, True),
        ({"net": Decimal("685.99")}, False),
        ({"on": DAY - timedelta(days=60)}, True),
        ({"on": DAY - timedelta(days=61)}, False),
    ],
)
def test_a_possible_duplicate(other: dict[str, Any], warns: bool) -> None:  # noqa: FBT001
    """Near in label, within two percent and sixty days."""
    resembling = replace(Resembling("Facture F2026-00001", DAY, Decimal(700), "Conseil de novembre"), **other)
    found = told(resembling=(resembling,))
    assert [kind for kind, _, _ in found] == (["DUPLICATE"] if warns else [])
    if not other:
        assert found[0][2] == (
            "Facture F2026-00001 du 02/11/2026 au même client lui ressemble\u00a0: "
            "«\u00a0Conseil de novembre\u00a0», 700,00\u00a0€ HT."
        )


@pytest.mark.parametrize(
    ("facts", "warns"),
    [
        ({"net": Decimal(2100)}, False),
        ({"net": Decimal("2100.01")}, True),
        ({"net": Decimal(9000), "issued_count": 4}, False),
        ({"net": Decimal(9000), "issued_count": 5}, True),
        ({"net": Decimal(9000), "usual": None}, False),
        ({"net": Decimal(9000), "is_credit_note": True}, False),
    ],
)
def test_an_unusual_amount(facts: dict[str, Any], warns: bool) -> None:  # noqa: FBT001
    """Above three times the usual one, once there is a usual one."""
    assert [kind for kind, _, _ in told(**facts)] == (["UNUSUAL_AMOUNT"] if warns else [])


def test_the_heaviest_comes_first() -> None:
    """Whatever the order of the rules."""
    severities = [
        severity
        for _, severity, _ in told(is_first_of_customer=True, customer_siren="", net=Decimal(9000), late=Decimal(5))
    ]
    assert severities == ["BLOCKING", "CAUTION", "CAUTION", "NOTICE"]


def kinds_in_queue(on: date = DAY) -> list[list[str]]:
    """The kinds of warnings of each document of the queue."""
    return [[warned.kind.value for warned in item.warnings] for item in approval_queue(accountant(), on).items]


def _contract_ends(customer: Customer) -> None:
    Contract.objects.filter(person__shares__convention__activity=customer.activity).update(ends_on=date(2026, 11, 20))


def _contract_follows(customer: Customer) -> None:
    _contract_ends(customer)
    (first,) = Contract.objects.filter(person__shares__convention__activity=customer.activity)
    first.pk = None
    first.starts_on, first.ends_on, first.kind = date(2026, 11, 21), None, ContractKind.CESA
    first.save()


def _late(customer: Customer) -> None:
    make_issued(customer.activity, customer=customer, on=date(2026, 8, 1), lines=[make_line("Autre", "1", "10")])


def _copied(customer: Customer) -> None:
    make_issued(customer.activity, customer=customer, on=DAY)


def _usual(customer: Customer) -> None:
    for _ in range(5):
        make_issued(customer.activity, lines=[make_line("Petit", "1", "10")])


def _wrong_siren(customer: Customer) -> None:
    Customer.objects.filter(pk=customer.pk).update(siren="303265046")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        (lambda _customer: None, ["FIRST_INVOICE"]),
        (_contract_ends, ["CONTRACT_ENDS", "FIRST_INVOICE"]),
        (_contract_follows, ["FIRST_INVOICE"]),
        (_late, ["CUSTOMER_LATE"]),
        (_copied, ["DUPLICATE"]),
        (_usual, ["UNUSUAL_AMOUNT", "FIRST_INVOICE"]),
        (_wrong_siren, ["SIREN_INVALID", "FIRST_INVOICE"]),
    ],
)
def test_the_facts_as_they_are_read(change: Callable[[Customer], None], kinds: list[str]) -> None:
    """Each from the records that it speaks of."""
    activity = make_selling_activity()
    customer = make_customer(activity)
    make_submitted(activity, customer=customer)
    change(customer)
    assert kinds_in_queue() == [kinds]


@pytest.mark.django_db
def test_construction_is_insured() -> None:
    """Until its policy ends."""
    activity = make_selling_activity(sector=Sector.CONSTRUCTION)
    make_insurance(activity)
    make_submitted(activity)
    assert kinds_in_queue() == [["FIRST_INVOICE"]]
    assert kinds_in_queue(date(2026, 12, 15)) == [["INSURANCE_ENDS", "FIRST_INVOICE"]]
    ActivityInsurance.objects.update(ends_on=date(2026, 11, 1))
    assert kinds_in_queue() == [["INSURANCE_MISSING", "FIRST_INVOICE"]]


@pytest.mark.django_db
def test_the_cooperative_says_from_when_on() -> None:
    """A longer notice warns earlier."""
    activity = make_selling_activity()
    customer = make_customer(activity)
    make_submitted(activity, customer=customer)
    Contract.objects.update(ends_on=date(2027, 1, 15))
    assert kinds_in_queue() == [["FIRST_INVOICE"]]
    ApprovalSettings.objects.create(pk=1, notice_days=90)
    assert kinds_in_queue() == [["CONTRACT_ENDS", "FIRST_INVOICE"]]


@pytest.mark.django_db
def test_what_was_paid_is_not_late() -> None:
    """Due on 31 August, late by more than thirty days from October on; a part is paid and not matched yet."""
    activity = make_selling_activity()
    customer = make_customer(activity)
    make_submitted(activity, customer=customer)
    _late(customer)
    assert approval_queue(accountant(), date(2026, 9, 30)).items[0].warnings == ()
    (warned,) = approval_queue(accountant(), DAY).items[0].warnings
    assert warned.sentence == f"{customer.name} doit 12,00\u00a0€ en retard de plus de 30 jours."
    receive(customer, "5", on=DAY)
    (warned,) = approval_queue(accountant(), DAY).items[0].warnings
    assert warned.sentence == f"{customer.name} doit 7,00\u00a0€ en retard de plus de 30 jours."
    receive(customer, "7", on=DAY)
    assert approval_queue(accountant(), DAY).items[0].warnings == ()


@pytest.mark.django_db
def test_the_queue_costs_the_same_whatever_its_length() -> None:
    """Literal counts, for one document and for three."""
    user = accountant()
    counts = []
    for _ in range(2):
        make_submitted()
        with CaptureQueriesContext(connection) as queries:
            approval_queue(user, DAY)
        counts.append(len(queries))
        make_submitted()
    assert counts == [14, 14]
