"""`manage.py check_fec FILE`."""

from argparse import ArgumentParser
from itertools import islice
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from invoicing.exports.rules import check_file_name, check_lines

MOST_SHOWN = 200


class Command(BaseCommand):
    """Reports every rule of the FEC that a file breaks, with the line; exit code 1 when it breaks any."""

    help = "Vérifie un fichier des écritures comptables (FEC)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file."""
        parser.add_argument("file", type=Path)

    def handle(self, *_args: object, **options: object) -> None:
        """Read the file once."""
        path = Path(str(options["file"]))
        if not path.is_file():
            raise CommandError(f"« {path} » n'est pas un fichier.")
        found = check_file_name(path.name)
        try:
            with path.open(encoding="utf-8", newline="\n") as lines:
                found += [str(finding) for finding in islice(check_lines(lines), MOST_SHOWN)]
        except UnicodeDecodeError as error:
            found.append(f"le fichier n’est pas en UTF-8 : {error.reason}.")
        if found:
            raise CommandError("\n".join(found))
        self.stdout.write(f"{path.name} : aucune règle enfreinte.")
