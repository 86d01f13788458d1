"""Handing over what waits, one file after the other, each committed."""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from invoicing.einvoicing.enums import LifecycleStatus, StatusSource, TransmissionKind, TransmissionState
from invoicing.einvoicing.models import DocumentStatus, Transmission
from invoicing.einvoicing.queries import last_status, message_of
from invoicing.einvoicing.rules import pause_after
from invoicing.einvoicing.services.channel import the_channel
from invoicing.einvoicing.services.no_platform import NoPlatform
from invoicing.einvoicing.services.port import Channel, ChannelError, FinalChannelError, Parcel
from invoicing.invoices.models import Invoice
from invoicing.rendering.status_message import write_status
from members.people.models import User

LEASE = timedelta(minutes=10)
"""How long an attempt may last before another worker takes the file over."""
MAX_ATTEMPTS = 12
MAX_ERROR = 500


def send_waiting(*, at: datetime, on: date, by: User) -> int:
    """Hand over everything whose time has come; how many were taken. Harmless when it runs twice or is killed.

    A status leaves after its document, and a document once its PDF is stored. Without a platform everything waits.
    """
    channel, sent = the_channel(), 0
    if isinstance(channel, NoPlatform):
        return 0
    for transmission in _due(at):
        sent += _hand_over(channel, transmission, at=at, on=on, by=by)
    return sent


def _due(at: datetime) -> Iterator[Transmission]:
    """Each transmission whose attempt has just begun, in order; other workers do not see it."""
    while True:
        with transaction.atomic():
            waiting = Transmission.objects.filter(state=TransmissionState.WAITING, next_try_at__lte=at)
            ready = Q(kind=TransmissionKind.INVOICE, invoice__file__isnull=False) | Q(
                kind=TransmissionKind.STATUS,
                invoice__transmissions__kind=TransmissionKind.INVOICE,
                invoice__transmissions__state__in=[TransmissionState.SENT, TransmissionState.ACKNOWLEDGED],
            )
            rows = waiting.filter(ready).select_related("invoice__file", "status").order_by("next_try_at", "pk")
            found = rows.select_for_update(of=("self",), skip_locked=True).first()
            if found is None:
                return
            found.attempts += 1
            found.next_try_at = at + LEASE
            found.save(update_fields=["attempts", "next_try_at"])
        yield found


def _hand_over(channel: Channel, transmission: Transmission, *, at: datetime, on: date, by: User) -> bool:
    try:
        parcel = _parcel(transmission)
        tracking = channel.submit(parcel)
    except ChannelError as error:
        _postpone(transmission, error, at)
        return False
    with transaction.atomic():
        changed = Transmission.objects.filter(pk=transmission.pk, state=TransmissionState.WAITING).update(
            state=TransmissionState.SENT,
            sha256=parcel.sha256,
            tracking=tracking[:100],
            sent_at=at,
            next_try_at=None,
            last_error="",
        )
        if changed and transmission.kind == TransmissionKind.INVOICE and not last_status(transmission.invoice):
            _say_deposited(transmission.invoice, tracking, on, by)
    return bool(changed)


def _postpone(transmission: Transmission, error: ChannelError, at: datetime) -> None:
    is_over = isinstance(error, FinalChannelError) or transmission.attempts >= MAX_ATTEMPTS
    Transmission.objects.filter(pk=transmission.pk, state=TransmissionState.WAITING).update(
        state=TransmissionState.STUCK if is_over else TransmissionState.WAITING,
        next_try_at=None if is_over else at + pause_after(transmission.attempts),
        last_error=str(error)[:MAX_ERROR],
    )


def _say_deposited(invoice: Invoice, tracking: str, on: date, by: User) -> None:
    DocumentStatus.objects.create(
        invoice=invoice,
        code=LifecycleStatus.DEPOSITED,
        source=StatusSource.OURS,
        reference=tracking[:64],
        happened_on=on,
        author=by,
    )


def _parcel(transmission: Transmission) -> Parcel:
    """The file: the stored PDF, which must still be what was issued, or the message of the status."""
    if transmission.status is not None:
        content, suffix = write_status(message_of(transmission.status)), f"-{transmission.status.pk}.xml"
        return _named(transmission.invoice, content, suffix)
    file = transmission.invoice.file
    try:
        with file.pdf.open() as opened:
            content = opened.read()
    except FileNotFoundError as error:
        raise FinalChannelError("Le PDF de ce document a disparu.") from error
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise FinalChannelError("Le PDF de ce document n’est plus celui qui a été émis\u00a0: son empreinte a changé.")
    return _named(transmission.invoice, content, ".pdf")


def _named(invoice: Invoice, content: bytes, suffix: str) -> Parcel:
    """The number and the beginning of the fingerprint make the name: the same bytes have the same name."""
    sha256 = hashlib.sha256(content).hexdigest()
    number = str(invoice.number).replace("/", "_")
    return Parcel(name=f"{number}-{sha256[:12]}{suffix}", content=content, sha256=sha256)
