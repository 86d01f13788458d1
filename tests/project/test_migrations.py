"""Migrations go forward from nothing (every test run) and back again."""

import pytest
from django.core.management import call_command
from django.db import connection


@pytest.mark.django_db(transaction=True)
def test_own_migrations_reverse_and_apply_again() -> None:
    """Each hand-written SQL has its reverse."""
    for app, first in (("invoicing", "0001"), ("members", "0002")):
        call_command("migrate", app, first, verbosity=0)
        call_command("migrate", verbosity=0)  # what another app built on it comes back too
        with connection.cursor() as cursor:
            cursor.execute(rf"SELECT count(*) FROM pg_trigger WHERE tgname LIKE '{app}\_%%'")
            assert cursor.fetchone()[0] >= 10
