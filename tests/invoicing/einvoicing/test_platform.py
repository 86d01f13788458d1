"""What goes to the platform: written with the document, handed over once, tried again, stuck with a reason."""

import hashlib
import os
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cae_backoffice import environment
from cae_backoffice.core.access import Role
from cae_backoffice.core.errors import RefusalError
from invoicing.customers.enums import CustomerKind
from invoicing.einvoicing.enums import TransmissionState as State
from invoicing.einvoicing.models import DocumentStatus, Transmission
from invoicing.einvoicing.rules import pause_after
from invoicing.einvoicing.services import (
    check_channel,
    give_up_transmission,
    retry_transmission,
    send_waiting,
    the_channel,
)
from invoicing.einvoicing.services.file_drop import FileDrop
from invoicing.einvoicing.services.port import Channel, ChannelError, FinalChannelError, Parcel
from invoicing.invoices.models import Invoice
from invoicing.invoices.services import issue_invoice, store_pdf
from invoicing.rendering.facturx import embedded_xml
from invoicing.rendering.status_message import read_statuses
from tests.invoicing.factories import (
    accountant,
    make_approved,
    make_customer,
    make_issued,
    make_line,
    make_selling_activity,
)
from tests.invoicing.payments.books import receive
from tests.members.factories import make_user

ON = date(2026, 11, 20)
CHANNEL = "tests.invoicing.einvoicing.test_platform."


class DeafChannel(FileDrop):
    """A platform that does not answer."""

    def submit(self, _parcel: Parcel) -> str:
        raise ChannelError("La plateforme ne répond pas.")


class StrictChannel(FileDrop):
    """A platform that never takes such a file."""

    def submit(self, _parcel: Parcel) -> str:
        raise FinalChannelError("La plateforme refuse ce fichier.")


@pytest.fixture(autouse=True)
def _exchange(settings: Any, tmp_path: Path) -> None:  # noqa: ANN401
    settings.PLATFORM_CHANNEL = "files"
    settings.PLATFORM_DIRECTORY = str(tmp_path / "exchange")


def send(*, after: timedelta = timedelta()) -> int:
    """What the job does, so long from now."""
    return send_waiting(at=timezone.now() + timedelta(minutes=1) + after, on=ON, by=accountant())


def outgoing(tmp_path: Path) -> list[Path]:
    """The files that were handed over, hidden ones too, without their checksums."""
    return sorted(path for path in (tmp_path / "exchange" / "out").iterdir() if path.suffix != ".sha256")


def issued_with_pdf() -> Invoice:
    """An invoice to a company, its PDF stored."""
    invoice = make_issued()
    store_pdf(invoice=invoice, by=accountant())
    return invoice


@pytest.mark.django_db
def test_only_what_the_reform_sends_is_queued_and_with_the_document() -> None:
    activity = make_selling_activity()
    company = make_issued(activity)
    make_issued(activity, customer=make_customer(activity, CustomerKind.CONSUMER))
    abroad = make_customer(activity, siren="", vat_number="DE123456789", country="DE")
    make_issued(activity, customer=abroad, lines=[make_line(code="UE-SERVICES")])
    public = make_issued(activity, customer=make_customer(activity, CustomerKind.PUBLIC))
    assert list(Transmission.objects.order_by("pk").values_list("invoice", "kind", "state")) == [
        (company.pk, "INVOICE", "WAITING"),
        (public.pk, "INVOICE", "WAITING"),
    ]
    approved = make_approved(activity)
    with transaction.atomic():
        issue_invoice(invoice=approved, by=accountant(), on=date(2026, 11, 2))
        transaction.set_rollback(True)
    assert Transmission.objects.count() == 2


@pytest.mark.django_db
def test_the_stored_file_is_handed_over_whole_beside_its_checksum(tmp_path: Path) -> None:
    invoice = issued_with_pdf()
    assert send() == 1
    (path,) = outgoing(tmp_path)
    sent = Transmission.objects.get()
    with invoice.file.pdf.open() as file:
        assert path.read_bytes() == file.read()
    assert path.name == f"{invoice.number}-{invoice.file.sha256[:12]}.pdf"
    assert (path.parent / f"{path.name}.sha256").read_text() == f"{invoice.file.sha256}  {path.name}\n"
    assert embedded_xml(path.read_bytes())
    assert (sent.state, sent.sha256, sent.tracking, sent.attempts) == ("SENT", invoice.file.sha256, path.name, 1)
    status = DocumentStatus.objects.get()
    assert (status.invoice, status.code, status.source, status.reference) == (invoice, "200", "OURS", path.name)
    assert send(after=timedelta(days=1)) == 0


