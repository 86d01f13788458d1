"""The loader: what the small demo holds, that it is always the same, and what it refuses."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise

import pytest
from django.core.management import CommandError
from django.db import connection, transaction
from django.db.models import Count, Min, Sum
from stdnum import iban
from stdnum.eu import vat
from stdnum.fr import siren, siret

from cae_backoffice.core.access import Role
from cae_backoffice.core.audit import check_chain
from cae_backoffice.core.periods import ONE_DAY
from cae_backoffice.demo.agenda import Agenda
from cae_backoffice.demo.billing import open_books
from cae_backoffice.demo.democracy import live_together
from cae_backoffice.demo.logins import DEMO_LOGINS
from cae_backoffice.demo.people import enrol_members, open_cooperative
from cae_backoffice.demo.turnover import TURNOVER, history
from invoicing.customer_accounts.queries import customer_account, link_of_secret
from invoicing.customers.enums import CustomerKind, Likeness
from invoicing.customers.models import Contact, Customer
from invoicing.customers.queries import own_customers, own_suspected_pairs
from invoicing.invoices.enums import InvoiceKind, InvoiceState
from invoicing.invoices.models import Invoice, InvoiceLine, IssuedSnapshot
from invoicing.invoices.queries import sequence_gaps
from invoicing.ledger.models import EntryLine
from invoicing.ledger.queries import balance_of
from invoicing.payments.models import PaymentClosing, PaymentEvent
from invoicing.quotes.models import Quote
from invoicing.recurring.models import Occurrence, RecurringInvoice
from invoicing.rendering.cii import render_cii
from invoicing.rendering.document import from_json
from invoicing.transfers.models import InternalTransfer
from members.accompaniment.models import Interview
from members.accompaniment.queries import short_of_interviews, workshops_overview
from members.activities.models import Activity, SplitShare
from members.assemblies.queries import admissions_due, assemblies_to_come
from members.associates.enums import MemberStatus
from members.associates.queries import deadlines_ahead, members_overview, status_counts
from members.contracts.enums import ContractKind
from members.contracts.models import Contract
from members.cooperative.models import Cooperative
from members.people.enums import Gender
from members.people.models import Person, User
from members.shares.queries import capital_on, register_on
from tests.demo.loading import MEMBERS, TODAY, load
from tests.oracles.batches import xml_findings


def test_progress_is_printed(demo: str) -> None:
    """What was made, and in how many seconds."""
    assert "8 personnes, avec leurs contrats" in demo
    assert "7 activités" in demo
    assert "documents émis, " in demo
    assert demo.endswith(" s en tout.\n")


def test_every_status_is_there(demo: str) -> None:
    """One person or more in each, 55 % of women rounded up, someone overdue."""
    assert status_counts(on=TODAY) == {
        MemberStatus.CANDIDATE: 1,
        MemberStatus.CAPE: 1,
        MemberStatus.CESA: 3,
        MemberStatus.ASSOCIATE: 1,
        MemberStatus.EMPLOYEE: 1,
        MemberStatus.LEFT: 1,
    }
    assert Person.objects.filter(gender=Gender.WOMAN).count() == 5
    days = [person.days_left for person in deadlines_ahead(on=TODAY, months=6)]
    assert days == [-20, 143]


def test_everyone_signs_in_with_the_demo_password(demo: str) -> None:
    """Staff and members, but for those who left; each printed login has the role it says."""
    roles = {
        "Comptable": Role.ACCOUNTANT,
        "Responsable": Role.MANAGER,
        "Accompagnatrice": Role.ADVISER,
        "Entrepreneuse": Role.ENTREPRENEUR,
        "Administratrice": Role.ADMINISTRATOR,
    }
    for label, email, password in DEMO_LOGINS:
        user = User.objects.get(email=email)
        assert user.roles == [roles[label]]
        assert user.check_password(password)
    assert User.objects.values("password").distinct().count() == 1
    closed = User.objects.filter(is_active=False)
    overview = members_overview(on=TODAY).filter(status=MemberStatus.LEFT)
    assert [user.person.pk for user in closed] == [person.pk for person in overview]
    staff = User.objects.filter(person=None)
    assert sorted(role for user in staff for role in user.roles) == [
        *["ACCOUNTANT"] * 2, "ADMINISTRATOR", *["ADVISER"] * 3, *["MANAGER"] * 2,
    ]  # fmt: skip


def test_activities_are_shared_as_promised(demo: str) -> None:
    """One person carries two; one activity is carried 60/40; builders are insured on every day they invoice."""
    carried = SplitShare.objects.filter(convention__ends_on=None).values("person").annotate(count=Count("pk"))
    assert sorted(row["count"] for row in carried)[-2:] == [1, 2]
    shared = SplitShare.objects.filter(convention__ends_on=None, percent__lt=100)
    assert sorted(shared.values_list("percent", flat=True)) == [Decimal(40), Decimal(60)]
    builders = Activity.objects.filter(sector="CONSTRUCTION")
    assert builders.count() == builders.filter(insurances__is_decennial=True).distinct().count() >= 1
    assert Activity.objects.filter(logo=None).count() < Activity.objects.count() / 2


def test_numbers_are_gapless_and_in_the_order_of_days(demo: str) -> None:
    """One sequence a year over all activities."""
    assert sequence_gaps() == []
    documents = Invoice.objects.filter(state=InvoiceState.ISSUED).order_by("number")
    issued = [(invoice.number or "", invoice.issued_on or date.min) for invoice in documents]
    for (before, first), (after, second) in pairwise(issued):
        assert first <= second
        assert first.year != second.year or int(after[-5:]) == int(before[-5:]) + 1
    period = history(TODAY)
    assert all(period.contains(on) and on.weekday() < 5 for _, on in issued)
    assert check_chain().first_broken is None


def test_turnover_is_the_sectors(demo: str) -> None:
    """26 600 € excl. VAT per entrepreneur and year, credit notes deducted, within 15 %."""
    begins = history(TODAY).starts_on
    days = sum(
        (min(contract.ends_on or TODAY, TODAY) - max(contract.starts_on, begins)).days + 1
        for contract in Contract.objects.exclude(kind=ContractKind.WORK)
        if (contract.ends_on or TODAY) >= begins
    )
    net = Invoice.objects.filter(state=InvoiceState.ISSUED).aggregate(Sum("net"))["net__sum"]
    assert abs(net / (days / Decimal("365.25")) / TURNOVER - 1) < Decimal("0.15")


def test_every_kind_of_document_is_there(demo: str) -> None:
    """States, customers, credit notes, a document of forty-five lines; the demo entrepreneur has some of each state."""
    assert set(Invoice.objects.values_list("state", flat=True)) == set(InvoiceState)
    assert set(Customer.objects.values_list("kind", flat=True)) == set(CustomerKind)
    assert Invoice.objects.filter(kind=InvoiceKind.CREDIT_NOTE).exists()
    lines = InvoiceLine.objects.values("invoice").annotate(count=Count("pk")).values_list("count", flat=True)
    assert max(lines) == 45
    assert InvoiceLine.objects.filter(discount_percent__gt=0).exists()
    assert Invoice.objects.exclude(delivery_address=None).exists()
    assert Invoice.objects.exclude(purchase_order="").exists()
    assert set(InvoiceLine.objects.values_list("vat_code__code", flat=True)) >= {"FR20", "FR10", "AUTO-BTP"}
    hers = Invoice.objects.filter(activity__name="Encre & Papier")
    assert set(hers.values_list("state", flat=True)) == set(InvoiceState)
    assert hers.filter(state=InvoiceState.DRAFT).exclude(return_reason="").count() == 1
    assert hers.filter(state=InvoiceState.ISSUED).count() > 50


def test_activities_exchange_and_invoices_come_back(demo: str) -> None:
    """Credit notes of a part and of the whole; transfers accepted and refused; drafts prepared by themselves."""
    notes = Invoice.objects.filter(kind=InvoiceKind.CREDIT_NOTE).select_related("corrects")
    assert {note.gross == -note.corrects.gross for note in notes if note.corrects} == {True, False}
    assert set(InternalTransfer.objects.values_list("state", flat=True)) >= {"ACCEPTED", "REFUSED"}
    assert RecurringInvoice.objects.count() >= 2
    assert not Occurrence.objects.exclude(refusal="").exists()
    prepared = Invoice.objects.filter(pk__in=Occurrence.objects.values("document"))
    assert set(prepared.values_list("state", flat=True)) <= {InvoiceState.DRAFT}


def test_check_digits_are_valid(demo: str) -> None:
    """Of the cooperative and of every customer."""
    cooperative = Cooperative.objects.get()
    assert siret.is_valid(cooperative.siret)
    assert vat.is_valid(cooperative.vat_number)
    assert iban.is_valid(cooperative.iban)
    for customer in Customer.objects.all():
        assert not customer.siren or siren.is_valid(customer.siren)
        assert not customer.siret or siret.is_valid(customer.siret)
        assert not customer.vat_number or vat.is_valid(customer.vat_number)


def test_pdfs_are_left_to_the_worker_newest_first(demo: str) -> None:
    """One job per document, below the priority of what people issue; the demo entrepreneur's come first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT priority, (args ->> 'invoice_id')::bigint FROM procrastinate_jobs"
            " WHERE task_name = 'invoicing.render_invoice_pdf' ORDER BY priority DESC"
        )
        jobs = cursor.fetchall()
    issued = Invoice.objects.filter(state=InvoiceState.ISSUED)
    assert [priority for priority, _ in jobs] == [-rank for rank in range(1, issued.count() + 1)]
    hers = issued.filter(activity__name="Encre & Papier").order_by("-issued_on", "-id").values_list("pk", flat=True)
    assert [pk for _, pk in jobs[: len(hers)]] == list(hers)
    assert not Invoice.objects.exclude(file=None).exists()


