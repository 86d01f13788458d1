"""`manage.py check_fec FILE`."""

from argparse import ArgumentParser
from collections import Counter
from functools import partial
from itertools import chain
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from invoicing.exports.rules.fec import closing_of
from invoicing.exports.rules.fec_linter import LONGEST_LINE, FecLinter, check_file_name

MOST_SHOWN = 200


class Command(BaseCommand):
    """Reports every rule of the FEC that a file breaks, with the line; exit code 1 when it breaks any.

    It lists the first faults and counts them all, rule by rule.
    """

    help = "Vérifie un fichier des écritures comptables (FEC)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, and how many faults are listed."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--limit", type=int, default=MOST_SHOWN, help="nombre de défauts listés")

    def handle(self, *_args: object, **options: object) -> None:
        """Read the file once."""
        path, limit = Path(str(options["file"])), int(str(options["limit"]))
        if not path.is_file():
            raise CommandError(f"« {path} » n'est pas un fichier.")
        linter = FecLinter(closing=closing_of(path.name))
        counts: Counter[str] = Counter()
        with path.open("rb") as file:
            lines = iter(partial(file.readline, LONGEST_LINE), b"")
            for finding in chain(check_file_name(path.name), linter.check(lines)):
                if counts.total() < limit:
                    self.stderr.write(str(finding))
                counts[finding.rule.label] += 1
        if not counts:
            self.stdout.write(f"{path.name} : {linter.lines} lignes, aucune règle enfreinte.")
            return
        raise CommandError(_summary(path.name, counts, limit))


def _summary(name: str, counts: Counter[str], limit: int) -> str:
    total = counts.total()
    more = [f"… et {total - limit} autres."] if total > limit else []
    rules = [f"  {label} : {count}" for label, count in counts.most_common()]
    return "\n".join([*more, f"{name} : {total} défauts.", *rules])
