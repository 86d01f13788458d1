"""`manage.py export_fec --fiscal-year 2026 --output DIR`."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from cae_backoffice.core.errors import RefusalError
from invoicing.exports.enums import FileEncoding
from invoicing.exports.queries.entries import fiscal_years_ending
from invoicing.exports.services import export_fec, export_interim_fec
from invoicing.ledger.models import FiscalYear


def closing(text: str) -> str:
    """A calendar year, or a day."""
    try:
        return text if text.isdecimal() else date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise ArgumentTypeError(f"« {text} » n'est ni une année ni une date AAAA-MM-JJ.") from error


class Command(BaseCommand):
    """Writes the FEC of the fiscal year that ends in a calendar year, and its description."""

    help = "Écrit le fichier des écritures comptables (FEC) d'un exercice, et sa description."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The fiscal year, named by the calendar year or the day in which it ends, the folder, the characters."""
        parser.add_argument(
            "--fiscal-year", type=closing, required=True, help="année ou date de clôture : 2026 ou 2026-06-30"
        )
        parser.add_argument("--output", type=Path, required=True, help="dossier où écrire ; rien n'y est écrasé")
        parser.add_argument("--encoding", choices=FileEncoding.values, default=FileEncoding.UTF_8.value)
        parser.add_argument(
            "--interim", action="store_true", help="fichier provisoire : malgré des écritures en brouillard"
        )

    def handle(self, *_args: object, **options: object) -> None:
        """Write both files, and warn when they are not final."""
        service = export_interim_fec if options["interim"] else export_fec
        year = self._year(str(options["fiscal_year"]))
        try:
            files = service(
                year=year, output=Path(str(options["output"])), encoding=FileEncoding(str(options["encoding"]))
            )
        except RefusalError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{files.fec} ({files.lines} lignes, {files.size} octets)")
        self.stdout.write(str(files.description))
        if files.warning:
            self.stderr.write(files.warning)

    def _year(self, asked: str) -> FiscalYear:
        years = fiscal_years_ending(asked)
        if len(years) > 1:
            days = ", ".join(f"{year.ends_on:%Y-%m-%d}" for year in years)
            raise CommandError(f"Plusieurs exercices se terminent en {asked} : précisez la date ({days}).")
        if not years:
            known = ", ".join(str(y.ends_on.year) for y in FiscalYear.objects.order_by("ends_on")) or "aucun"
            raise CommandError(f"Aucun exercice ne se termine en {asked} (exercices : {known}).")
        return years[0]