def test_quotes_stand_in_every_state(demo: str) -> None:
    """Sent, accepted, declined, expired and drafts; an accepted one has its acceptance."""
    states = set(Quote.objects.values_list("state", flat=True))
    assert {"DRAFT", "ACCEPTED", "REFUSED", "EXPIRED"} <= states
    assert not Quote.objects.filter(state="ACCEPTED", acceptance=None).exists()
    assert not Quote.objects.filter(state="SENT", valid_until__lt=TODAY).exists()


def test_it_refuses_a_database_that_is_not_empty(demo: str) -> None:
    """Nothing is added to what is there."""
    before = Invoice.objects.count(), User.objects.count()
    with pytest.raises(CommandError, match="La base n’est pas vide"):
        load(MEMBERS)
    assert (Invoice.objects.count(), User.objects.count()) == before


def digest() -> list[object]:
    """Names, numbers, dates and amounts of everything, without ids."""
    people = Person.objects.order_by("search").values_list("search", "phone", "city", "candidate_since_on")
    contracts = Contract.objects.order_by("person__search", "starts_on", "kind").values_list("kind", "starts_on")
    activities = Activity.objects.order_by("code").values_list("code", "name", "colour", "logo__sha256")
    customers = Customer.objects.order_by("search").values_list("search", "siret", "vat_number", "street")
    issued = Invoice.objects.filter(state=InvoiceState.ISSUED).order_by("number")
    documents = issued.values_list("number", "issued_on", "customer__name", "subject", "gross")
    lines = InvoiceLine.objects.aggregate(Sum("quantity"), Sum("net"), Min("unit_price"))
    cooperative = Cooperative.objects.get()
    return [*people, *contracts, *activities, *customers, *documents, lines, cooperative.siren, *books_digest()]


