"""Customers and documents in every state, for tests: written through the services, with sensible values."""

import io
import itertools
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from pypdf import PdfWriter
from stdnum import luhn

from cae_backoffice.core.access import Role
from invoicing.catalogue.models import Product
from invoicing.customers.enums import CustomerKind
from invoicing.customers.models import BillingAddress, Contact, Customer, DeliveryAddress
from invoicing.invoices.enums import AttachmentKind
from invoicing.invoices.models import Invoice
from invoicing.invoices.models.attachments import DocumentAttachment
from invoicing.invoices.rules import DraftContent, DraftLine
from invoicing.invoices.services import approve_invoice, attach_file, issue_invoice, save_draft, submit_invoice
from invoicing.ledger.models import FiscalYear
from invoicing.ledger.services import open_fiscal_year
from invoicing.pricing.models import VatCode
from members.activities.enums import Sector
from members.activities.models import Activity, ActivityInsurance
from members.contracts.enums import ContractKind
from members.cooperative.models import Cooperative
from members.people.models import User
from tests.members.factories import make_activity, make_contract, make_cooperative, make_entrepreneur, make_user

DAY = date(2026, 11, 2)

_numbers = itertools.count(1)


def vat(code: str = "FR20") -> VatCode:
    """A VAT code that comes with the software."""
    return VatCode.objects.get(code=code)


def accountant() -> User:
    """The accountant who writes, approves and issues in tests."""
    known: User | None = User.objects.filter(email="compta@example.org").first()
    return known or make_user(Role.ACCOUNTANT, email="compta@example.org", full_name="Claude Comptable")


def open_books() -> None:
    """The fiscal years 2024 to 2027, a calendar year each, where there is none."""
    if not FiscalYear.objects.exists():
        for year in range(2024, 2028):
            open_fiscal_year(starts_on=date(year, 1, 1), ends_on=date(year, 12, 31), by=accountant())


def make_selling_activity(*, sector: Sector = Sector.SERVICES, cape: bool = False, **fields: Any) -> Activity:  # noqa: ANN401
    """An activity that may invoice all through 2026: one entrepreneur under CESA, or under CAPE."""
    person = make_entrepreneur()
    if cape:
        make_contract(person, ContractKind.CAPE, starts_on=date(2026, 1, 1))
    else:
        make_contract(person, ContractKind.CESA, starts_on=date(2025, 1, 1))
    return make_activity([person], sector=sector, **fields)


def entrepreneur_of(activity: Activity) -> User:
    """The account of the activity's first person."""
    user: User = User.objects.filter(person__shares__convention__activity=activity).order_by("pk")[0]
    return user


def make_insurance(activity: Activity, **fields: Any) -> ActivityInsurance:  # noqa: ANN401
    """A decennial insurance for 2026."""
    cover = {
        "is_decennial": True,
        "insurer": "Bâtir Assurances, 5 rue du Port, 44000 Nantes",
        "policy_number": "D-44871",
        "cover": "responsabilité décennale, menuiserie",
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2026, 12, 31),
    }
    return ActivityInsurance.objects.create(activity=activity, **(cover | fields))


def next_siren() -> str:
    """A SIREN with a right check digit, another each time."""
    body = f"40{next(_numbers):06d}"
    return f"{body}{luhn.calc_check_digit(body)}"


def siret_of(siren: str) -> str:
    """The SIRET of the head office of this SIREN."""
    body = f"{siren}0001"
    return f"{body}{luhn.calc_check_digit(body)}"


def make_customer(
    activity: Activity,
    kind: CustomerKind = CustomerKind.PROFESSIONAL,
    **fields: Any,  # noqa: ANN401
) -> Customer:
    """A French customer of the activity, complete for its kind."""
    siren = next_siren() if kind != CustomerKind.CONSUMER else ""
    identity = {
        "kind": kind,
        "name": "Élodie Bernard" if kind == CustomerKind.CONSUMER else f"Client {next(_numbers)}",
        "siren": siren,
        "siret": siret_of(siren) if kind == CustomerKind.PUBLIC else "",
        "street": "8 rue des Lilas",
        "postcode": "35000",
        "city": "Rennes",
    }
    return Customer.objects.create(activity=activity, **(identity | fields))


