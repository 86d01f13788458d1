"""Reckoning without the collector leaves it as it was."""

import gc

import pytest

from cae_backoffice.core.bulk import without_collection


def test_the_collector_is_off_inside_and_back_afterwards_even_after_a_failure() -> None:
    assert gc.isenabled()
    seen = []

    @without_collection()
    def fail() -> None:
        seen.append(gc.isenabled())
        raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert seen == [False]
    assert gc.isenabled()


def test_nested_uses_leave_it_off_until_the_outer_one_ends() -> None:
    with without_collection():
        with without_collection():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
