"""Private links: the secret is never stored, a link opens until it expires or is revoked, and not too often."""

import re
from collections.abc import Generator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, models
from django.test.utils import isolate_apps

from cae_backoffice.core.requests import RANDOM_PART
from cae_backoffice.core.tokens import (
    MOST_PER_MINUTE,
    PrivateLink,
    SecretConverter,
    count_use,
    digest_of,
    live_link,
    new_secret,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def link_model(db: None) -> Generator[type[PrivateLink]]:
    """A room's model of links, with its table."""
    with isolate_apps("cae_backoffice.core"):

        class SampleLink(PrivateLink):
            class Meta:
                app_label = "core"

        with connection.schema_editor(atomic=False) as editor:
            editor.create_model(SampleLink)
        yield SampleLink


def links_of(model: type[PrivateLink]) -> models.QuerySet[PrivateLink]:
    """All of them."""
    return model._default_manager.all()


def make_link(model: type[PrivateLink], *, secret: str, expires_at: datetime = TOMORROW) -> PrivateLink:
    """A link of this secret."""
    return model._default_manager.create(digest=digest_of(secret), expires_at=expires_at)


def test_a_secret_is_long_random_and_fits_an_address() -> None:
    secrets = {new_secret() for _ in range(1000)}
    assert len(secrets) == 1000
    assert all(re.fullmatch(RANDOM_PART, secret) for secret in secrets)
    assert SecretConverter().to_url(SecretConverter().to_python("a" * 43)) == "a" * 43


def test_the_digest_is_sha_256() -> None:
    assert digest_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_link_is_found_by_its_secret_alone(link_model: type[PrivateLink]) -> None:
    secret, other = new_secret(), new_secret()
    link = make_link(link_model, secret=secret)
    make_link(link_model, secret=other)
    assert live_link(links_of(link_model), secret=secret, at=NOW) == link
    assert live_link(links_of(link_model), secret=new_secret(), at=NOW) is None
    assert live_link(links_of(link_model), secret=link.digest, at=NOW) is None, "the stored hash opens nothing"
    assert secret not in str(vars(link))


def test_a_link_opens_until_it_expires(link_model: type[PrivateLink]) -> None:
    secret = new_secret()
    make_link(link_model, secret=secret)
    before, links = TOMORROW - timedelta(microseconds=1), links_of(link_model)
    assert live_link(links, secret=secret, at=before) is not None
    assert live_link(links, secret=secret, at=TOMORROW) is None


def test_a_revoked_link_opens_nothing(link_model: type[PrivateLink]) -> None:
    secret = new_secret()
    link = make_link(link_model, secret=secret)
    links_of(link_model).filter(pk=link.pk).update(revoked_at=NOW)
    assert live_link(links_of(link_model), secret=secret, at=NOW) is None


def test_each_use_is_counted_and_limited_within_a_minute(link_model: type[PrivateLink]) -> None:
    link = make_link(link_model, secret=new_secret())
    answers = [count_use(link=link, at=NOW + timedelta(milliseconds=n)) for n in range(MOST_PER_MINUTE + 2)]
    assert answers == [True] * MOST_PER_MINUTE + [False, False]
    link.refresh_from_db()
    assert (link.uses, link.last_used_at) == (MOST_PER_MINUTE, NOW + timedelta(milliseconds=MOST_PER_MINUTE - 1))
    later = NOW + timedelta(minutes=1)
    assert count_use(link=link, at=later), "another minute begins"
    link.refresh_from_db()
    assert (link.uses, link.minute_uses, link.last_used_at) == (MOST_PER_MINUTE + 1, 1, later)


def test_the_limit_is_each_links_own(link_model: type[PrivateLink]) -> None:
    busy, quiet = (make_link(link_model, secret=new_secret()) for _ in range(2))
    assert [count_use(link=busy, at=NOW) for _ in range(MOST_PER_MINUTE + 1)][-1] is False
    assert count_use(link=quiet, at=NOW)
