"""What every test may ask for: the cooperative, and a signed-in browser per role."""

from collections.abc import Callable, Generator
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client, TransactionTestCase

from cae_backoffice.core.access import Role
from invoicing.activity_accounts.services import load_account_groups
from invoicing.contributions.services.load_settings import load_contribution_settings
from invoicing.ledger.services import load_chart_of_accounts
from invoicing.mailing.services import load_mail_templates
from invoicing.mentions.services import load_legal_texts
from invoicing.pricing.services import load_vat_codes
from invoicing.reminders.services import load_interest_rates
from invoicing.transfers.services import load_transfer_settings
from members.cooperative.models import Cooperative
from members.people.models import User
from tests.members.factories import make_cooperative, make_user

QUEUE_TABLES = ", ".join(f"procrastinate_{name}" for name in ("jobs", "events", "periodic_defers", "workers"))


def signed_in(user: User) -> Client:
    """A browser in which this account is signed in."""
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def cooperative(db: None) -> Cooperative:
    """The cooperative of this database."""
    return make_cooperative()


@pytest.fixture
def accountant_client(db: None) -> Client:
    """An accountant's browser."""
    return signed_in(make_user(Role.ACCOUNTANT))


@pytest.fixture
def manager_client(db: None) -> Client:
    """A manager's browser."""
    return signed_in(make_user(Role.MANAGER))


@pytest.fixture
def adviser_client(db: None) -> Client:
    """The browser of an adviser who follows nobody yet."""
    return signed_in(make_user(Role.ADVISER))


@pytest.fixture
def entrepreneur_client(db: None) -> Client:
    """The browser of an entrepreneur's account that belongs to nobody yet."""
    return signed_in(make_user(Role.ENTREPRENEUR))


@pytest.fixture
def administrator_client(db: None) -> Client:
    """An administrator's browser."""
    return signed_in(make_user(Role.ADMINISTRATOR))


@pytest.fixture(autouse=True, scope="session")
def flush_past_the_triggers() -> Generator[None]:
    """Let transactional tests empty the tables: the triggers refuse TRUNCATE, and migrations' data must come back."""
    flush: Callable[[TransactionTestCase], None] = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def flush_and_reload(case: TransactionTestCase) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
        flush(case)
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {QUEUE_TABLES}")
            cursor.execute("SET session_replication_role = DEFAULT")
        load_chart_of_accounts()
        load_contribution_settings()
        load_vat_codes()
        load_legal_texts()
        load_account_groups()
        load_mail_templates()
        load_interest_rates()
        load_transfer_settings()

    with patch.object(TransactionTestCase, "_fixture_teardown", flush_and_reload):
        yield
