"""The worked example beside a rule, as whoever writes the rule sees it."""

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.conftest import signed_in
from tests.invoicing.factories import accountant
from tests.members.factories import make_cooperative

pytestmark = pytest.mark.browser


def test_the_example_follows_the_rule_and_the_figures(
    page: Page, context: BrowserContext, live_server: LiveServer
) -> None:
    """The page opens with a rule at 10 % of what is collected; the rate, then the figures change."""
    make_cooperative()
    session = signed_in(accountant()).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.goto("/gestion/invoicing/contributionrule/add/")
    first_month = page.locator(".bo-example-result tbody tr").first
    expect(first_month).to_contain_text("400,00\u00a0€")
    text = page.locator("#id_toml")
    text.fill(text.input_value().replace("rate = 10", "rate = 11.5"))
    expect(first_month).to_contain_text("460,00\u00a0€")
    page.get_by_label("Encaissé par mois").fill("1000,50")
    expect(first_month).to_contain_text("115,06\u00a0€")
    text.fill(text.input_value().replace("rate = 11.5", "rate = -1"))
    expect(page.locator(".bo-problems")).to_contain_text("règle, ligne")
