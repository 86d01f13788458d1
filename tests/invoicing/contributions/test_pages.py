"""The pages: editing a rule with its example, asking for a run, previewing, replaying, reading one's statements."""

import io
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from invoicing.contributions.models import ContributionRule, ContributionRun, ContributionStatement, ContributionWaiver
from invoicing.contributions.rules.rule_file import read_rule
from invoicing.contributions.services import propose_rule
from tests.conftest import signed_in
from tests.invoicing.contributions.books import (
    FEBRUARY,
    JANUARY,
    activity_under,
    adopted_example,
    billed,
    run,
    statement_of,
)
from tests.invoicing.contributions.samples import RULES
from tests.invoicing.factories import accountant, entrepreneur_of
from tests.invoicing.rendering.reading import text_of
from tests.members.factories import make_cooperative

pytestmark = pytest.mark.django_db
TIERS = (RULES / "tranches-encaissees.toml").read_text()
FIGURES = {
    "exemple-contract": "CESA",
    "exemple-invoiced": "0",
    "exemple-collected": "20 000,00",
    "exemple-purchases": "",
    "exemple-internal": "",
}


@pytest.fixture
def staff() -> Client:
    """The accountant's browser."""
    make_cooperative()
    return signed_in(accountant())


def test_a_rule_is_proposed_from_its_text_and_from_a_file(staff: Client) -> None:
    url = reverse("admin:invoicing_contributionrule_add")
    assert staff.post(url, {"toml": TIERS}).status_code == 302
    two = TIERS + TIERS[TIERS.index("\n[[versions]]") :].replace("2026", "2027")
    two = two.replace("valid_from = 2026-01-01", "valid_from = 2026-01-01\nvalid_to = 2026-12-31")
    assert staff.post(url, {"toml": "", "file": SimpleUploadedFile("r.toml", two.encode())}).status_code == 302
    starts = ContributionRule.objects.order_by("pk").values_list("valid_from", flat=True)
    assert list(starts) == [date(2026, 1, 1), date(2026, 1, 1), date(2027, 1, 1)]
    refused = staff.post(url, {"toml": TIERS.replace("rate = 10", "rate = -10")})
    assert "règle, ligne 18, clé versions" in refused.content.decode()
    assert ContributionRule.objects.count() == 3


def test_a_proposal_is_changed_adopted_and_exported_as_it_was_voted(staff: Client) -> None:
    (stored,) = propose_rule(toml=TIERS, by=accountant())
    page = reverse("admin:invoicing_contributionrule_change", args=[stored.pk])
    changed = TIERS.replace("rate = 6", "rate = 5")
    assert staff.post(page, {"toml": changed}).status_code == 302
    adopt = reverse("admin:invoicing_contributionrule_adopt", args=[stored.pk])
    assert staff.post(adopt).status_code == 302
    stored.refresh_from_db()
    assert (stored.state, stored.toml.strip(), stored.adopted_by) == ("IN_FORCE", changed.strip(), accountant())
    assert staff.post(page, {"toml": TIERS}).status_code == 403
    exported = staff.get(reverse("admin:invoicing_contributionrule_export", args=[stored.pk])).content
    assert read_rule(exported, file="x") == read_rule(changed.encode(), file="x")
    whole = staff.get(reverse("admin:invoicing_contributionrule_export_in_force")).content
    assert read_rule(whole, file="x").versions == read_rule(changed.encode(), file="x").versions


def test_the_example_follows_what_is_typed(staff: Client) -> None:
    url = reverse("admin:invoicing_contributionrule_example")
    shown = staff.post(url, FIGURES | {"toml": TIERS}).content.decode()
    assert "10\u00a0% de 15\u202f000,00\u00a0€" in shown
    assert "8\u00a0% de 5\u202f000,00\u00a0€" in shown
    assert "1\u202f900,00\u00a0€" in shown  # February: 10 % × 15 000 + 8 % × 5 000
    problems = staff.post(url, FIGURES | {"toml": TIERS.replace("to = 35000", "to = 3")}).content.decode()
    assert "une tranche commence à 3,00\u00a0€" in problems
    assert ContributionRule.objects.count() == 0


def test_a_run_is_asked_for_and_shown_with_its_progress(staff: Client) -> None:
    adopted_example("taux-hors-echanges")
    billed(activity_under(), "100", date(2026, 1, 5))
    answer = staff.post(reverse("admin:invoicing_contributionrun_add"), {"month": "2026-01"})
    asked = ContributionRun.objects.get()
    assert answer.headers["Location"] == reverse("admin:invoicing_contributionrun_change", args=[asked.pk])
    assert 'data-waiting="true"' in staff.get(answer.headers["Location"]).content.decode()
    staff.post(reverse("admin:invoicing_contributionrun_give_up", args=[asked.pk]))
    asked.refresh_from_db()
    assert (asked.state, asked.failure) == ("FAILED", "Abandonné avant la fin.")
    refused = staff.post(reverse("admin:invoicing_contributionrun_add"), {"month": "2025-12"})
    assert "Aucune version de la règle n’est en vigueur en 12/2025" in refused.content.decode()
    assert ContributionRun.objects.count() == 1


