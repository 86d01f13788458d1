"""Publishing the account of the pooled services to all entrepreneurs (C. trav. R7331-9)."""

from datetime import date

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.access import Right, has_right
from cae_backoffice.core.errors import RefusalError
from invoicing.activity_accounts.models import PooledAccount
from invoicing.activity_accounts.queries.pooled import pooled_rows
from invoicing.ledger.models import FiscalYear
from members.people.models import User


@transaction.atomic
def publish_pooled_account(*, fiscal_year: FiscalYear, on: date, by: User) -> PooledAccount:
    """Freeze the account of a fiscal year that has ended, once. Refused: twice, before its end, with nothing in it."""
    if not has_right(by, Right.KEEP_BOOKS):
        raise RefusalError("Seuls les comptables publient ce compte.")
    year = FiscalYear.objects.select_for_update(of=("self",)).get(pk=fiscal_year.pk)
    if PooledAccount.objects.filter(fiscal_year=year).exists():
        raise RefusalError("Le compte de cet exercice est déjà publié.")
    if on <= year.ends_on:
        raise RefusalError(f"L’exercice ne finit que le {year.ends_on:%d/%m/%Y}.")
    rows = pooled_rows(year)
    if not rows:
        raise RefusalError("Aucune écriture des services mutualisés dans cet exercice.")
    content = [{"label": label, "amount": str(amount)} for label, amount in rows]
    published = PooledAccount.objects.create(fiscal_year=year, published_on=on, published_by=by, content=content)
    audit.record(by=by, action="pooledaccount.published", subject=published, changes={"lignes": len(rows)})
    return published