@pytest.mark.django_db
def test_a_document_waits_for_its_pdf_and_a_status_for_its_document(tmp_path: Path) -> None:
    invoice = make_issued()
    receive(invoice.customer, "840", (invoice, "840"))
    assert send() == 0
    store_pdf(invoice=invoice, by=accountant())
    assert send() == 2
    pdf, xml = sorted(outgoing(tmp_path), key=lambda path: path.suffix)
    (status,) = read_statuses(xml.read_bytes())
    assert (status.number, status.code, status.happened_on) == (invoice.number, "212", date(2026, 11, 20))
    assert b'<ram:ValueAmount currencyID="EUR">840.00</ram:ValueAmount>' in xml.read_bytes()
    assert b"<ram:ValuePercent>20.00</ram:ValuePercent>" in xml.read_bytes()
    assert hashlib.sha256(xml.read_bytes()).hexdigest() == Transmission.objects.get(kind="STATUS").sha256
    assert pdf.suffix == ".pdf"


@pytest.mark.django_db
def test_what_is_not_taken_is_tried_again_later_each_time_and_then_stuck(settings: Any, tmp_path: Path) -> None:  # noqa: ANN401
    settings.PLATFORM_CHANNEL = f"{CHANNEL}DeafChannel"
    issued_with_pdf()
    at = timezone.now() + timedelta(minutes=1)
    for attempt in range(1, 12):
        assert send_waiting(at=at, on=ON, by=accountant()) == 0
        row = Transmission.objects.get()
        assert (row.state, row.attempts, row.next_try_at) == ("WAITING", attempt, at + pause_after(attempt))
        assert send_waiting(at=at + pause_after(attempt) - timedelta(seconds=1), on=ON, by=accountant()) == 0
        assert Transmission.objects.get().attempts == attempt
        at += pause_after(attempt)
    send_waiting(at=at, on=ON, by=accountant())
    row = Transmission.objects.get()
    assert (row.state, row.last_error, row.next_try_at) == ("STUCK", "La plateforme ne répond pas.", None)
    settings.PLATFORM_CHANNEL = "files"
    assert send(after=timedelta(days=30)) == 0
    retry_transmission(transmission=row, by=accountant(), at=at)
    assert send_waiting(at=at, on=ON, by=accountant()) == 1
    assert len(outgoing(tmp_path)) == 1