def test_a_preview_writes_nothing_and_says_what_stands_in_the_way(staff: Client) -> None:
    adopted_example("taux-hors-echanges")
    activity = activity_under()
    billed(activity, "1000", date(2026, 2, 5))
    run(JANUARY)
    shown = staff.get(reverse("contribution-preview"), {"month": "2026-02"}).content.decode()
    assert activity.code in shown
    assert "115,00" in shown
    blocked = staff.get(reverse("contribution-preview"), {"month": "2026-03"}).content.decode()
    assert "Calculez d’abord février 2026" in blocked
    assert ContributionRun.objects.count() == 1


def test_a_run_is_taken_back_from_its_page(staff: Client) -> None:
    adopted_example("taux-hors-echanges")
    billed(activity_under(), "100", date(2026, 1, 5))
    posted = run(JANUARY)
    url = reverse("admin:invoicing_contributionrun_reverse", args=[posted.pk])
    assert staff.post(url, {"reason": "Facture oubliée"}).status_code == 302
    posted.refresh_from_db()
    assert (posted.state, posted.reversed_by) == ("REVERSED", accountant())


def test_a_replay_is_shown_and_exported(staff: Client) -> None:
    adopted_example("minimum-par-contrat")
    activity = activity_under()
    billed(activity, "1000", date(2026, 1, 5))
    (stored,) = propose_rule(toml=(RULES / "taux-hors-echanges.toml").read_text(), by=accountant())
    query: dict[str, str | int] = {"rule": stored.pk, "first_month": "2026-01", "last_month": "2026-01"}
    shown = staff.get(reverse("contribution-replay"), query).content.decode()
    assert "Paieraient plus" in shown
    assert "de 0\u00a0€ à 100\u00a0€" in shown
    workbook = staff.get(reverse("contribution-replay"), query | {"format": "xlsx"}).getvalue()
    rows = list(openpyxl.load_workbook(io.BytesIO(workbook)).active.values)
    assert rows[1:] == [(activity.name, activity.code, 100, 115, 15), ("Total", None, 100, 115, 15)]


def test_a_waiver_is_recorded_from_its_page(staff: Client) -> None:
    activity = activity_under()
    typed = {
        "activity": activity.pk,
        "person": "",
        "starts_on": "01/01/2026",
        "ends_on": "",
        "part": "fee",
        "code": "",
        "decision": "CA du 05/02/2026",
    }
    assert staff.post(reverse("admin:invoicing_contributionwaiver_add"), typed).status_code == 302
    waiver = ContributionWaiver.objects.get()
    assert (waiver.activity, waiver.part, waiver.decision) == (activity, "fee", "CA du 05/02/2026")


def test_an_entrepreneur_reads_and_downloads_only_what_is_theirs() -> None:
    make_cooperative()
    adopted_example("forfait-et-marge")
    activity, other = activity_under(), activity_under()
    billed(activity, "1000", date(2026, 1, 5))
    run(JANUARY)
    mine, theirs = statement_of(activity, JANUARY), statement_of(other, JANUARY)
    browser = signed_in(entrepreneur_of(activity))
    assert "165,00\u00a0€" in browser.get(reverse("contributionstatement-list")).content.decode()
    page = browser.get(reverse("contributionstatement-detail", args=[mine.pk])).content.decode()
    assert "Forfait du mois\u00a0: 30,00\u00a0€" in page
    pdf = browser.get(reverse("contributionstatement-pdf", args=[mine.pk]))
    assert pdf.headers["Content-Disposition"] == f'inline; filename="contribution-2026-01-{activity.code}.pdf"'
    text = text_of(pdf.content)
    assert "Votre contribution" in text
    assert "165,00" in text
    for name in ("detail", "pdf"):
        assert browser.get(reverse(f"contributionstatement-{name}", args=[theirs.pk])).status_code == 404


def test_lists_take_as_many_queries_for_three_as_for_one(staff: Client) -> None:
    adopted_example("forfait-et-marge")
    activity = activity_under()
    run(JANUARY)
    browser = signed_in(entrepreneur_of(activity))
    own, all_of_them = (
        reverse("contributionstatement-list"),
        reverse("admin:invoicing_contributionstatement_changelist"),
    )
    counts = [(queries(browser, own), queries(staff, all_of_them))]
    run(FEBRUARY)
    run(date(2026, 3, 1))
    counts.append((queries(browser, own), queries(staff, all_of_them)))
    assert ContributionStatement.objects.count() == 3
    assert counts[0] == counts[1]


def queries(browser: Client, url: str) -> int:
    """How many queries a page takes."""
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(url).status_code == 200
    return len(captured)
