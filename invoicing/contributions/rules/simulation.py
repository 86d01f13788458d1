"""The spreadsheet that `simulate_contributions` writes: a row per activity and month."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import groupby

from cae_backoffice.core.money import ZERO, round_cents
from cae_backoffice.core.spreadsheets import neutral_text
from invoicing.contributions.rules.engine import contributions
from invoicing.contributions.rules.explanation import explain, rate_detail
from invoicing.contributions.rules.figures_file import Figures
from invoicing.contributions.rules.lines import MonthLine
from invoicing.contributions.rules.settlement import total
from invoicing.contributions.rules.terms import Rule

HEADINGS = ("activity", "month", "base", "rate_detail", "contribution", "cumulative_base", "explanation")
MISSING_MONTH = "Le fichier n’a pas de ligne pour ce mois\u00a0: ses chiffres comptent pour zéro."


def simulate(figures: Figures, rule: Rule) -> str:
    """The whole file as text: commas, points, one line per row.

    `base` and `cumulative_base` are those of the first line of the rule, `contribution` is the sum of all of them.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(HEADINGS)
    for history in figures.histories:
        for _, lines in groupby(contributions(history, rule), key=lambda line: line.month):
            mine = tuple(lines)
            is_gap = (history.activity, mine[0].month) in figures.gaps
            writer.writerow(_row(history.activity, mine, [MISSING_MONTH] if is_gap else []))
    return file.getvalue()


def notices(rule: Rule) -> Iterator[str]:
    """What a simulation on figures cannot know of a rule."""
    excluded = dict.fromkeys(
        product for version in rule.versions for line in version.lines for product in line.excluded_products
    )
    if excluded:
        names = ", ".join(rule.products[product] for product in excluded)
        yield (
            f"La règle exclut des produits ({names}), que les chiffres ne distinguent pas\u00a0: donnez des montants "
            "dont ils sont déjà retirés."
        )


def _row(activity: str, lines: tuple[MonthLine, ...], remarks: Iterable[str]) -> tuple[str, ...]:
    first = lines[0]
    details = [rate_detail(line) if len(lines) == 1 else f"{line.label}\u00a0: {rate_detail(line)}" for line in lines]
    sentences = [*remarks, *(sentence for line in lines for sentence in explain(line))]
    return (
        neutral_text(activity),
        f"{first.month:%Y-%m}",
        f"{round_cents(first.base):f}",
        "\u00a0; ".join(details),
        f"{round_cents(total(lines) + ZERO):f}",
        f"{round_cents(first.year.base):f}",
        " ".join(sentences),
    )
