"""`manage.py export_documents --from 2026-01-01 --to 2026-12-31 --output DIR [--xml]`."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cae_backoffice.core.errors import RefusalError
from invoicing.invoices.services import export_pdfs, export_xmls


class Command(BaseCommand):
    """Writes the documents issued in a period: the PDFs that were stored and, with --xml, the XML inside them."""

    help = "Écrit les documents émis sur une période."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The period, both days included, and the folder."""
        parser.add_argument("--from", dest="starts_on", type=date.fromisoformat, required=True, help="AAAA-MM-JJ")
        parser.add_argument("--to", dest="ends_on", type=date.fromisoformat, required=True, help="AAAA-MM-JJ")
        parser.add_argument("--output", type=Path, required=True, help="dossier où écrire")
        parser.add_argument("--xml", action="store_true", help="écrire aussi les factures électroniques (XML)")

    def handle(self, *_args: str, **options: Any) -> None:  # noqa: ANN401  Django's signature
        """A refusal ends it with its sentence."""
        period = {name: options[name] for name in ("starts_on", "ends_on", "output")}
        try:
            written = [f"{export_pdfs(**period)} PDF"]
            if options["xml"]:
                written.append(f"{export_xmls(**period)} XML")
        except RefusalError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{options['output']} : {', '.join(written)}")
