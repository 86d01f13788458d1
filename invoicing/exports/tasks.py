"""Background jobs of the exports."""

from procrastinate.contrib.django import app

from invoicing.exports.models import ExportJob
from invoicing.exports.services import run_export
from invoicing.exports.services.request_export import EXPORT_TASK
from members.people.models import User


@app.task(name=EXPORT_TASK)
def write_export(job_id: int, user_id: int) -> None:
    """Write the file of an export, in the name of the person who asked for it."""
    run_export(job=ExportJob.objects.select_related("fiscal_year").get(pk=job_id), by=User.objects.get(pk=user_id))
