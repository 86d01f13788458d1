"""`manage.py check_einvoice FILE…`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from invoicing.rendering.facturx import file_problems


class Command(BaseCommand):
    """Reports what our own rules see in electronic invoices, PDF or XML; exit code 1 when they see anything."""

    help = "Vérifie des factures électroniques (PDF Factur-X ou XML)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The files."""
        parser.add_argument("files", type=Path, nargs="+", metavar="FILE")

    def handle(self, *_args: str, **options: Any) -> None:  # noqa: ANN401  Django's signature
        """One file after the other; every one is read."""
        wrong = 0
        for path in options["files"]:
            if not path.is_file():
                raise CommandError(f"« {path} » n’est pas un fichier.")
            found = file_problems(path.read_bytes())
            wrong += bool(found)
            self.stdout.write(f"{path.name} : {'aucune règle enfreinte.' if not found else ''}".rstrip())
            for sentence in found:
                self.stdout.write(f"  {sentence}")
        if wrong:
            raise CommandError(f"{wrong} fichier{'s' if wrong > 1 else ''} à corriger.")
