"""A small cooperative in which every kind of person and record stands once, for the access matrix."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib.auth.tokens import default_token_generator
from django.db import models
from django.test import Client
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from cae_backoffice.core.access import Role
from cae_backoffice.core.mail import queue_mail
from cae_backoffice.core.models import AuditEvent
from invoicing.activity_accounts.enums import ProvisionKind
from invoicing.activity_accounts.models import AccountGroup, PaySettings, ProvisionRule
from invoicing.activity_accounts.services import import_openings, publish_pooled_account, record_provision
from invoicing.contributions.models import (
    ContributionOverride,
    ContributionRule,
    ContributionRun,
    ContributionSettings,
    ContributionWaiver,
    MarginAccount,
)
from invoicing.contributions.services import propose_rule
from invoicing.customer_accounts.models import CustomerLink
from invoicing.customer_accounts.services import give_link
from invoicing.customers.models import Customer
from invoicing.einvoicing.models import DocumentStatus, ReceivedInvoice, Transmission
from invoicing.exports.enums import ExportKind, ExportScope, FileEncoding
from invoicing.exports.services import request_export, request_fec, run_export
from invoicing.invoices.models import Invoice
from invoicing.invoices.models.approvals import ApprovalSettings, ReturnReason
from invoicing.invoices.rules import SaleTerms
from invoicing.invoices.services import grant_self_approval, release_retention
from invoicing.ledger.models import Auxiliary, EntryLine, EntryTemplate, FiscalYear, Period
from invoicing.ledger.services import receive_file
from invoicing.mailing.models import MailTemplate
from invoicing.mentions.models import LegalText
from invoicing.payments.enums import ClosingKind, PaymentMethod
from invoicing.payments.models import PaymentEvent
from invoicing.payments.services import close_payments, declare_doubtful, refund_customer, remit_cheques, write_off
from invoicing.pricing.models import VatCode
from invoicing.quotes.models import GeneralConditions
from invoicing.quotes.services import open_link, save_as_template
from invoicing.recurring.services import prepare_recurring
from invoicing.reminders.models import InterestRate, Reminder, ReminderPlan
from invoicing.reminders.services import pause_invoice
from invoicing.sending.models import DocumentSending
from invoicing.transfers.models import TransferSettings
from members.accompaniment.models import SupportedMember
from members.activities.models import Activity
from members.alerts.models import DeadlineAlert
from members.alerts.services import raise_deadline_alerts
from members.assemblies.models import RadarMember
from members.associates.services import join_college
from members.calendars.services import open_calendar
from members.contracts.enums import ContractKind
from members.cooperative.models import Cooperative
from members.own_file.services import ContactDetails, ask_contact_change
from members.people.models import Person, User
from tests.invoicing.activity_accounts.books import book
from tests.invoicing.billing.orders import make_order
from tests.invoicing.contributions.books import adopted_example, run
from tests.invoicing.contributions.samples import RULES
from tests.invoicing.factories import (
    accountant,
    make_approved,
    make_attachment,
    make_billing_address,
    make_contact,
    make_customer,
    make_delivery_address,
    make_draft,
    make_issued,
    make_product,
    make_selling_activity,
    make_submitted,
)
from tests.invoicing.payments.books import receive
from tests.invoicing.quotes.books import accept, draft_quote, sent_quote
from tests.invoicing.recurring.books import recurring_of
from tests.invoicing.sending.books import make_sent
from tests.invoicing.transfers.books import accepted, proposed
from tests.members.factories import (
    clerk,
    make_activity,
    make_admission,
    make_assembly,
    make_college,
    make_contract,
    make_cooperative,
    make_entrepreneur,
    make_interview,
    make_person,
    make_resolution,
    make_share_class,
    make_statutes,
    make_subscriptions,
    make_user,
    make_workshop,
)

SECRET = "s" * 43
ACTORS = (
    "anonymous",
    "entrepreneur",
    "colleague",
    "other entrepreneur",
    "adviser",
    "accountant",
    "manager",
    "administrator",
)


@dataclass(frozen=True)
class World:
    """The clients of the eight kinds of visitors, and one record of each kind, all of the entrepreneur's activity."""

    clients: dict[str, Client]
    records: dict[str, models.Model]
    invoices: dict[str, Invoice]
    reset: tuple[str, str]
    secrets: dict[str, str]
    """What the private addresses hold, by the first word of their names."""


