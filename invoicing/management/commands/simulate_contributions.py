"""`manage.py simulate_contributions --rule RULE.toml --figures FIGURES.csv [--output OUT.csv]`."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from invoicing.contributions.rules.figures_file import FiguresReader
from invoicing.contributions.rules.problems import MOST_SHOWN, FileProblemsError
from invoicing.contributions.rules.rule_file import read_rule
from invoicing.contributions.rules.simulation import notices, simulate

BAD_INPUT = 2


class Command(BaseCommand):
    """What activities would contribute under a rule, from a spreadsheet of figures; no database is opened.

    Exit code 2 and a sentence per problem for files that cannot be used; nothing is written then.
    """

    help = "Calcule des contributions d'après une règle (TOML) et des chiffres (CSV), sans rien enregistrer."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The two files read, and the one written."""
        parser.add_argument("--rule", type=Path, required=True, help="règle, au format TOML")
        parser.add_argument("--figures", type=Path, required=True, help="chiffres par activité et par mois, en CSV")
        parser.add_argument("--output", type=Path, help="fichier CSV à écrire\u00a0; sinon, la sortie standard")

    def handle(self, *_args: object, **options: object) -> None:
        """Read and reckon everything, then write."""
        rule_path, figures_path = Path(str(options["rule"])), Path(str(options["figures"]))
        output = Path(str(options["output"])) if options["output"] else None
        if output is not None and output.resolve() in {rule_path.resolve(), figures_path.resolve()}:
            raise CommandError(f"{output}\u00a0: le résultat remplacerait un fichier lu.", returncode=BAD_INPUT)
        if output is not None and output.exists() and not output.is_file():
            raise CommandError(f"{output}\u00a0: ce n’est pas un fichier ordinaire.", returncode=BAD_INPUT)
        try:
            rule = read_rule(_content(rule_path), file=rule_path.name)
            figures = FiguresReader(file=figures_path.name, rule=rule).read(_content(figures_path))
        except FileProblemsError as error:
            shown = [str(problem) for problem in error.problems[:MOST_SHOWN]]
            if len(error.problems) > MOST_SHOWN:
                shown.append(f"et {len(error.problems) - MOST_SHOWN} autres problèmes.")
            raise CommandError("\n".join(shown), returncode=BAD_INPUT) from error
        for notice in notices(rule):
            self.stderr.write(notice)
        text = simulate(figures, rule)
        if output is None:
            self.stdout.write(text, ending="")
        else:
            _write(output, text)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path}\u00a0: ce fichier ne peut pas être lu.", returncode=BAD_INPUT) from error


def _write(output: Path, text: str) -> None:
    """The file appears under its name only when it is whole."""
    partial = output.parent / f"{output.name}.partial"
    try:
        partial.write_text(text, encoding="utf-8", newline="")
        partial.replace(output)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise CommandError(f"{output}\u00a0: ce fichier ne peut pas être écrit.", returncode=BAD_INPUT) from error