def make_delivery_address(customer: Customer, **fields: Any) -> DeliveryAddress:  # noqa: ANN401
    """Another place of this customer."""
    place = {"label": "Chantier du port", "street": "1 quai du Port", "postcode": "56100", "city": "Lorient"}
    return DeliveryAddress.objects.create(customer=customer, **(place | fields))


def make_product(activity: Activity, label: str = "Journée de conseil", **fields: Any) -> Product:  # noqa: ANN401
    """A service at 350 € a day, at 20 %, unless said otherwise."""
    values = {"unit": "DAY", "unit_price": Decimal(350), "vat_code": vat("FR20")}
    return Product.objects.create(activity=activity, label=label, **(values | fields))


def make_billing_address(customer: Customer, **fields: Any) -> BillingAddress:  # noqa: ANN401
    """Where this customer's invoices are addressed."""
    place = {
        "label": "Comptabilité",
        "street": "BP 12",
        "postcode": "35040",
        "city": "Rennes Cedex",
        "is_default": True,
    }
    return BillingAddress.objects.create(customer=customer, **(place | fields))


def make_contact(customer: Customer, name: str = "Paule Rio", **fields: Any) -> Contact:  # noqa: ANN401
    """Someone at this customer's."""
    return Contact.objects.create(customer=customer, name=name, **fields)


def make_line(
    label: str = "Conseil",
    quantity: str = "2",
    unit_price: str = "350",
    code: str = "FR20",
    **fields: Any,  # noqa: ANN401
) -> DraftLine:
    """Two days of advice at 350 €, at 20 %, unless said otherwise."""
    return DraftLine(
        label=label, quantity=Decimal(quantity), unit_price=Decimal(unit_price), vat_code=vat(code), **fields
    )


def make_content(activity: Activity, *, lines: Sequence[DraftLine] | None = None, **fields: Any) -> DraftContent:  # noqa: ANN401
    """One line to a new professional customer, unless said otherwise."""
    if "customer" not in fields:
        fields["customer"] = make_customer(activity)
    return DraftContent(activity=activity, lines=[make_line()] if lines is None else lines, **fields)


def make_draft(
    activity: Activity | None = None,
    *,
    lines: Sequence[DraftLine] | None = None,
    by: User | None = None,
    **fields: Any,  # noqa: ANN401
) -> Invoice:
    """A complete draft written by the accountant, of a new activity, unless said otherwise."""
    if not Cooperative.objects.exists():
        make_cooperative()
    open_books()
    content = make_content(activity or make_selling_activity(), lines=lines, **fields)
    return save_draft(invoice=None, content=content, by=by or accountant())


def make_submitted(activity: Activity | None = None, *, on: date = DAY, **content: Any) -> Invoice:  # noqa: ANN401
    """A document that waits for approval."""
    draft = make_draft(activity, **content)
    return submit_invoice(invoice=draft, by=draft.created_by, on=on)


def make_approved(activity: Activity | None = None, *, on: date = DAY, **content: Any) -> Invoice:  # noqa: ANN401
    """A document that may be issued."""
    return approve_invoice(invoice=make_submitted(activity, on=on, **content), by=accountant(), on=on)


def make_issued(activity: Activity | None = None, *, on: date = DAY, **content: Any) -> Invoice:  # noqa: ANN401
    """An issued invoice, without its PDF."""
    return issue_invoice(invoice=make_approved(activity, on=on, **content), by=accountant(), on=on)


def blank_pdf(width: int = 200) -> bytes:
    """A PDF of one empty page, so many points wide: another file for another width."""
    written = io.BytesIO()
    writer = PdfWriter()
    writer.add_blank_page(width=width, height=200)
    writer.write(written)
    return written.getvalue()


def make_attachment(
    invoice: Invoice,
    *,
    kind: AttachmentKind = AttachmentKind.TRAINING_AGREEMENT,
    content: bytes | None = None,
    by: User | None = None,
) -> DocumentAttachment:
    """A training agreement joined by the accountant, unless said otherwise."""
    return attach_file(
        invoice=invoice,
        kind=kind,
        name="Convention Écrire.pdf",
        content=blank_pdf() if content is None else content,
        on=DAY,
        by=by or accountant(),
    )
