"""A training course, exempt from VAT (CGI 261-4-4°a), sold to a company and to a person, from quote to payment."""

from datetime import date
from decimal import Decimal

import pytest

from invoicing.customers.enums import CustomerKind
from invoicing.ledger.queries import trial_balance
from invoicing.orders.services import order_of_quote
from invoicing.rendering.document import from_json
from members.activities.enums import Sector
from tests.invoicing.billing.orders import deposit, final, position
from tests.invoicing.factories import accountant, make_customer, make_selling_activity, open_books
from tests.invoicing.payments.books import receive
from tests.invoicing.quotes.books import accept, line, sent_quote
from tests.members.factories import make_cooperative

pytestmark = pytest.mark.django_db


def balances() -> dict[str, str]:
    """Every account that is not at zero."""
    moved = trial_balance(starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))
    return {row.number: str(row.balance) for row in moved if row.balance}


def test_a_company_and_a_person_take_the_course() -> None:
    """1 800,00 € from the company at once; 450,00 € from the person, of which 135,00 € beforehand; no VAT anywhere."""
    make_cooperative()
    open_books()
    activity = make_selling_activity(sector=Sector.SERVICES, name="Apprendre à écrire")
    company = make_customer(activity, name="Atelier du Livre")
    person = make_customer(activity, CustomerKind.CONSUMER)

    quote = sent_quote(
        activity,
        customer=company,
        valid_until=date(2026, 12, 31),
        subject="Écrire pour le web",
        lines=[line("Formation intra", "2", "900", "EXO-FORMATION", unit="DAY")],  # 2 × 900,00
    )
    accept(quote)
    order = order_of_quote(quote=quote, on=date(2026, 11, 3), by=accountant())
    invoice = final(order, date(2026, 11, 20))
    assert (str(invoice.net), str(invoice.vat), str(invoice.gross)) == ("1800.00", "0.00", "1800.00")
    document = from_json(invoice.snapshot.content)
    (row,) = document.vat_rows
    assert (row.category, str(row.vat), row.vatex_code) == ("E", "0.00", "VATEX-FR-CGI261-4")
    assert "261" in row.reason
    assert document.treatment == "OUTOFSCOPE"
    assert {code for code in document.mention_codes if code} == {"PMD", "PMT", "AAB"}
    assert balances() == {"411": "1800.00", "706": "-1800.00"}
    receive(company, "1800", (invoice, "1800"), on=date(2026, 12, 18))
    assert balances() == {"512": "1800.00", "706": "-1800.00"}

    quote = sent_quote(
        activity,
        customer=person,
        valid_until=date(2026, 12, 31),
        subject="Écrire sa vie",
        execution="Les 28 novembre, 5 et 12 décembre 2026",
        deposit_percent=Decimal(30),
        lines=[line("Stage d’écriture", "3", "150", "EXO-FORMATION", unit="DAY")],  # 3 × 150,00 = 450,00
    )
    accept(quote)
    order = order_of_quote(quote=quote, on=date(2026, 11, 4), by=accountant())
    asked = deposit(order, "30", date(2026, 11, 21))  # 30 % of 450,00 = 135,00
    assert (str(asked.net), str(asked.vat), str(asked.gross)) == ("135.00", "0.00", "135.00")
    receive(person, "135", (asked, "135"), on=date(2026, 11, 24))
    assert balances() == {"512": "1935.00", "706": "-1800.00", "4191": "-135.00"}
    last = final(order, date(2026, 12, 1))  # 450,00 − 135,00
    assert (str(last.net), str(last.vat), str(last.gross)) == ("315.00", "0.00", "315.00")
    document = from_json(last.snapshot.content)
    assert any("Médiation de l’Ouest" in mention for mention in document.mentions)
    assert set(document.mention_codes) == {""}
    receive(person, "315", (last, "315"), on=date(2026, 12, 19))
    assert position(order).is_complete
    # 1 800,00 + 450,00 sold and received; nothing owed, no deposit left, no VAT.
    assert balances() == {"512": "2250.00", "706": "-2250.00"}
