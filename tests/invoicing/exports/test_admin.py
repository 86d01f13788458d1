"""The staff's pages of the exports: asking, watching, downloading; who enters; how many queries."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cae_backoffice.core.access import Role
from invoicing.exports.enums import ExportState, FileEncoding
from invoicing.exports.models import ExportJob
from invoicing.exports.services import request_fec, run_export
from invoicing.ledger.models import FiscalYear
from members.cooperative.models import Cooperative
from tests.conftest import signed_in
from tests.invoicing.exports.books import open_year, post, post_draft
from tests.invoicing.factories import accountant
from tests.members.factories import make_user

pytestmark = pytest.mark.django_db
LIST = "admin:invoicing_exportjob_changelist"


@pytest.fixture
def client() -> Client:
    """The accountant's browser."""
    return signed_in(accountant())


@pytest.fixture
def year(cooperative: Cooperative) -> FiscalYear:
    return open_year()


def page_of(job: ExportJob, act: str = "change") -> str:
    return reverse(f"admin:invoicing_exportjob_{act}", args=[job.pk])


def test_a_fec_is_asked_for_watched_and_downloaded(client: Client, year: FiscalYear) -> None:
    post()
    form = {"fiscal_year": year.pk, "encoding": "UTF-8"}
    asked = client.post(reverse("admin:invoicing_exportjob_ask_fec"), form)
    job = ExportJob.objects.get()
    assert asked.headers["Location"] == page_of(job)
    waiting = client.get(page_of(job))
    assert waiting.headers["Refresh"] == "2"
    assert "0 sur 2" in waiting.content.decode()
    assert "Télécharger" not in waiting.content.decode()
    assert client.get(page_of(job, "download")).status_code == 404
    assert client.get(page_of(job, "describe")).status_code == 404
    job = run_export(job=job, by=accountant())
    done = client.get(page_of(job))
    assert "Refresh" not in done.headers
    assert job.sha256 in done.content.decode()
    assert "l’exercice n’est pas clôturé" in done.content.decode()
    download = client.get(page_of(job, "download"))
    assert download.headers["Content-Disposition"] == 'attachment; filename="912345675FEC20261231.txt"'
    assert b"".join(download.streaming_content).startswith(b"JournalCode\tJournalLib\t")  # type: ignore[attr-defined]
    description = client.get(page_of(job, "describe"))
    assert description.headers["Content-Disposition"].endswith('"912345675FEC20261231-description.txt"')
    assert "18. Idevise" in description.content.decode()


def test_drafts_are_said_in_the_form_and_an_interim_file_can_be_had(client: Client, year: FiscalYear) -> None:
    post_draft()
    url, form = reverse("admin:invoicing_exportjob_ask_fec"), {"fiscal_year": year.pk, "encoding": "UTF-8"}
    refused = client.post(url, form)
    assert "Il reste 1 écriture(s) en brouillard" in refused.content.decode()
    assert not ExportJob.objects.exists()
    assert client.post(url, form | {"with_drafts": "on"}).status_code == 302
    assert ExportJob.objects.get().with_drafts


def test_a_failed_export_says_why_and_starts_again(client: Client, year: FiscalYear) -> None:
    job = request_fec(year=year, encoding=FileEncoding.UTF_8, by=accountant())
    post_draft()
    job = run_export(job=job, by=accountant())
    text = client.get(page_of(job)).content.decode()
    assert "L’export a échoué." in text
    assert "Il reste 1 écriture" in text
    assert client.post(page_of(job, "restart")).status_code == 302
    job.refresh_from_db()
    assert job.state == ExportState.WAITING


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ADVISER, Role.ADMINISTRATOR, Role.ENTREPRENEUR])
def test_only_those_who_read_the_books_enter(role: Role, year: FiscalYear) -> None:
    job = run_export(job=request_fec(year=year, encoding=FileEncoding.UTF_8, by=accountant()), by=accountant())
    stranger = signed_in(make_user(role))
    for url in (reverse(LIST), page_of(job), page_of(job, "download"), page_of(job, "describe")):
        assert stranger.get(url).status_code in {403, 404}


def test_the_list_takes_as_many_queries_for_three_as_for_one(client: Client, year: FiscalYear) -> None:
    for jobs in (1, 3):
        while ExportJob.objects.count() < jobs:
            request_fec(year=year, encoding=FileEncoding.UTF_8, by=accountant())
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(LIST)).status_code == 200
        assert len(queries) == 6