def test_pauses_grow_up_to_four_hours() -> None:
    assert [pause_after(n).seconds // 60 for n in (1, 2, 3, 8, 9, 12)] == [1, 2, 4, 128, 240, 240]


@pytest.mark.django_db
def test_what_is_refused_for_good_is_stuck_at_once_and_may_be_given_up(settings: Any) -> None:  # noqa: ANN401
    settings.PLATFORM_CHANNEL = f"{CHANNEL}StrictChannel"
    issued_with_pdf()
    send()
    row = Transmission.objects.get()
    assert (row.state, row.last_error, row.attempts) == ("STUCK", "La plateforme refuse ce fichier.", 1)
    with pytest.raises(RefusalError, match="Indiquez pourquoi"):
        give_up_transmission(transmission=row, reason=" ", by=accountant())
    with pytest.raises(RefusalError, match="comptabilité"):
        give_up_transmission(transmission=row, reason="Déposée à la main", by=make_user(Role.MANAGER))
    assert Transmission.objects.get().state == State.STUCK
    done = give_up_transmission(transmission=row, reason="Déposée à la main", by=accountant())
    assert (done.state, done.last_error) == ("FAILED", "Abandonnée\u00a0: Déposée à la main")


@pytest.mark.django_db
def test_another_file_than_the_one_issued_never_leaves(tmp_path: Path) -> None:
    invoice = issued_with_pdf()
    Path(invoice.file.pdf.path).write_bytes(b"%PDF-1.7 something else")
    assert send() == 0
    row = Transmission.objects.get()
    assert (row.state, "empreinte" in row.last_error) == ("STUCK", True)
    assert not (tmp_path / "exchange" / "out").exists()
    assert not DocumentStatus.objects.exists()


@pytest.mark.django_db
def test_without_platform_everything_waits_untouched(settings: Any) -> None:  # noqa: ANN401
    settings.PLATFORM_CHANNEL = "none"
    issued_with_pdf()
    assert send() == 0
    assert Transmission.objects.values_list("state", "attempts").get() == ("WAITING", 0)
    channel: Channel = the_channel()
    assert (channel.poll(), channel.fetch(), channel.look_up("123").is_known) == ((), (), None)


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_loses_nothing_and_sends_nothing_twice(tmp_path: Path) -> None:
    """A real process, killed while the platform holds half of the file; another worker hands it over later."""
    invoice = issued_with_pdf()
    code = (
        "import django; django.setup()\n"
        "from datetime import date, timedelta\n"
        "from django.utils import timezone\n"
        "from invoicing.einvoicing.services import send_waiting\n"
        "from members.people.services import automaton\n"
        "send_waiting(at=timezone.now() + timedelta(minutes=1), on=date(2026, 11, 20), by=automaton())\n"
    )
    worker = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=environment.BASE_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "cae_backoffice.settings",
            "DATABASE_URL": database_url(),
            "PLATFORM_CHANNEL": "tests.invoicing.einvoicing.stalling.StallingDrop",
            "PLATFORM_DIRECTORY": str(tmp_path / "exchange"),
        },
    )
    try:
        deadline = time.monotonic() + 120
        while not (tmp_path / "exchange" / "begun").exists():
            assert worker.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        worker.kill()
        worker.wait()
    assert Transmission.objects.values_list("state", "attempts").get() == ("WAITING", 1)
    assert send() == 0
    assert send(after=timedelta(hours=1)) == 1
    assert [path.name for path in outgoing(tmp_path) if not path.name.startswith(".")] == [
        f"{invoice.number}-{invoice.file.sha256[:12]}.pdf"
    ]
    assert Transmission.objects.values_list("state", "attempts").get() == ("SENT", 2)
    assert DocumentStatus.objects.filter(code="200").count() == 1


def database_url() -> str:
    """The tests' database, as another process names it."""
    database = connection.settings_dict
    host = database["HOST"] or database["OPTIONS"].get("host", "")
    address = f"{host}:{database['PORT']}" if database["HOST"] else ""
    login = f"{database['USER']}:{database['PASSWORD']}@{address}"
    return f"postgres://{login}/{database['NAME']}" + ("" if database["HOST"] else f"?host={host}")


@pytest.mark.parametrize(
    ("channel", "directory", "sentence"),
    [
        ("pigeon", "/srv/x", "PLATFORM_CHANNEL is “pigeon”: it must be “files”, “none” or the path"),
        ("pathlib.Path", "/srv/x", "which is no channel: it lacks one of submit"),
        ("files", "relative/folder", "PLATFORM_DIRECTORY is “relative/folder”: it must be an absolute path"),
        ("files", __file__, "which is no directory"),
    ],
)
def test_wrong_settings_are_said(settings: Any, channel: str, directory: str, sentence: str) -> None:  # noqa: ANN401
    settings.PLATFORM_CHANNEL, settings.PLATFORM_DIRECTORY = channel, directory
    (error,) = check_channel()
    assert sentence in error.msg


def test_right_settings_are_silent(settings: Any) -> None:  # noqa: ANN401
    for name in ("files", "none", f"{CHANNEL}DeafChannel"):
        settings.PLATFORM_CHANNEL = name
        assert check_channel() == []


@pytest.mark.django_db
def test_the_accountant_sees_what_is_stuck_and_why_and_acts(settings: Any) -> None:  # noqa: ANN401
    settings.PLATFORM_CHANNEL = f"{CHANNEL}StrictChannel"
    issued_with_pdf()
    send()
    row = Transmission.objects.get()
    client, base = Client(), "/gestion/invoicing/transmission/"
    acts = [reverse(f"admin:invoicing_transmission_{name}", args=[row.pk]) for name in ("retry", "give_up")]
    client.force_login(accountant())
    assert "La plateforme refuse ce fichier." in client.get(f"{base}?state__exact=STUCK").content.decode()
    page = client.get(f"{base}{row.pk}/change/").content.decode()
    assert "Réessayer" in page
    assert "Abandonner" in page
    assert client.post(acts[0], follow=True).status_code == 200
    assert Transmission.objects.get().state == State.WAITING
    client.post(acts[1], {"reason": "Déposée à la main"}, follow=True)
    assert Transmission.objects.get().state == State.FAILED
