"""Background jobs of assemblies."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from members.assemblies.models import Convocation
from members.assemblies.services import send_convocation
from members.assemblies.services.convene import SEND_TASK


@app.task(name=SEND_TASK, retry=RetryStrategy(max_attempts=12, exponential_wait=2))
def send_convocations(assembly_id: int) -> None:
    """Send the convocations that have not left yet, one transaction each; run again, it goes on where it stopped."""
    for convocation in Convocation.objects.filter(assembly_id=assembly_id, sent_at=None).exclude(person__email=""):
        send_convocation(convocation=convocation, at=timezone.now())
