"""Every entrepreneur of the sector with a year of documents, payments and purchases, written in bulk.

The guards are put aside while it is written: there is only what the runs read, without receipts nor entries of sales.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from random import Random

from django.db import connection, models

from cae_backoffice.core.periods import add_months
from invoicing.invoices.enums import InvoiceState
from invoicing.invoices.models import Invoice
from invoicing.ledger.models import Account, Entry, EntryLine, FiscalYear, Journal
from invoicing.payments.models import Allocation, AllocationVat
from members.activities.models import Activity, SplitConvention, SplitShare
from members.contracts.enums import ContractKind
from members.contracts.models import Contract
from members.people.models import Person
from tests.invoicing.factories import accountant, make_customer, open_books
from tests.members.factories import make_activity

ACTIVITIES = 11_914
FIRST_ID = 1_000_000
SINCE = date(2025, 1, 1)
MONTHS = [add_months(date(2026, 1, 1), rank) for rank in range(12)]
IDS = range(FIRST_ID, FIRST_ID + ACTIVITIES)
PURCHASES_EVERY = 4


def fill() -> None:
    """One invoice a month for each activity, paid twenty days later, and a purchase every fourth month."""
    open_books()
    customer_id = make_customer(make_activity()).pk
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    _members()
    _documents(customer_id)
    _purchases()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("ANALYZE")


def _write(model: type[models.Model], rows: Iterable[models.Model]) -> None:
    model._default_manager.bulk_create(rows, batch_size=5000)


def _members() -> None:
    _write(Person, (Person(pk=pk, first_name="Camille", last_name=f"M{pk}", candidate_since_on=SINCE) for pk in IDS))
    _write(Activity, (Activity(pk=pk, code=f"S{pk}", name=f"Activité {pk}", sector="SERVICES") for pk in IDS))
    _write(SplitConvention, (SplitConvention(pk=pk, activity_id=pk, starts_on=SINCE) for pk in IDS))
    _write(SplitShare, (SplitShare(convention_id=pk, person_id=pk, percent=100) for pk in IDS))
    kind = ContractKind.CESA
    _write(Contract, (Contract(person_id=pk, kind=kind, signed_on=SINCE, starts_on=SINCE) for pk in IDS))


def _documents(customer_id: int) -> None:
    """Turnovers of 0 to 10 000 € a month, so that half of the activities cross a tier."""
    chance, numbers, author = Random(2026), count(FIRST_ID), accountant().pk
    rows = [
        (next(numbers), pk, month + timedelta(days=chance.randrange(28)), Decimal(chance.randrange(1, 1_000_000)) / 100)
        for month in MONTHS
        for pk in IDS
    ]
    _write(
        Invoice,
        (
            Invoice(
                pk=number, activity_id=pk, customer_id=customer_id, state=InvoiceState.ISSUED, number=f"S{number}",
                issued_on=day, due_on=day, net=net, gross=net, created_by_id=author,
            )
            for number, pk, day, net in rows
        ),
    )  # fmt: skip
    _write(
        Allocation,
        (
            Allocation(pk=number, receipt_id=number, invoice_id=number, amount=net, allocated_on=day + timedelta(20))
            for number, _, day, net in rows
        ),
    )
    _write(
        AllocationVat,
        (AllocationVat(allocation_id=n, category="E", rate=0, net=net, vat=0, due_vat=0) for n, _, _, net in rows),
    )


def _purchases() -> None:
    goods, bank = (Account.objects.get(number=number).pk for number in ("607", "512"))
    journal, author = Journal.objects.get(code="AC").pk, accountant()
    year = FiscalYear.objects.get(starts_on=MONTHS[0])
    every = PURCHASES_EVERY
    bought = [(pk, month) for rank, month in enumerate(MONTHS) for pk in IDS if pk % every == rank % every]
    _write(
        Entry,
        (
            Entry(
                pk=FIRST_ID + rank, fiscal_year=year, journal_id=journal, state="VALIDATED", number=rank,
                entry_on=month, voucher_number=f"A{rank}", voucher_on=month, label="Achat", created_by=author,
                validated_on=month, validated_by=author,
            )
            for rank, (_, month) in enumerate(bought, 1)
        ),
    )  # fmt: skip
    FiscalYear.objects.filter(pk=year.pk).update(last_entry_number=len(bought))
    _write(
        EntryLine,
        (
            EntryLine(
                entry_id=FIRST_ID + rank, position=position, entry_on=month, account_id=account, activity_id=pk,
                label="Achat", debit=debit, credit=50 - debit,
            )
            for rank, (pk, month) in enumerate(bought, 1)
            for position, (account, debit) in enumerate(((goods, 50), (bank, 0)), 1)
        ),
    )  # fmt: skip