def make_world() -> World:
    """One shared activity with documents in every state; a colleague, a stranger, and the staff."""
    cooperative = make_cooperative()
    adviser = make_user(Role.ADVISER)
    entrepreneur = make_entrepreneur("Anna", "Le Goff", adviser=adviser)
    colleague = make_entrepreneur("Bruno", "Petit")
    stranger = make_entrepreneur("Chloé", "Roux")
    contracts = [
        make_contract(person, ContractKind.CESA, date(2025, 1, 1)) for person in (entrepreneur, colleague, stranger)
    ]
    activity = make_activity([entrepreneur, colleague], name="Bois & Cie")
    make_activity([colleague], name="À part")
    make_activity([stranger], name="Ailleurs")
    staff = {role: make_user(role) for role in (Role.ACCOUNTANT, Role.MANAGER, Role.ADMINISTRATOR)}
    users = [entrepreneur.user, colleague.user, stranger.user, adviser, *staff.values()]
    sent = sent_quote(activity, by=entrepreneur.user)
    quotes = {
        "quote": draft_quote(activity, by=entrepreneur.user),
        "sentquote": sent,
        "generalconditions": GeneralConditions.objects.create(valid_from=date(2030, 1, 1), text="À venir"),
        "quotetemplate": save_as_template(quote=sent, name="Modèle", by=accountant()),
    }
    return World(
        clients={
            "anonymous": Client(),
            **{name: _signed_in(user) for name, user in zip(ACTORS[1:], users, strict=True)},
        },
        records=_records(cooperative, activity, entrepreneur)
        | {"contract": contracts[0]}
        | quotes
        | _books(activity)
        | _transfers(activity)
        | _recurring(activity)
        | _accounts(activity),
        invoices={
            "draft": make_draft(activity, by=entrepreneur.user),
            "submitted": make_submitted(activity, by=entrepreneur.user),
            "approved": make_approved(activity, by=entrepreneur.user),
            "issued": make_issued(activity, by=entrepreneur.user),
        },
        secrets={
            "calendar": open_calendar(by=staff[Role.MANAGER], at=timezone.now()),
            "quote": open_link(quote=sent, by=accountant(), at=timezone.now()),
            "document": SECRET,
            "portal": _portal_secret(activity),
        },
        reset=(
            urlsafe_base64_encode(force_bytes(staff[Role.MANAGER].pk)),
            default_token_generator.make_token(staff[Role.MANAGER]),
        ),
    )


def _link(customer: Customer) -> CustomerLink:
    give_link(customer=customer, days=30, at=timezone.now(), by=accountant())
    return CustomerLink.objects.get(customer=customer)


def _portal_secret(activity: Activity) -> str:
    """The secret of a customer's link, given before any page of the world is asked."""
    return give_link(customer=make_customer(activity), days=30, at=timezone.now(), by=accountant())


def _records(cooperative: Cooperative, activity: Activity, person: Person) -> dict[str, models.Model]:
    customer = make_customer(activity)
    address = make_delivery_address(customer)
    quote = sent_quote(activity, customer=customer)
    accept(quote)
    admission = make_admission(person)
    colleague = make_person("Bruno", "Petit")
    make_admission(colleague)
    shares = make_share_class()
    movements = make_subscriptions(shares, {person: 2, colleague: 2})
    return _life(person) | {
        "accepted_quote": quote,
        "activity": activity,
        "approvalsettings": ApprovalSettings.objects.create(pk=1),
        "returnreason": ReturnReason.objects.create(text="Précisez la désignation."),
        "selfapproval": grant_self_approval(
            person=person,
            ceiling=Decimal(500),
            starts_on=date(2026, 1, 1),
            ends_on=None,
            reason="CA du 05/01/2026",
            by=accountant(),
        ),
        "address": address,
        "attachment": make_attachment(make_draft(activity, customer=customer)),
        "admission": admission,
        "billingaddress": make_billing_address(customer),
        "contact": make_contact(customer),
        "customerlink": _link(customer),
        "auditevent": AuditEvent.objects.order_by("position")[0],
        "cooperative": cooperative,
        "customer": customer,
        "deliveryaddress": address,
        "outgoingmessage": queue_mail(
            to=["client@example.org"], subject="Objet", body="Texte", about=customer, by=clerk(), at=timezone.now()
        ),
        **_reminders(make_sent(activity, customer=customer, secret=SECRET)),
        "mailtemplate": MailTemplate.objects.get(kind="INVOICE", activity=None),
        "order": make_order(activity, customer=customer),
        "legaltext": LegalText.objects.order_by("pk")[0],
        "person": person,
        "product": make_product(activity),
        "shareclass": shares,
        "sharemovement": movements[0],
        "user": User.objects.get(pk=person.user_id),
        "vatcode": VatCode.objects.order_by("pk")[0],
    }


