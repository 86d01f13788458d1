"""« Combien puis-je me payer ? » in two taps, and each cent down to its document, on a phone and on a desk."""

import re
from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from members.activities.models import Activity
from members.people.models import User
from tests.browser.test_entrepreneur import activity as activity  # noqa: PLC0414  fixtures
from tests.browser.test_entrepreneur import assert_fits, sign_in
from tests.browser.test_entrepreneur import entrepreneur as entrepreneur  # noqa: PLC0414
from tests.invoicing.activity_accounts.books import book
from tests.invoicing.factories import make_customer, make_draft, make_issued, make_line, open_books
from tests.invoicing.payments.books import receive

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def money(activity: Activity) -> None:
    """3 000 € excl. VAT, two thirds of it paid, purchases and contributions; a draft waits."""
    open_books()
    today = timezone.localdate()
    issued_on = today.replace(day=1)
    customer = make_customer(activity, name="Boulangerie des Ponts")
    sold = make_issued(activity, customer=customer, lines=[make_line("Escalier", "1", "3000")], on=issued_on)
    receive(customer, "2400", (sold, "2400"), on=today)
    book(("606", activity, "150.40"), ("512", None, "-150.40"), on=today)
    book(("6588", activity, "200"), ("7588", None, "-200"), on=today)
    book(("110", activity, "-350.40"), ("110", None, "350.40"), on=date(today.year, 1, 1))
    make_draft(activity, customer=customer, lines=[make_line("Rampe", "1", "700")])


@pytest.mark.usefixtures("money")
def test_what_may_i_pay_myself_in_two_taps(page: Page, entrepreneur: User) -> None:
    """The first tap opens the answer for all that is available; the second types what one would like."""
    sign_in(page, entrepreneur)
    page.goto("/mon-activite/")
    assert_fits(page)
    page.get_by_role("main").get_by_role("link", name="Combien puis-je me payer").click()
    answer = page.locator("[data-answer]")
    expect(answer).to_contain_text("1\u202f874,48\u00a0€")
    expect(answer).to_contain_text("1\u202f483,83\u00a0€")
    expect(answer).to_contain_text("paramètres de paie de juin 2026")
    expect(answer.get_by_text("net avant impôt").first).to_be_in_viewport()
    assert_fits(page)

    page.get_by_label("d’un salaire net voulu, par mois").check()
    page.get_by_label("Montant (€)").fill("1 903")
    expect(answer).to_contain_text("Il manque")
    expect(answer).to_contain_text("1\u202f000,57\u00a0€")
    page.get_by_label("Étalé sur (mois)").fill("2")
    expect(answer).to_contain_text("6\u202f001,14\u00a0€")
    page.get_by_label("Montant (€)").fill("beaucoup")
    expect(answer.get_by_role("alert")).to_contain_text("Saisissez un nombre")
    assert_fits(page)


@pytest.mark.usefixtures("money")
def test_each_cent_leads_to_its_document(page: Page, entrepreneur: User) -> None:
    """From what is available to the figure, from the figure to the payment, from the payment to the invoice."""
    sign_in(page, entrepreneur)
    page.goto("/compte/")
    expect(page.get_by_role("main")).to_contain_text("2\u202f000,00\u00a0€")
    assert_fits(page)
    page.get_by_role("link", name=re.compile("Chiffre d’affaires encaissé.*2.000,00")).click()
    expect(page.get_by_role("main")).to_contain_text("Boulangerie des Ponts")
    assert_fits(page)
    page.get_by_role("main").get_by_role("link", name=re.compile(r"F\d{4}-")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Facture F")
