"""The FEC: what is written, and what our linter finds in a broken one."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cae_backoffice.core.access import Role
from invoicing.exports.rules import HEADER, check_file_name, check_lines
from invoicing.exports.services import export_fec
from invoicing.ledger.enums import AuxiliaryKind, JournalCode
from invoicing.ledger.models import EntryLine
from invoicing.ledger.rules import EntryDraft, LineDraft
from invoicing.ledger.services import (
    load_chart_of_accounts,
    match_lines,
    open_fiscal_year,
    post_draft_entry,
    post_entry,
    save_auxiliary,
)
from members.cooperative.models import Cooperative
from tests.members.factories import make_user

MARCH = date(2026, 3, 10)
GOOD = "VT\tVentes\t1\t20260310\t411\tClients\tC000007\tMairie\tF1\t20260310\tVente\t{}\t{}\t\t\t20260310\t\t"


@pytest.mark.django_db
def test_the_export_is_as_the_law_says_and_passes_the_linter(cooperative: Cooperative, tmp_path: Path) -> None:
    by = make_user(Role.ACCOUNTANT)
    load_chart_of_accounts()
    year = open_fiscal_year(starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31), by=by)
    customer = save_auxiliary(kind=AuxiliaryKind.CUSTOMER, owner_id=7, label='Mairie de "Nantes"\\')
    for voucher, side in (("F1", 1), ("R1", -1)):
        amount = side * Decimal("1234.56")
        debit, credit = max(amount, Decimal(0)), max(-amount, Decimal(0))
        lines = (
            LineDraft("411", debit=debit, credit=credit, auxiliary_id=customer.pk, label="Ligne\tavec\nsauts"),
            LineDraft("512", debit=credit, credit=debit),
        )
        post_entry(entry=EntryDraft(JournalCode.BANK, MARCH, voucher, MARCH, "Essai", lines), by=by)
    post_draft_entry(entry=EntryDraft(JournalCode.BANK, MARCH, "X", MARCH, "Brouillard", lines), by=by)
    match_lines(lines=EntryLine.objects.filter(account__number="411").order_by("pk")[:2], on=MARCH, by=by)

    files = export_fec(year=year, output=tmp_path)

    assert files.fec.name == f"{cooperative.siren}FEC20261231.txt"
    town, end = 'C000007\tMairie de "Nantes"\\', "A\t20260310\t20260310\t\t"
    assert files.fec.read_text().split("\n") == [
        "\t".join(HEADER),
        f"BQ\tBanque\t1\t20260310\t411\tClients\t{town}\tF1\t20260310\tLigne avec sauts\t1234,56\t0,00\t{end}",
        "BQ\tBanque\t1\t20260310\t512\tBanque\t\t\tF1\t20260310\tEssai\t0,00\t1234,56\t\t\t20260310\t\t",
        f"BQ\tBanque\t2\t20260310\t411\tClients\t{town}\tR1\t20260310\tLigne avec sauts\t0,00\t1234,56\t{end}",
        "BQ\tBanque\t2\t20260310\t512\tBanque\t\t\tR1\t20260310\tEssai\t1234,56\t0,00\t\t\t20260310\t\t",
        "",
    ]
    call_command("check_fec", str(files.fec))
    assert "du 01/01/2026 au 31/12/2026" in files.description.read_text()


@pytest.mark.django_db
def test_an_unknown_year_is_refused_with_those_that_exist(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Aucun exercice ne se termine en 1999"):
        call_command("export_fec", fiscal_year=1999, output=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("lines", "finding"),
    [
        ([GOOD.format("1,00", "0,00"), GOOD.format("0,00", "2,00")], "ligne 2 : l’écriture 1 n’est pas équilibrée"),
        ([GOOD.format("1.00", "0,00")], "Debit « 1.00 » n’est pas un montant"),
        ([GOOD.format("1,00", "1,00")], "la ligne est au débit et au crédit."),
        ([GOOD.format("0,00", "0,00").replace("\tF1\t", "\t\t")], "PieceRef est vide."),
        ([GOOD.format("0,00", "0,00").replace("411", "A1")], "le compte « A1 » ne commence pas par trois chiffres."),
        ([GOOD.format("0,00", "0,00").replace("20260310\t411", "20261310\t411")], "n’est pas une date AAAAMMJJ."),
        ([GOOD.format("0,00", "0,00").replace("\t1\t", "\t3\t")], "le numéro d’écriture 3 ne suit pas 0."),
        (
            [GOOD.format("1,00", "0,00"), GOOD.format("0,00", "1,00").replace("VT", "BQ")],
            "ligne 3 : l’écriture 1 change de journal, de date ou de pièce.",
        ),
        (["une seule colonne"], "1 colonnes au lieu de 18."),
        ([GOOD.format("0,00", "0,00").replace("\tMairie\t", "\t\t")], "compte auxiliaire"),
    ],
)
def test_the_linter_names_the_rule_and_the_line(lines: list[str], finding: str) -> None:
    found = [str(f) for f in check_lines(["\t".join(HEADER), *lines])]
    assert [f for f in found if finding in f] != []


def test_a_balanced_file_passes_and_a_wrong_header_or_name_does_not() -> None:
    assert list(check_lines(["\t".join(HEADER), GOOD.format("1,00", "0,00"), GOOD.format("0,00", "1,00")])) == []
    assert [f.line for f in check_lines(["a;b"])] == [1]
    assert check_file_name("123456789FEC20261231.txt") == []
    assert check_file_name("123456789FEC20261331.txt") != []
