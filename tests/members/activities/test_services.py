"""Dividing activities, their brands and insurances."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from PIL import Image

from cae_backoffice.core.access import Role
from cae_backoffice.core.audit import history_of
from cae_backoffice.core.errors import RefusalError
from members.activities.enums import Sector
from members.activities.models import Activity, ActivityInsurance, Logo, SplitConvention, SplitShare
from members.activities.queries import activities_overview, decennial_insurance, shares_on
from members.activities.services import save_activity, save_insurance, set_logo, start_convention
from members.people.models import Person, User
from tests.members.factories import make_activity, make_convention, make_person, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> User:
    """Who signs."""
    return make_user(Role.MANAGER)


@pytest.fixture
def pair() -> tuple[Person, Person]:
    """Two people of a team."""
    return make_person("Alix", "Durand"), make_person("Bao", "Nguyen")


def picture(size: tuple[int, int] = (60, 40), format_name: str = "PNG") -> bytes:
    """A plain picture."""
    file = io.BytesIO()
    Image.new("RGB", size, "#0f766e").save(file, format_name)
    return file.getvalue()


def test_a_new_convention_closes_the_one_in_force(pair: tuple[Person, Person], manager: User) -> None:
    """The day before; both stay readable on their dates."""
    alix, bao = pair
    activity = make_activity([alix], starts_on=date(2024, 1, 1))
    start_convention(
        activity=activity,
        starts_on=date(2025, 4, 1),
        shares={alix: Decimal("66.67"), bao: Decimal("33.33")},
        by=manager,
    )
    periods = list(SplitConvention.objects.order_by("starts_on").values_list("starts_on", "ends_on"))
    assert periods == [(date(2024, 1, 1), date(2025, 3, 31)), (date(2025, 4, 1), None)]
    assert list(shares_on(activity, date(2025, 3, 31)).values_list("person", "percent")) == [(alix.pk, 100)]
    assert list(shares_on(activity, date(2025, 4, 1)).values_list("person", "percent")) == [
        (alix.pk, Decimal("66.67")),
        (bao.pk, Decimal("33.33")),
    ]
    assert history_of(activity)[0].changes == {
        "du": "2025-04-01",
        "répartition": "Alix Durand 66,67\u00a0%, Bao Nguyen 33,33\u00a0%",
    }


@pytest.mark.parametrize(
    ("percents", "sentence"),
    [
        (("60", "39.99"), "Les parts font 99,99\u00a0% en tout\u00a0: elles doivent faire exactement 100\u00a0%."),
        (("60", "50"), "Les parts font 110\u00a0% en tout\u00a0: elles doivent faire exactement 100\u00a0%."),
        (("100", "0"), "La part de Bao Nguyen est un pourcentage supérieur à zéro, avec deux décimales au plus."),
        (("33.335", "66.665"), "La part de Alix Durand est un pourcentage supérieur à zéro, avec deux décimales"),
        ((), "Une répartition nomme au moins une personne."),
    ],
)
def test_shares_that_do_not_make_a_whole_are_refused(
    pair: tuple[Person, Person], manager: User, percents: tuple[str, ...], sentence: str
) -> None:
    """In French, and the convention in force stays."""
    activity = make_activity([pair[0]])
    shares = dict(zip(pair, map(Decimal, percents), strict=False))
    with pytest.raises(RefusalError) as refusal:
        start_convention(activity=activity, starts_on=date(2025, 4, 1), shares=shares, by=manager)
    assert refusal.value.reasons[0].startswith(sentence)
    assert list(SplitConvention.objects.values_list("ends_on", flat=True)) == [None]


@pytest.mark.parametrize("starts_on", [date(2024, 1, 1), date(2023, 6, 1)])
def test_a_convention_starts_after_the_latest(pair: tuple[Person, Person], manager: User, starts_on: date) -> None:
    """The past is not rewritten."""
    activity = make_activity([pair[0]], starts_on=date(2024, 1, 1))
    with pytest.raises(RefusalError, match="Une convention commence déjà le 01/01/2024"):
        start_convention(activity=activity, starts_on=starts_on, shares={pair[1]: Decimal(100)}, by=manager)
    assert SplitConvention.objects.count() == 1


def test_a_convention_already_ended_keeps_its_end(pair: tuple[Person, Person], manager: User) -> None:
    """A gap stays a gap."""
    activity = make_activity()
    make_convention(activity, [pair[0]], starts_on=date(2024, 1, 1), ends_on=date(2024, 12, 31))
    start_convention(activity=activity, starts_on=date(2025, 4, 1), shares={pair[1]: Decimal(100)}, by=manager)
    assert SplitConvention.objects.order_by("starts_on")[0].ends_on == date(2024, 12, 31)
    assert not shares_on(activity, date(2025, 1, 1)).exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE members_splitshare SET percent = 60",
        "DELETE FROM members_splitshare",
        """INSERT INTO members_splitconvention (activity_id, starts_on, ends_on)
           SELECT activity_id, '2010-01-01', '2010-12-31' FROM members_splitconvention""",
    ],
    ids=["share changed", "shares gone", "convention without share"],
)
def test_the_database_keeps_shares_at_100_percent(pair: tuple[Person, Person], statement: str) -> None:
    """The trigger checks at the end of the transaction, by any way in."""
    make_activity([pair[0]])
    with pytest.raises(IntegrityError, match="not 100"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{statement}; SET CONSTRAINTS ALL IMMEDIATE")
    assert SplitShare.objects.get().percent == 100


@pytest.mark.parametrize("format_name", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_logo_is_encoded_anew(manager: User, format_name: str) -> None:
    """Any picture becomes a PNG."""
    activity = set_logo(activity=make_activity(), image=picture(format_name=format_name), by=manager)
    assert activity.logo is not None
    assert bytes(activity.logo.png).startswith(b"\x89PNG\r\n")
    assert (activity.logo.width, activity.logo.height) == (60, 40)


def test_a_large_logo_is_reduced(manager: User) -> None:
    """To 1 200 pixels, in proportion."""
    logo = set_logo(activity=make_activity(), image=picture((3000, 1500)), by=manager).logo
    assert logo is not None
    assert (logo.width, logo.height) == (1200, 600)


def test_the_same_logo_is_kept_once(manager: User) -> None:
    """Two activities may show one picture; setting it again writes nothing."""
    first, second = make_activity(), make_activity()
    for activity in (first, second, first):
        set_logo(activity=activity, image=picture(), by=manager)
    assert Logo.objects.count() == 1
    assert history_of(first).count() == 1


@pytest.mark.parametrize(
    "image",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", b"%PDF-1.7", picture(format_name="BMP")],
    ids=["empty", "SVG", "PDF", "BMP"],
)
def test_what_is_not_a_picture_is_refused(manager: User, image: bytes) -> None:
    """Nothing is stored."""
    activity = make_activity()
    with pytest.raises(RefusalError, match="n’est pas une image PNG, JPEG, WebP ou GIF lisible"):
        set_logo(activity=activity, image=image, by=manager)
    assert (Logo.objects.count(), Activity.objects.get().logo) == (0, None)


def test_a_huge_file_is_refused(manager: User) -> None:
    """Before it is read."""
    with pytest.raises(RefusalError, match="plus de 5\u00a0Mo"):
        set_logo(activity=make_activity(), image=b"x" * (5 * 1024 * 1024 + 1), by=manager)


def test_a_stored_logo_never_changes(manager: User) -> None:
    """Issued documents refer to it."""
    set_logo(activity=make_activity(), image=picture(), by=manager)
    with pytest.raises(IntegrityError, match="never change"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE members_logo SET width = 1")


def test_saving_an_activity_tells_its_faults(manager: User) -> None:
    """A code in lower case, a NAF code that is none."""
    activity = Activity(code="ab", name="Atelier", sector=Sector.CRAFTS, naf_code="6201Z")
    with pytest.raises(RefusalError) as refusal:
        save_activity(activity=activity, by=manager)
    assert set(refusal.value.reasons) == {
        "Le code s’écrit en majuscules et chiffres, sans espace.",
        "Un code NAF s’écrit 62.01Z.",
    }
    assert not Activity.objects.exists()


def test_the_decennial_insurance_of_a_day(manager: User) -> None:
    """In force that day, decennial; of two, the latest."""
    activity = make_activity()
    for number, decennial, starts_on, ends_on in [
        ("OLD", True, date(2024, 1, 1), date(2024, 12, 31)),
        ("RC", False, date(2025, 1, 1), date(2026, 12, 31)),
        ("DEC", True, date(2025, 1, 1), date(2025, 12, 31)),
        ("DEC2", True, date(2025, 6, 1), date(2026, 5, 31)),
    ]:
        insurance = ActivityInsurance(
            activity=activity,
            is_decennial=decennial,
            insurer="Mutuelle, Nantes",
            policy_number=number,
            cover="Gros œuvre",
            starts_on=starts_on,
            ends_on=ends_on,
        )
        save_insurance(insurance=insurance, by=manager)
    found = {
        day: cover.policy_number if (cover := decennial_insurance(activity, day)) else None
        for day in (date(2024, 12, 31), date(2025, 5, 31), date(2025, 6, 1), date(2026, 6, 1))
    }
    assert found == {
        date(2024, 12, 31): "OLD",
        date(2025, 5, 31): "DEC",
        date(2025, 6, 1): "DEC2",
        date(2026, 6, 1): None,
    }


def test_the_overview_names_the_people_of_the_day(pair: tuple[Person, Person]) -> None:
    """In alphabetical order; nobody is an empty text."""
    make_activity(list(pair), name="Atelier")
    make_activity(name="Vide")
    overview: Any = activities_overview(on=date(2026, 1, 1)).values()
    assert {row["name"]: row["people_names"] for row in overview} == {"Atelier": "Alix Durand, Bao Nguyen", "Vide": ""}


def test_who_sees_which_activities(pair: tuple[Person, Person]) -> None:
    """All, those of the people one advises, one's own, none; a convention that has ended shows nothing any more."""
    adviser = make_user(Role.ADVISER)
    entrepreneur = make_user(Role.ENTREPRENEUR)
    own = make_person(user=entrepreneur, adviser=adviser)
    mine, shared, past = make_activity([own]), make_activity([own, pair[0]]), make_activity()
    make_convention(past, [own], ends_on=date(2021, 1, 1))
    other = make_activity([pair[1]])
    closed = make_user(Role.MANAGER)
    closed.is_active = False
    seen = {
        name: set(Activity.objects.visible_to(user))
        for name, user in {
            "manager": make_user(Role.MANAGER),
            "adviser": adviser,
            "entrepreneur": entrepreneur,
            "nobody": make_user(),
            "closed": closed,
        }.items()
    }
    assert seen == {
        "manager": {mine, shared, past, other},
        "adviser": {mine, shared, past},
        "entrepreneur": {mine, shared},
        "nobody": set(),
        "closed": set(),
    }
