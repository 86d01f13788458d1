"""`manage.py export_fec --fiscal-year 2026 --output DIR`."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from cae_backoffice.core.errors import RefusalError
from invoicing.exports.services import export_fec
from invoicing.ledger.models import FiscalYear


class Command(BaseCommand):
    """Writes the FEC of the fiscal year that ends in a calendar year."""

    help = "Écrit le fichier des écritures comptables (FEC) d'un exercice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The fiscal year, named by the calendar year in which it ends, and the folder."""
        parser.add_argument("--fiscal-year", type=int, required=True, help="année de clôture, par exemple 2026")
        parser.add_argument("--output", type=Path, required=True, help="dossier où écrire")

    def handle(self, *_args: object, **options: object) -> None:
        """Refuse an unknown year with the list of those that exist."""
        year = FiscalYear.objects.filter(ends_on__year=options["fiscal_year"]).order_by("ends_on").last()
        if year is None:
            known = ", ".join(str(y.ends_on.year) for y in FiscalYear.objects.order_by("ends_on")) or "aucun"
            raise CommandError(f"Aucun exercice ne se termine en {options['fiscal_year']} (exercices : {known}).")
        try:
            files = export_fec(year=year, output=Path(str(options["output"])))
        except RefusalError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{files.fec} ({files.size} octets)")
