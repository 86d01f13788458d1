"""The log of statuses of an issued document, and « Encaissée », which follows the money to the cent."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cae_backoffice.core.access import Role
from cae_backoffice.core.errors import RefusalError
from invoicing.einvoicing.enums import NEEDS_REASON, StatusReason
from invoicing.einvoicing.enums import LifecycleStatus as Status
from invoicing.einvoicing.models import CollectedAmount, DocumentStatus
from invoicing.einvoicing.queries import timeline
from invoicing.einvoicing.rules import FOLLOWING, REASONS, status_errors
from invoicing.einvoicing.services import record_status
from invoicing.invoices.models import Invoice
from invoicing.invoices.services import issue_credit_note
from invoicing.payments.enums import PaymentMethod
from invoicing.payments.models import AllocationVat
from invoicing.payments.services import bounce_receipt, offset_credit_note, refund_customer, write_off
from tests.invoicing.factories import (
    accountant,
    make_customer,
    make_draft,
    make_issued,
    make_line,
    make_selling_activity,
)
from tests.invoicing.payments.books import receive
from tests.members.factories import make_user

TODAY = date(2026, 11, 20)
TWO_RATES = [("Conseil", "3", "33.33", "FR20"), ("Livre", "1", "19.99", "FR5.5")]


def issued() -> Invoice:
    """An invoice at two rates: 99,99 at 20 % and 19,99 at 5,5 %, 141,08 incl. VAT."""
    return make_issued(lines=[make_line(*line) for line in TWO_RATES])


def say(invoice: Invoice, code: str, *, reason: str = "", comment: str = "", on: date = TODAY) -> DocumentStatus:
    """A status recorded by the accountant."""
    return record_status(
        invoice=invoice, code=code, reason=reason, comment=comment, happened_on=on, by=accountant(), on=TODAY
    )


def collected(invoice: Invoice) -> dict[Decimal, tuple[Decimal, Decimal]]:
    """By rate, what all 212 of a document sum to."""
    rows = CollectedAmount.objects.filter(status__invoice=invoice).order_by().values_list("rate")
    return {rate: (net, vat) for rate, net, vat in rows.annotate(net=Sum("net"), vat=Sum("vat"))}


def allocated(invoice: Invoice) -> dict[Decimal, tuple[Decimal, Decimal]]:
    """By rate, what money was allocated to it, as the room of payments keeps it."""
    parts = AllocationVat.objects.filter(allocation__invoice=invoice).exclude(
        allocation__receipt=None, allocation__refund=None
    )
    rows = parts.order_by().values_list("rate")
    return {rate: (net, vat) for rate, net, vat in rows.annotate(net=Sum("net"), vat=Sum("vat"))}


@pytest.mark.django_db
def test_a_payment_is_a_status_with_the_amounts_of_each_rate() -> None:
    invoice = issued()
    receipt = receive(invoice.customer, "141.08", (invoice, "141.08"))
    status = DocumentStatus.objects.get(invoice=invoice)
    assert (status.code, status.source, status.reference) == ("212", "OURS", receipt.number)
    assert (status.happened_on, status.author) == (receipt.received_on, accountant())
    assert collected(invoice) == {
        Decimal(20): (Decimal("99.99"), Decimal("20.00")),
        Decimal("5.5"): (Decimal("19.99"), Decimal("1.10")),
    }
    (step,) = timeline(invoice)
    assert (step.label, step.total) == ("Encaissée", Decimal("141.08"))
    assert step.amounts == ((Decimal(20), Decimal("119.99")), (Decimal("5.5"), Decimal("21.09")))


@pytest.mark.django_db
def test_a_bounced_payment_takes_its_amounts_back() -> None:
    invoice = issued()
    receipt = receive(invoice.customer, "50", (invoice, "50"))
    bounce_receipt(receipt=receipt, on=TODAY, reason="Sans provision", by=accountant())
    assert [step.total for step in timeline(invoice)] == [Decimal(50), Decimal(-50)]
    assert set(collected(invoice).values()) == {(Decimal(0), Decimal(0))}


@pytest.mark.django_db
def test_what_is_no_money_is_no_collection() -> None:
    """Neither a set-off nor a loss; the refund of a credit note is money that went back."""
    invoice, by = issued(), accountant()
    receive(invoice.customer, "20", (invoice, "20"))
    write_off(invoice=invoice, amount=Decimal(10), on=TODAY, reason="Liquidation", by=by)
    credit_note = issue_credit_note(invoice=invoice, reason="Annulée", by=by, on=TODAY)
    offset_credit_note(credit_note=credit_note, invoice=invoice, amount=Decimal("111.08"), by=by, on=TODAY)
    assert [step.total for step in timeline(invoice)] == [Decimal(20)]
    assert timeline(credit_note) == []
    assert invoice.customer is not None
    refund_customer(
        customer=invoice.customer,
        credit_note=credit_note,
        amount=Decimal(30),
        refunded_on=TODAY,
        method=PaymentMethod.TRANSFER,
        by=by,
    )
    assert [step.total for step in timeline(credit_note)] == [Decimal(-30)]


@pytest.mark.django_db
def test_a_payment_that_is_refused_leaves_no_status() -> None:
    invoice = issued()
    with pytest.raises(RefusalError):
        receive(invoice.customer, "200", (invoice, "141.09"))
    assert not DocumentStatus.objects.exists()


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payments=st.lists(st.tuples(st.integers(1, 5000), st.booleans()), min_size=1, max_size=6))
def test_the_collections_sum_to_the_split_of_the_payments(payments: list[tuple[int, bool]]) -> None:
    """Whatever is paid in part and taken back, per rate and to the cent."""
    with transaction.atomic():
        invoice, left = issued(), Decimal("141.08")
        for cents, bounces in payments:
            amount = min(Decimal(cents) / 100, left)
            if not amount:
                break
            receipt = receive(invoice.customer, str(amount), (invoice, str(amount)))
            if bounces:
                bounce_receipt(receipt=receipt, on=TODAY, reason="Sans provision", by=accountant())
            else:
                left -= amount
        sums: defaultdict[Decimal, Decimal] = defaultdict(Decimal)
        for rate, (net, vat) in collected(invoice).items():
            sums[rate] += net + vat
        assert collected(invoice) == allocated(invoice)
        assert sum(sums.values()) == Decimal("141.08") - left
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_statuses_follow_one_another() -> None:
    invoice = issued()
    for code in (Status.DEPOSITED, Status.MADE_AVAILABLE, Status.APPROVED):
        say(invoice, code)
    say(invoice, Status.DISPUTED, reason=StatusReason.QUANTITY, comment="2 au lieu de 3")
    say(invoice, Status.REFUSED, reason=StatusReason.INVOICED_TWICE)
    assert [step.code for step in timeline(invoice)] == ["200", "203", "205", "207", "210"]
    with pytest.raises(RefusalError, match="ne peut pas suivre «\u00a0Refusée\u00a0»"):
        say(invoice, Status.APPROVED)
    assert DocumentStatus.objects.filter(invoice=invoice).count() == 5


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "reason", "comment", "sentence"),
    [
        ("205", "", "", "ne peut pas suivre un document qui n’a pas encore été déposé"),
        ("212", "", "", "suit les encaissements"),
        ("213", "", "", "demande un motif"),
        ("213", "QTE_ERR", "", "Ce motif ne va pas avec le statut"),
        ("200", "AUTRE", "Pourquoi pas", "Ce motif ne va pas"),
        ("200", "", "x" * 501, "au plus 500 caractères"),
    ],
)
def test_what_cannot_be_said_is_refused(code: str, reason: str, comment: str, sentence: str) -> None:
    invoice = issued()
    with pytest.raises(RefusalError, match=sentence):
        say(invoice, code, reason=reason, comment=comment)
    assert not DocumentStatus.objects.exists()


@pytest.mark.django_db
def test_a_day_outside_is_refused_and_so_is_a_draft_and_a_stranger() -> None:
    invoice = issued()
    with pytest.raises(RefusalError, match="comprise entre le 02/11/2026 et le 20/11/2026"):
        say(invoice, "200", on=date(2026, 11, 1))
    with pytest.raises(RefusalError, match="document émis"):
        say(make_draft(invoice.activity), "200")
    with pytest.raises(RefusalError, match="comptabilité"):
        record_status(invoice=invoice, code="200", happened_on=TODAY, by=make_user(Role.MANAGER), on=TODAY)
    assert not DocumentStatus.objects.exists()


def test_the_other_reason_is_explained() -> None:
    assert status_errors(last="203", code="207", reason="AUTRE", comment="") == [
        "Précisez «\u00a0Autre motif\u00a0» par un commentaire."
    ]
    assert status_errors(last="203", code="207", reason="AUTRE", comment="Voir courrier") == []


def test_every_status_is_placed_and_every_reason_has_a_status() -> None:
    """No status is out of reach but « Encaissée », and no reason can never be given."""
    assert set(FOLLOWING) == {"", *Status} - {Status.COLLECTED}
    assert set().union(*FOLLOWING.values()) == set(Status) - {Status.COLLECTED}
    assert set().union(*REASONS.values()) == set(StatusReason)
    assert set(REASONS) == set(NEEDS_REASON) == {"206", "207", "208", "210", "213", "501"}


@pytest.mark.django_db
def test_the_database_keeps_the_log() -> None:
    invoice = issued()
    say(invoice, "200")
    for statement in ("UPDATE invoicing_documentstatus SET comment = 'x'", "DELETE FROM invoicing_documentstatus"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    for wrong in ({"code": "213"}, {"code": "200", "author": None}, {"code": "212"}):
        values = {"invoice": invoice, "source": "HAND", "happened_on": TODAY, "author": accountant()}
        with pytest.raises(IntegrityError), transaction.atomic():
            DocumentStatus.objects.create(**values | wrong)


@pytest.mark.django_db
def test_each_sees_the_statuses_of_their_documents() -> None:
    activity = make_selling_activity()
    say(make_issued(activity, customer=make_customer(activity)), "200")
    assert DocumentStatus.objects.visible_to(accountant()).count() == 1
    assert DocumentStatus.objects.visible_to(make_user(Role.ENTREPRENEUR, email="autre@example.org")).count() == 0
