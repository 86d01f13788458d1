"""Fills an empty database with the demo cooperative."""

import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cae_backoffice.demo.cooperative import MEMBERS, is_empty, load_cooperative


class Command(BaseCommand):
    """`manage.py load_demo`: a fictional SCOP with three years of members and books, as it stands on a day."""

    help = "Load the demo cooperative into an empty database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The day on which the cooperative stands, and its size."""
        parser.add_argument("--today", type=date.fromisoformat, help="the day it stands on, AAAA-MM-JJ (today)")
        parser.add_argument("--members", type=int, default=MEMBERS, help=f"how many members, at most {MEMBERS}")

    def handle(self, *_args: str, **options: Any) -> None:  # noqa: ANN401  Django's signature
        """Refuses a database that holds anything; writes all or nothing."""
        members: int = options["members"]
        if not 1 <= members <= MEMBERS:
            raise CommandError(f"Le nombre de membres va de 1 à {MEMBERS}.")
        if not is_empty():
            raise CommandError(
                "La base n’est pas vide\u00a0: la coopérative de démonstration se charge dans une base vide seulement."
            )
        started = time.monotonic()
        today: date = options["today"] or timezone.localdate()
        issued = load_cooperative(today=today, members=members, say=self._say)
        self._say(f"Coopérative chargée\u00a0: {issued} documents émis, {time.monotonic() - started:.0f} s en tout.")

    def _say(self, sentence: str) -> None:
        self.stdout.write(f"  {sentence}")
        self.stdout.flush()
