"""Sending the convocation to those who have an e-mail address; the others get the letter."""

from datetime import datetime

from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string

from members.assemblies.models import Convocation
from members.assemblies.queries import agenda
from members.cooperative.queries import the_cooperative


@transaction.atomic
def send_convocation(*, convocation: Convocation, at: datetime) -> bool:
    """Write to one associate, once: sending again does nothing. Answers whether a message left.

    The message is handed over before `sent_at` is stored: a failure in between sends it twice rather than never.
    """
    convocation = (
        Convocation.objects.select_for_update(of=("self",)).select_related("person", "assembly").get(pk=convocation.pk)
    )
    if convocation.sent_at is not None or not convocation.person.email:
        return False
    assembly = convocation.assembly
    context = {
        "person": convocation.person,
        "assembly": assembly,
        "resolutions": agenda(assembly),
        "cooperative": the_cooperative(),
    }
    EmailMessage(
        subject=f"Convocation\u00a0: {assembly.get_kind_display().lower()} du {assembly.held_on:%d/%m/%Y}",
        body=render_to_string("members/assemblies/convocation.txt", context),
        to=[convocation.person.email],
    ).send()
    convocation.sent_at = at
    convocation.save(update_fields=["sent_at"])
    return True
