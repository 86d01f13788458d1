"""The demo's chance: the same topic always gives the same draws."""

from random import Random

SEED = "tournebise"


def dice(*topic: object) -> Random:
    """A generator of its own for each topic: a change in one part of the demo leaves the others as they were."""
    return Random(":".join([SEED, *map(str, topic)]))  # noqa: S311  demo data, no secret
