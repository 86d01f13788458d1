"""Exports in the background: asked for, written once, with progress, or failed with a sentence."""

import hashlib
import re
from pathlib import Path
from unittest.mock import patch

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from cae_backoffice.core.access import Role
from cae_backoffice.core.audit import history_of
from cae_backoffice.core.errors import RefusalError
from invoicing.exports.enums import ExportState, FileEncoding
from invoicing.exports.models import ExportJob
from invoicing.exports.queries import entries
from invoicing.exports.services import request_fec, request_interim_fec, restart_export, run_export
from invoicing.exports.services import sink as sinks
from invoicing.exports.tasks import write_export
from invoicing.ledger.models import FiscalYear
from members.cooperative.models import Cooperative
from tests.invoicing.exports.books import open_year, post, post_draft
from tests.invoicing.factories import accountant
from tests.members.factories import make_cooperative, make_user


@pytest.fixture
def year(cooperative: Cooperative) -> FiscalYear:
    return open_year()


def ask(year: FiscalYear) -> ExportJob:
    return request_fec(year=year, encoding=FileEncoding.UTF_8, by=accountant())


def stored() -> set[Path]:
    """Every exported file in the media folder."""
    return set((Path(str(settings.MEDIA_ROOT)) / "exports").rglob("*.*"))


@pytest.mark.django_db
def test_a_fec_is_asked_for_then_written(year: FiscalYear) -> None:
    post()
    job = ask(year)
    assert (job.state, job.lines_total, job.percent) == (ExportState.WAITING, 2, 0)
    queued = ProcrastinateJob.objects.get(task_name="invoicing.write_export")
    assert queued.args == {"job_id": job.pk, "user_id": accountant().pk}
    write_export(job.pk, accountant().pk)
    job.refresh_from_db()
    with job.file.open("rb") as file:
        data = file.read()
    assert data.count(b"\n") == 3
    assert (job.state, job.sha256, job.size, job.lines_done) == (
        ExportState.DONE,
        hashlib.sha256(data).hexdigest(),
        len(data),
        2,
    )
    assert job.file_name == "912345675FEC20261231.txt"
    assert re.fullmatch(r"exports/\d{4}/\d{2}/[0-9a-f]{32}\.txt", job.file.name or "")
    assert f"Empreinte SHA-256 : {job.sha256}" in job.description
    assert job.started_at is not None
    assert job.finished_at is not None
    assert [event.action for event in history_of(job)] == ["exportjob.exported", "exportjob.requested"]


@pytest.mark.django_db
def test_written_twice_is_written_once(year: FiscalYear) -> None:
    job = run_export(job=ask(year), by=accountant())
    files = stored()
    again = run_export(job=job, by=accountant())
    assert (again.file.name, stored()) == (job.file.name, files)


@pytest.mark.django_db
def test_drafts_and_strangers_are_refused_and_leave_no_job(year: FiscalYear) -> None:
    post_draft()
    with pytest.raises(RefusalError, match="Il reste 1 écriture"):
        ask(year)
    with pytest.raises(RefusalError, match="Seules les personnes qui tiennent les livres"):
        request_interim_fec(year=year, encoding=FileEncoding.UTF_8, by=make_user(Role.MANAGER))
    assert not ExportJob.objects.exists()
    assert not ProcrastinateJob.objects.filter(task_name="invoicing.write_export").exists()
    job = request_interim_fec(year=year, encoding=FileEncoding.ISO_8859_15, by=accountant())
    job = run_export(job=job, by=accountant())
    assert job.warning == "Fichier provisoire\u00a0: 1 écriture(s) en brouillard n’y figurent pas."
    assert "ISO 8859-15" in job.description


@pytest.mark.django_db
def test_a_refusal_on_the_way_is_the_error_of_the_job_and_it_can_start_again(year: FiscalYear) -> None:
    job = ask(year)
    draft = post_draft()
    before = stored()
    job = run_export(job=job, by=accountant())
    assert (job.state, job.file.name, stored()) == (ExportState.FAILED, "", before)
    assert job.error.startswith("Il reste 1 écriture")
    draft.delete()
    restart_export(job=job, by=accountant())
    job = run_export(job=job, by=accountant())
    assert (job.state, job.error) == (ExportState.DONE, "")
    with pytest.raises(RefusalError, match="Cet export est terminé"):
        restart_export(job=job, by=accountant())
    actions = [event.action.partition(".")[2] for event in history_of(job)]
    assert actions == ["exported", "restarted", "failed", "requested"]


@pytest.mark.django_db
def test_anything_else_fails_with_a_sentence_and_leaves_no_file(year: FiscalYear) -> None:
    job = ask(year)
    before = stored()
    broken = "invoicing.exports.services.run_export.audit.record"
    with patch(broken, side_effect=[OSError("disque plein"), None]), pytest.raises(OSError, match="disque plein"):
        run_export(job=job, by=accountant())
    job.refresh_from_db()
    assert (job.state, stored()) == (ExportState.FAILED, before)
    assert job.error.startswith("L’export s’est arrêté pour une raison technique")


@pytest.mark.django_db
def test_a_file_that_stands_never_changes(year: FiscalYear) -> None:
    job = run_export(job=ask(year), by=accountant())
    for act in (lambda: ExportJob.objects.update(sha256="0" * 64), job.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


@pytest.mark.django_db
def test_a_state_without_what_it_needs_is_refused_by_the_database(year: FiscalYear) -> None:
    ask(year)
    for wrong in ({"state": ExportState.DONE}, {"state": ExportState.FAILED}, {"error": "x"}, {"fiscal_year": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ExportJob.objects.update(**wrong)


@pytest.mark.django_db(transaction=True)
def test_others_see_the_progress_while_it_is_written() -> None:
    make_cooperative()
    year = open_year()
    for _ in range(3):
        post()
    job = ask(year)
    seen = []
    write = sinks.Sink.write

    def spy(self: sinks.Sink, data: bytes, *, lines: int) -> None:
        write(self, data, lines=lines)
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SELECT state, lines_done FROM invoicing_exportjob")
            seen.append(cursor.fetchone())
        other.close()

    steps = patch.object(entries, "ROWS_AT_ONCE", 2), patch.object(sinks, "TOLD_EVERY", 4)
    with steps[0], steps[1], patch.object(sinks.Sink, "write", spy):
        run_export(job=job, by=accountant())
    assert seen[0] == ("RUNNING", 0)
    assert seen[-1] == ("RUNNING", 4)
    assert ExportJob.objects.get().lines_done == 6
