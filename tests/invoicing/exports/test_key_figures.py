"""The key figures of a year, their file, and what a federation makes of many."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from cae_backoffice.core.access import Role
from cae_backoffice.core.money import ZERO
from invoicing.exports.queries.key_figures import key_figures
from invoicing.exports.rules.key_figures import (
    PEOPLE,
    KeyFigures,
    KeyFiguresError,
    SectorFigures,
    from_json,
    hide_small,
    merge,
    merged_to_json,
    to_json,
)
from invoicing.ledger.enums import JournalCode
from invoicing.ledger.rules import EntryDraft, LineDraft
from invoicing.ledger.services import post_entry
from members.activities.enums import Sector
from members.contracts.enums import ContractKind
from members.people.enums import Gender
from tests.invoicing.factories import accountant, open_books
from tests.members.factories import (
    make_activity,
    make_admission,
    make_contract,
    make_cooperative,
    make_person,
    make_user,
)

amounts = st.integers(-10_000, 10**11).map(lambda cents: Decimal(cents) / 100)
numbers = st.integers(0, 400)
figures = st.builds(
    KeyFigures,
    year=st.just(2025),
    siren=st.integers(0, 999_999_999).map("{:09d}".format),
    name=st.sampled_from(["Les Ateliers réunis", "L’Étoile", "Coop«s»"]),
    activities=numbers,
    people=st.fixed_dictionaries(dict.fromkeys(PEOPLE, numbers)).map(hide_small),
    turnover=amounts,
    wage_bill=amounts,
    sectors=st.dictionaries(st.sampled_from(Sector.values), st.builds(SectorFigures, numbers, amounts), max_size=7),
)


@given(each=figures)
def test_the_file_says_it_all(each: KeyFigures) -> None:
    """Written and read again, it is the same, to the cent."""
    assert from_json(to_json(each)) == each


@given(each=st.lists(figures, min_size=1, max_size=6, unique_by=lambda one: one.siren))
def test_the_sector_is_the_sum(each: list[KeyFigures]) -> None:
    """Whatever the order; hidden numbers are counted, not guessed."""
    merged = merge(each)
    assert merged == merge(each[::-1])
    assert merged.turnover == sum((one.turnover for one in each), ZERO)
    assert merged.activities == sum(one.activities for one in each)
    assert sum(s.turnover for s in merged.sectors.values()) == sum(
        s.turnover for one in each for s in one.sectors.values()
    )
    for name in PEOPLE:
        assert merged.people[name] == sum(one.people[name] or 0 for one in each)
        assert merged.hidden[name] == [one.people[name] for one in each].count(None)
    assert json.loads(merged_to_json(merged))["cooperatives"] == len(each)


def entry(on: date, lines: tuple[LineDraft, ...]) -> None:
    """An entry of the books."""
    post_entry(
        entry=EntryDraft(
            journal=JournalCode.MISCELLANEOUS,
            entry_on=on,
            voucher_number="1",
            voucher_on=on,
            label="Écriture",
            lines=lines,
        ),
        by=accountant(),
    )


@pytest.fixture
def cooperative(db: None) -> None:
    """Six women and a man under contract at the end of 2025, one of them an associate; two activities that sold."""
    make_cooperative()
    open_books()
    women = [make_person(f"Ana{i}", gender=Gender.WOMAN) for i in range(6)]
    for person in women:
        make_contract(person, ContractKind.CESA, date(2025, 1, 1))
    make_admission(women[0], date(2025, 6, 14))
    make_contract(make_person("Bo", gender=Gender.MAN), ContractKind.CAPE, date(2025, 5, 1))
    wood = make_activity([women[0]], sector=Sector.CRAFTS)
    web = make_activity([women[1]], sector=Sector.DIGITAL)
    for activity, amount, on in (
        (wood, "1000.10", date(2025, 2, 1)),
        (web, "500.00", date(2025, 12, 31)),
        (web, "7.00", date(2026, 1, 1)),
    ):
        entry(
            on,
            (
                LineDraft("512", debit=Decimal(amount)),
                LineDraft("706", credit=Decimal(amount), activity_id=activity.pk),
            ),
        )
    entry(
        date(2025, 3, 1),
        (LineDraft("706", debit=Decimal("0.10"), activity_id=wood.pk), LineDraft("512", credit=Decimal("0.10"))),
    )
    entry(date(2025, 3, 31), (LineDraft("6411", debit=Decimal("800.00")), LineDraft("512", credit=Decimal("800.00"))))


def test_the_figures_of_a_year(cooperative: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """On its last day; money of the year alone; numbers under five are hidden."""
    with django_assert_num_queries(7):
        found = key_figures(2025)
    assert (found.activities, found.turnover, found.wage_bill) == (2, Decimal("1500.00"), Decimal("800.00"))
    assert found.people == {
        "entrepreneurs": 7,
        "women": 6,
        "cape": None,
        "cesa": 5,
        "entrepreneur_associates": None,
        "employees": 0,
        "associates": None,
    }
    assert found.sectors == {
        "CRAFTS": SectorFigures(1, Decimal("1000.00")),
        "DIGITAL": SectorFigures(1, Decimal("500.00")),
    }


def test_the_page_and_its_file(cooperative: None, client: Client) -> None:
    """The page leads to the file that the federation reads."""
    client.force_login(make_user(Role.MANAGER))
    page = client.get("/gestion/chiffres-cles/?year=2025").content.decode()
    assert ("1\u202f500,00" in page, "/gestion/chiffres-cles/2025.json" in page) == (True, True)
    answer = client.get("/gestion/chiffres-cles/2025.json")
    assert from_json(answer.content.decode()) == key_figures(2025)
    assert answer["Content-Disposition"].endswith('-2025.json"')


def test_the_command_adds_files_up(cooperative: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two cooperatives; what is wrong is refused and nothing is written."""
    ours = key_figures(2025)
    files = [tmp_path / "a.json", tmp_path / "b.json"]
    files[0].write_text(to_json(ours))
    files[1].write_text(to_json(replace(ours, siren="732829320", name="Autre")))
    output = tmp_path / "sum.json"
    call_command("merge_key_figures", *map(str, files), "--output", str(output))
    assert json.loads(output.read_text())["turnover"] == "3000.00"
    printed = capsys.readouterr().out
    assert "Année 2025, 2 coopératives, 4 activités" in printed
    assert "« cape » est caché par 2 coopérative(s)" in printed.replace("\u00a0", " ")
    output.unlink()
    for content, sentence in (
        (to_json(ours), "donnée deux fois"),
        (to_json(replace(ours, year=2024, siren="1")), "plusieurs années"),
        ("{", "n’est pas du JSON"),
        ("[" * 100_000, "n’est pas du JSON"),
        ('{"format": "x"}', "n’est pas au format"),
        (to_json(ours).replace('"1500.00"', '"NaN"'), "« turnover »"),
        (to_json(ours).replace('"1500.00"', "1500.0"), "« turnover »"),
        (to_json(ours).replace('"activities": 2', '"activities": true'), "« activities »"),
    ):
        files[1].write_text(content)
        with pytest.raises(CommandError) as refusal:
            call_command("merge_key_figures", *map(str, files), "--output", str(output))
        assert sentence in str(refusal.value).replace("\u00a0", " ")
        assert not output.exists()


@given(text=st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    """A sentence, never another error."""
    with pytest.raises(KeyFiguresError):
        from_json(text)
