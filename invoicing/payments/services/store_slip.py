"""Rendering and keeping the slip of a remittance."""

import hashlib
import uuid

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import NO_BREAK_SPACE
from invoicing.payments.models import ChequeRemittance, RemittanceSlip
from invoicing.rendering import wording
from invoicing.rendering.colours import accent
from invoicing.rendering.pdf import render_page
from members.cooperative.queries import the_cooperative
from members.people.models import User


def store_slip(*, remittance: ChequeRemittance, by: User) -> RemittanceSlip:
    """The slip of a remittance, rendered the first time and the same bytes ever after; outside any transaction."""
    stored = RemittanceSlip.objects.filter(remittance=remittance).first()
    if stored:
        return stored
    pdf = _render(remittance)
    name = default_storage.save(f"documents/{remittance.remitted_on:%Y/%m}/{uuid.uuid4().hex}.pdf", ContentFile(pdf))
    try:
        return _record(remittance, name, pdf, by)
    except IntegrityError:
        default_storage.delete(name)
        return RemittanceSlip.objects.get(remittance=remittance)
    except BaseException:
        default_storage.delete(name)
        raise


def _render(remittance: ChequeRemittance) -> bytes:
    cooperative = the_cooperative()
    if cooperative is None:
        raise RefusalError("La coopérative n’est pas encore configurée.")
    cheques = list(remittance.receipts.order_by("pk"))
    context = {
        "remittance": remittance,
        "cheques": cheques,
        "cooperative": cooperative,
        "siren": wording.grouped(cooperative.siren, wording.SIREN_GROUPS),
        "iban": wording.grouped(cooperative.iban, wording.IBAN_GROUPS),
        "town": f"{cooperative.postcode}{NO_BREAK_SPACE}{cooperative.city}",
        "accent": accent(cooperative.colour),
    }
    return render_page("documents/remittance.html", "remittance.css", context, identifier=remittance.number)


@transaction.atomic
def _record(remittance: ChequeRemittance, name: str, pdf: bytes, by: User) -> RemittanceSlip:
    slip = RemittanceSlip.objects.create(
        remittance=remittance, pdf=name, sha256=hashlib.sha256(pdf).hexdigest(), size=len(pdf)
    )
    changes = {"sha256": slip.sha256, "octets": slip.size}
    audit.record(by=by, action="chequeremittance.rendered", subject=remittance, changes=changes)
    return slip
