"""The manager's way to the radar, and an associate's secret vote, as they do it: on a phone and on a desk."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from cae_backoffice.core.access import Role
from cae_backoffice.core.periods import add_months
from members.assemblies.enums import Presence, VotingMethod
from members.assemblies.models import Convocation, Signature, Tally
from members.assemblies.services import convene_assembly, mark_presence, open_vote
from members.contracts.enums import ContractKind
from tests.browser.test_entrepreneur import assert_fits, sign_in
from tests.members.factories import (
    PASSWORD,
    clerk,
    make_admission,
    make_assembly,
    make_contract,
    make_cooperative,
    make_person,
    make_resolution,
    make_statutes,
    make_user,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_who_must_be_admitted_in_two_clicks(page: Page) -> None:
    """From the home page to the radar, from the radar to the people whom the next assembly must admit."""
    make_cooperative()
    today = timezone.localdate()
    assembly = make_assembly(add_months(today, 6))
    for name, months in {"Alix": 3, "Bao": 7, "Cleo": 9}.items():
        make_contract(make_person(name, "Hue"), ContractKind.CESA, add_months(today, months - 36) + timedelta(days=3))
    sign_in(page, make_user(Role.MANAGER, email="resp@example.org", password=PASSWORD))
    main = page.locator("#main, main").first
    main.get_by_role("link", name="Radar des admissions").click()
    page.get_by_role("link", name=f"{assembly} 2").click()
    rows = page.locator("#result_list tbody tr")
    expect(rows).to_have_count(2)
    for i, name in enumerate(("Hue Bao", "Hue Cleo")):
        expect(rows.nth(i)).to_contain_text(name)
    assert_fits(page)


def test_an_associate_votes_in_secret(page: Page) -> None:
    """She chooses, the ballot is in the box, she does not vote again."""
    make_cooperative()
    make_statutes()
    user = make_user(Role.ENTREPRENEUR, email="camille@example.org", full_name="Camille Martin", password=PASSWORD)
    make_admission(make_person("Camille", "Martin", user=user))
    today = timezone.localdate()
    resolution = make_resolution(make_assembly(today), title="Élection de la gérante", method=VotingMethod.SECRET)
    sent_on = today - timedelta(days=20)
    convene_assembly(assembly=resolution.assembly, record_on=sent_on, convened_on=sent_on, by=clerk())
    mark_presence(convocation=Convocation.objects.get(), presence=Presence.REMOTE, by=clerk())
    open_vote(resolution=resolution, on=today, by=clerk())
    sign_in(page, user)
    page.goto("/mon-compte/")
    page.get_by_role("link", name="Assemblées").or_(page.get_by_role("link", name="Vos assemblées")).locator(
        "visible=true"
    ).first.click()
    page.get_by_role("link", name="Assemblée générale ordinaire").click()
    assert_fits(page)
    page.get_by_label("Contre").check()
    page.get_by_role("button", name="Mettre dans l’urne").click()
    expect(page.get_by_text("Vous avez voté.")).to_be_visible()
    expect(page.get_by_role("button", name="Mettre dans l’urne")).to_have_count(0)
    assert (Signature.objects.count(), Tally.objects.get().against) == (1, 1)
