"""The small demo, loaded once for the tests of this folder."""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from tests.demo.loading import MEMBERS, load


@pytest.fixture(scope="package")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The demo with eight members; what was printed. Rolled back after the folder's last test."""
    with django_db_blocker.unblock(), transaction.atomic():
        printed = load(MEMBERS)
        connection.check_constraints()
        yield printed
        transaction.set_rollback(True)
