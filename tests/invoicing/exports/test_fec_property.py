"""Whatever the books hold, what `export_fec` writes breaks no rule of the linter."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invoicing.exports.enums import FileEncoding
from invoicing.exports.rules.fec import closing_of
from invoicing.exports.rules.fec_linter import FecLinter, check_file_name
from invoicing.exports.services import export_interim_fec
from invoicing.ledger.enums import EntryState, JournalCode
from invoicing.ledger.models import Entry, FiscalYear
from invoicing.ledger.services import match_lines, validate_entries
from members.cooperative.models import Cooperative
from tests.invoicing.exports.books import open_year, post, post_draft
from tests.invoicing.factories import accountant

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=20)
SPOKEN = TEXTS.filter(lambda text: text.strip() != "")


@dataclass(frozen=True)
class Sale:
    """An entry to be: its texts, its day in the year, and what becomes of it."""

    cents: int
    label: str
    voucher: str
    name: str
    day: int
    journal: JournalCode
    fate: str


SALES = st.builds(
    Sale,
    cents=st.integers(1, 10**10),
    label=SPOKEN,
    voucher=SPOKEN,
    name=TEXTS,
    day=st.integers(0, 729),
    journal=st.sampled_from([JournalCode.SALES, JournalCode.BANK, JournalCode.MISCELLANEOUS]),
    fate=st.sampled_from(["draft", "validated late", "posted", "paid", "paid and matched"]),
)


def write(sale: Sale, rank: int) -> None:
    """Post the sale, and what its fate asks for."""
    on = date(2026, 1, 1) + timedelta(days=sale.day)
    texts: dict[str, Any] = {
        "label": sale.label,
        "voucher": sale.voucher,
        "name": sale.name,
        "owner": rank,
        "journal": sale.journal,
    }
    amount = str(Decimal(sale.cents) / 100)
    if sale.fate in {"draft", "validated late"}:
        entry = post_draft(amount, on=on, **texts)
        if sale.fate == "validated late":
            validate_entries(entries=[entry], by=accountant(), on=on + timedelta(days=3))
        return
    debt = post(amount, on=on, **texts)
    if sale.fate.startswith("paid"):
        paid_on = min(on + timedelta(days=40), date(2027, 12, 31))
        payment = post(f"-{amount}", on=paid_on, **texts)
        if sale.fate == "paid and matched":
            lines = [entry.lines.get(account__number="411") for entry in (debt, payment)]
            match_lines(lines=lines, on=paid_on, by=accountant())


def check(path: Path) -> tuple[list[str], int]:
    """What the linter finds, and how many lines it read."""
    linter = FecLinter(closing=closing_of(path.name))
    with path.open("rb") as file:
        found = [*check_file_name(path.name), *linter.check(file)]
    return [str(finding) for finding in found], linter.lines


def validated_lines(year: FiscalYear) -> int:
    return 2 * Entry.objects.filter(fiscal_year=year, state=EntryState.VALIDATED).count()


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sales=st.lists(SALES, max_size=6), encoding=st.sampled_from(FileEncoding))
def test_what_is_exported_is_always_clean(cooperative: Cooperative, sales: list[Sale], encoding: FileEncoding) -> None:
    with transaction.atomic(), TemporaryDirectory() as folder:
        years = [open_year(), open_year(date(2027, 1, 1), date(2027, 12, 31))]
        for rank, sale in enumerate(sales, 1):
            write(sale, rank)
        for year in years:
            files = export_interim_fec(year=year, output=Path(folder), encoding=encoding)
            assert check(files.fec) == ([], validated_lines(year))
        transaction.set_rollback(True)