def _reminders(sending: DocumentSending) -> dict[str, models.Model]:
    """What was sent of an invoice, its reminder to come, and a pause."""
    invoice, on = sending.invoice, date(2026, 12, 14)
    plan = ReminderPlan.objects.create(valid_from=date(2026, 1, 1), decision="CA du 12/01/2026")
    return {
        "documentsending": sending,
        "reminder": Reminder.objects.create(invoice=invoice, level="FRIENDLY", proposed_on=on),
        "reminderplan": plan,
        "reminderpause": pause_invoice(invoice=invoice, reason="Litige", until=on, on=on, by=accountant()),
        "interestrate": InterestRate.objects.order_by("pk")[0],
    }


def _books(activity: Activity) -> dict[str, models.Model]:
    """A cheque that pays and is remitted, a receipt with a rest of which some is refunded, and a closed day."""
    customer = make_customer(activity)
    invoice = make_issued(activity, customer=customer)
    cheque = receive(customer, "100", (invoice, "100"), method="CHEQUE", on=date(2026, 11, 3))
    receipt = receive(customer, "50", on=date(2026, 11, 4))
    remittance = remit_cheques(receipts=[cheque], on=date(2026, 11, 5), by=accountant())
    refund = refund_customer(
        customer=customer,
        receipt=receipt,
        amount=Decimal(10),
        refunded_on=date(2026, 11, 6),
        method=PaymentMethod.TRANSFER,
        by=accountant(),
    )
    retained = make_issued(
        activity,
        customer=customer,
        terms=SaleTerms(retention_percent=Decimal(5), retention_due_on=date(2027, 11, 2)),
    )
    release = release_retention(invoice=retained, on=date(2026, 11, 7), due_on=date(2026, 11, 7), by=accountant())
    doubt = declare_doubtful(invoice=retained, on=date(2026, 11, 8), reason="Liquidation", by=accountant())
    loss = write_off(invoice=retained, amount=Decimal(10), on=date(2026, 11, 9), reason="Liquidation", by=accountant())
    closing = close_payments(kind=ClosingKind.DAY, day=date(2026, 11, 3), by=accountant())
    auxiliary = Auxiliary.objects.order_by("pk")[0]
    october = _contributions(activity)
    line = EntryLine.objects.filter(auxiliary=auxiliary).select_related("entry", "account")[0]
    period = Period.objects.order_by("starts_on")[0]
    template = EntryTemplate.objects.create(name="Loyer", journal=line.entry.journal, label="Loyer")
    received = receive_file(file_name="paie.csv", content=b"journal", on=date(2026, 11, 6), by=accountant())
    return {
        "account": line.account,
        "allocation": cheque.allocations.get(),
        "auxiliary": auxiliary,
        "chequeremittance": remittance,
        "contributionrun": october,
        "contributionstatement": october.statements.get(activity=activity),
        "contributionrule": ContributionRule.objects.get(state="PROPOSED"),
        "contributionsettings": ContributionSettings.objects.get(),
        "contributionwaiver": ContributionWaiver.objects.get(),
        "contributionoverride": ContributionOverride.objects.get(),
        "marginaccount": MarginAccount.objects.order_by("pk")[0],
        "transmission": Transmission.objects.order_by("pk")[0],
        "receivedinvoice": ReceivedInvoice.objects.create(name="a.xml", file="a.xml", sha256="0" * 64, size=1),
        "documentstatus": DocumentStatus.objects.order_by("pk")[0],
        "doubtfulreceivable": doubt,
        "entry": line.entry,
        "entryimport": received,
        "entrytemplate": template,
        **_exports(period),
        "fiscalyear": period.fiscal_year,
        "paymentclosing": closing,
        "paymentevent": PaymentEvent.objects.order_by("position")[0],
        "period": period,
        "receipt": receipt,
        "refund": refund,
        "retentionrelease": release,
        "writeoff": loss,
    }


