"""`manage.py merge_key_figures FILE…`."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from cae_backoffice.core.money import format_euros
from invoicing.exports.rules.key_figures import KeyFigures, KeyFiguresError, from_json, merge, merged_to_json


class Command(BaseCommand):
    """Adds the key figures of many cooperatives up into the sector's; needs no database."""

    help = "Additionne les chiffres clés de plusieurs coopératives."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The files, and where the sum is written."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FICHIER")
        parser.add_argument("--output", type=Path, help="fichier JSON à écrire")

    def handle(self, *_args: object, **options: object) -> None:
        """All files are read before anything is written."""
        files: list[Path] = list(options["files"])  # type: ignore[call-overload]
        output = options["output"]
        try:
            merged = merge([_read(path) for path in files])
        except KeyFiguresError as error:
            raise CommandError(str(error)) from error
        if isinstance(output, Path):
            output.write_text(merged_to_json(merged), encoding="utf-8")
        people, hidden = merged.people, merged.hidden
        self.stdout.write(f"Année {merged.year}, {merged.cooperatives} coopératives, {merged.activities} activités")
        self.stdout.write(f"  {people['entrepreneurs']} entrepreneurs, dont {people['women']} femmes")
        self.stdout.write(f"  {people['associates']} associés")
        self.stdout.write(f"  {format_euros(merged.turnover)} de chiffre d’affaires")
        self.stdout.write(f"  {format_euros(merged.wage_bill)} de masse salariale brute")
        for name, count in hidden.items():
            if count:
                self.stdout.write(f"  «\u00a0{name}\u00a0» est caché par {count} coopérative(s) (moins de 5 personnes)")


def _read(path: Path) -> KeyFigures:
    try:
        return from_json(path.read_text(encoding="utf-8"))
    except KeyFiguresError as error:
        raise KeyFiguresError(f"{path.name}\u00a0: {error}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise KeyFiguresError(f"{path.name}\u00a0: ce fichier ne se lit pas.") from error