def books_digest() -> list[object]:
    """Every line of the books and every act on payments, without ids."""
    entries = EntryLine.objects.order_by("entry__fiscal_year__starts_on", "entry__number", "position")
    books = entries.values_list(
        "entry__number", "entry_on", "entry__voucher_number", "account__number", "label", "debit", "credit"
    )
    letters = entries.values_list("matching__letter", "matching__matched_on")
    payments = PaymentEvent.objects.order_by("position").values_list("kind", "happened_on", "amount", "author__email")
    closings = PaymentClosing.objects.order_by("position").values_list("kind", "starts_on", "total", "running_total")
    return [*books, *letters, *payments, *closings]


def test_the_cooperative_lives(demo: str) -> None:
    """Assemblies to come that call somebody, interviews due, a workshop with free seats."""
    coming = list(assemblies_to_come(TODAY))
    assert [assembly.held_on for assembly in coming] == [date(2027, 6, 19), date(2027, 12, 11)]
    assert sum(admissions_due(on=TODAY).values()) >= 1
    assert short_of_interviews(on=TODAY).exists()
    assert 0 < workshops_overview().get().registrations.count() < 8


@pytest.mark.django_db
def test_shares_and_interviews_of_a_larger_cooperative() -> None:
    """Thirty members: nobody holds more than half, every associate holds shares, the books follow the register."""
    with transaction.atomic():
        staff = open_cooperative()
        open_books(staff.accountants[0], TODAY)
        agenda = Agenda(TODAY)
        live_together(staff, enrol_members(staff, 30, TODAY), agenda)
        agenda.live()
        later = capital_on(TODAY).amount - capital_on(history(TODAY).starts_on - ONE_DAY).amount
        assert -balance_of(account_number="1013") == later > 0
        register = register_on(on=TODAY)
        assert register.associates == register.count >= 3
        assert all(holder.shares and holder.value * 2 <= register.value for holder in register.holders)
        assert Interview.objects.count() > 5
        transaction.set_rollback(True)


