"""The request id, the log line of an answer, and the headers of every response."""

import json
import logging
import logging.config
import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from cae_backoffice.core.requests import RequestIdFilter, current_request_id


def test_a_request_gets_an_id(client: Client) -> None:
    first, second = (client.get("/healthz")["X-Request-Id"] for _ in range(2))
    assert re.fullmatch(r"[0-9a-f]{32}", first)
    assert first != second


def test_the_proxys_id_is_kept(client: Client) -> None:
    assert client.get("/healthz", headers={"x-request-id": "abcDEF-0123456789"})["X-Request-Id"] == "abcDEF-0123456789"


@pytest.mark.parametrize("given", ["short", "x" * 65, "with space", 'quote"quote', "newline-at-end\n"])
def test_an_ill_formed_id_is_replaced(client: Client, given: str) -> None:
    assert re.fullmatch(r"[0-9a-f]{32}", client.get("/healthz", headers={"x-request-id": given})["X-Request-Id"])


@pytest.mark.django_db
def test_the_answer_is_logged_under_its_id_without_the_query_string(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    caplog.handler.addFilter(RequestIdFilter())
    response = client.get("/nulle-part/?nom=Martin", headers={"x-request-id": "named-by-proxy"})
    answer, not_found = caplog.records
    line = vars(answer)
    assert (line["method"], line["path"], line["status"]) == ("GET", "/nulle-part/", response.status_code)
    assert line["request_id"] == vars(not_found)["request_id"] == "named-by-proxy"
    assert (answer.name, not_found.name) == ("cae_backoffice.core.requests", "django.request")
    assert line["ms"] > 0
    assert "Martin" not in str(line)
    assert current_request_id.get() == ""


@pytest.mark.django_db
def test_the_secret_of_a_private_link_is_not_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    """Neither by our line nor by Django's own about an answer that is no success."""
    caplog.set_level(logging.INFO)
    caplog.handler.addFilter(RequestIdFilter())
    secret = "x" * 42 + "_"
    client.get(f"/nulle-part/{secret}/facture/12.pdf")
    client.get(f"/nulle-part/{secret}")
    assert [vars(record)["path"] for record in caplog.records if "path" in vars(record)] == [
        "/nulle-part/•••/facture/12.pdf",
        "/nulle-part/•••",
    ]
    assert len(caplog.records) == 4
    assert secret not in "".join(record.getMessage() for record in caplog.records)


def test_probes_do_not_fill_the_log(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="cae_backoffice.core.requests")
    client.get("/healthz")
    assert caplog.records == []


def test_a_log_line_is_json_with_a_dated_level_and_no_request_object() -> None:
    formatter = logging.config.BaseConfigurator({}).resolve("pythonjsonlogger.json.JsonFormatter")
    formatters: Any = settings.LOGGING["formatters"]
    options = {key: value for key, value in formatters["json"].items() if key != "()"}
    record = logging.makeLogRecord(
        {"name": "django.request", "levelname": "WARNING", "levelno": 30, "msg": "Not Found: %s"}
    )
    record.args = ("/x",)
    record.request = "<WSGIRequest: GET '/x?nom=Martin'>"
    RequestIdFilter().filter(record)
    line = json.loads(formatter(**options).format(record))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+\+00:00", line.pop("timestamp"))
    assert line == {"level": "WARNING", "logger": "django.request", "message": "Not Found: /x", "request_id": ""}


def test_headers_of_every_answer(client: Client) -> None:
    response = client.get("/healthz")
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Permissions-Policy"] == "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
