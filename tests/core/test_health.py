"""The two addresses for machines: alive, and ready."""

from unittest.mock import patch

import pytest
from django.db import connection, connections
from django.db.utils import OperationalError
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

A_BEAT = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s))"
FORGET_A_MIGRATION = "DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations)"


def worker_beat(*, seconds_ago: int) -> None:
    """A worker whose last sign of life is that old."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s))",
            [seconds_ago],
        )


@pytest.mark.django_db
def test_healthz_needs_no_database(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json() == {"status": "ok"}
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_ready_when_database_migrations_and_worker_are_there(client: Client) -> None:
    worker_beat(seconds_ago=25)
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "checks": {"database": "ok", "migrations": "ok", "worker": "ok"}}


@pytest.mark.django_db
@pytest.mark.parametrize("beats", [[], [31], [3600, 40]])
def test_not_ready_without_a_living_worker(client: Client, beats: list[int]) -> None:
    for seconds_ago in beats:
        worker_beat(seconds_ago=seconds_ago)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"] == {"database": "ok", "migrations": "ok", "worker": "failed"}


@pytest.mark.django_db
def test_not_ready_while_a_migration_waits(client: Client) -> None:
    worker_beat(seconds_ago=0)
    with connection.cursor() as cursor:
        cursor.execute(FORGET_A_MIGRATION)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"] == {"database": "ok", "migrations": "failed", "worker": "ok"}


def test_not_ready_without_database(client: Client) -> None:
    unreachable = OperationalError("connection refused")
    with patch.object(connections["default"], "cursor", side_effect=unreachable):
        response = client.get("/readyz")
    assert response.status_code == 503
    assert set(response.json()["checks"].values()) == {"failed"}


def test_probes_are_not_sent_to_https_but_people_are(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz").status_code == 200
    assert client.get("/connexion/").status_code == 301


@pytest.mark.django_db
def test_probes_name_an_allowed_host(client: Client, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["gestion.example.fr"]
    assert client.get("/healthz").status_code == 400
    assert client.get("/healthz", headers={"host": "gestion.example.fr"}).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_only_read(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