def test_the_entrepreneurs_customers_live(demo: str) -> None:
    """Three contacts, one customer merged, a pair still suspected, and a private page that shows what is due."""
    user = User.objects.get(email="entrepreneuse@exemple.test")
    assert Contact.objects.filter(customer__in=own_customers(user)).count() == 3
    assert Customer.objects.exclude(merged_into=None).count() == 1
    assert [pair.kind for pair in own_suspected_pairs(user)] == [Likeness.SIRET]
    address = re.search(r"/espace-client/(\S+)/", demo)
    assert address is not None
    link = link_of_secret(address.group(1), datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC))
    assert link is not None
    assert customer_account(link.customer, on=TODAY).due > 0


@pytest.mark.django_db
def test_the_same_day_gives_the_same_cooperative() -> None:
    """Two loads into empty tables differ by nothing but ids: the same books, line by line."""
    digests = []
    for _ in range(2):
        with transaction.atomic():
            load(2)
            digests.append(digest())
            transaction.set_rollback(True)
    assert digests[0] == digests[1]
    assert len(digests[0]) > 100


@pytest.mark.django_db
def test_it_refuses_an_impossible_size() -> None:
    """From one member to sixty."""
    for members in (0, 61):
        with pytest.raises(CommandError, match="Le nombre de membres va de 1 à 60"):
            load(members)
    assert not User.objects.exists()


def test_every_document_is_a_valid_electronic_invoice(demo: str) -> None:
    """For the official validators; `make demo-check` asks the same of the whole demo, PDFs included."""
    copies = IssuedSnapshot.objects.order_by("invoice_id").values_list("content", flat=True)
    found = xml_findings([render_cii(from_json(content)) for content in copies])
    assert len(found) > 100
    assert [findings for findings in found if findings] == []