def _recurring(activity: Activity) -> dict[str, models.Model]:
    """An invoice that comes back each month, prepared once."""
    invoice = make_issued(activity)
    recurring = recurring_of(invoice, by=accountant())
    prepare_recurring(recurring=recurring, on=date(2026, 11, 30))
    return {
        "issued_invoice": invoice,
        "recurring": recurring,
        "recurringinvoice": recurring,
        "occurrence": recurring.occurrences.get(),
    }


def _transfers(activity: Activity) -> dict[str, models.Model]:
    """An amount that someone else's activity asks for, and one that it was given."""
    other = make_selling_activity()
    asked = proposed(activity, other)
    return {
        "transfer": asked,
        "internaltransfer": asked,
        "accepted_transfer": accepted(activity, other),
        "transfersettings": TransferSettings.objects.get(),
    }


def _exports(period: Period) -> dict[str, models.Model]:
    """The FEC of a year, written, and the mark of an entry exported to another program."""
    fec = request_fec(year=period.fiscal_year, encoding=FileEncoding.UTF_8, by=accountant())
    entries = request_export(
        kind=ExportKind.CSV,
        starts_on=date(2026, 11, 1),
        ends_on=date(2026, 11, 30),
        journals=[],
        scope=ExportScope.NEW,
        by=accountant(),
    )
    marks = run_export(job=entries, by=accountant()).marks.order_by("pk")
    return {"exportjob": run_export(job=fec, by=accountant()), "exportedentry": marks[0]}


def _life(person: Person) -> dict[str, models.Model]:
    """An assembly that is planned, a college, the statutes, a deadline that runs, an interview and a workshop."""
    college = make_college("Salariés", 50)
    candidate = make_person("Dana", "Roux", adviser=person.adviser)
    make_contract(candidate, ContractKind.CESA, date(2025, 1, 1))
    return {
        "assembly": make_resolution(make_assembly()).assembly,
        "college": college,
        "collegemembership": join_college(person=person, college=college, on=date(2025, 6, 14), by=clerk()),
        "contactchange": ask_contact_change(
            person=person,
            details=ContactDetails("", "0240000000", "", "", ""),
            at=timezone.now(),
            by=User.objects.get(person=person),
        ),
        "deadlinealert": _alert(candidate),
        "interview": make_interview(person),
        "radarmember": RadarMember.objects.get(pk=candidate.pk),
        "statutes": make_statutes(),
        "supportedmember": SupportedMember.objects.get(pk=candidate.pk),
        "workshop": make_workshop(),
    }


def _alert(candidate: Person) -> DeadlineAlert:
    """What the morning of 1 June 2027 says of the candidate's deadline."""
    raise_deadline_alerts(on=date(2027, 6, 1), at=timezone.now(), by=clerk())
    return DeadlineAlert.objects.get(person=candidate)


def _contributions(activity: Activity) -> ContributionRun:
    """The run of October, a proposal beside the rule in force, and a decision of each kind."""
    adopted_example("forfait-et-marge")
    propose_rule(toml=(RULES / "taux-hors-echanges.toml").read_text(), by=accountant())
    start, decision = date(2026, 11, 1), "CA du 02/11/2026"
    ContributionWaiver.objects.create(activity=activity, starts_on=start, decision=decision)
    ContributionOverride.objects.create(activity=activity, starts_on=start, values="ALL.rate = 5", decision=decision)
    return run(date(2026, 10, 1))


def _accounts(activity: Activity) -> dict[str, models.Model]:
    """What the activity's account rests on, and a published account of the pooled services."""
    book(("613", None, "80"), ("512", None, "-80"), on=date(2025, 6, 1))
    opening = f"activity;balance\n{activity.code};100\n"
    return {
        "accountgroup": AccountGroup.objects.order_by("pk")[0],
        "openingbalance": import_openings(text=opening, on=date(2026, 11, 10), by=accountant())[0],
        "paysettings": PaySettings.objects.create(pk=1),
        "pooledaccount": publish_pooled_account(
            fiscal_year=FiscalYear.objects.get(starts_on__year=2025), on=date(2026, 3, 1), by=accountant()
        ),
        "provision": record_provision(
            activity=activity,
            kind=ProvisionKind.OTHER,
            amount=Decimal(10),
            on=date(2026, 11, 10),
            reason="Litige",
            by=accountant(),
        ),
        "provisionrule": ProvisionRule.objects.order_by("pk")[0],
    }


def _signed_in(user: User | None) -> Client:
    assert user is not None
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client
