"""The état des comptes of an activity as a PDF (C. trav. L7332-3)."""

from cae_backoffice.core.errors import RefusalError
from invoicing.activity_accounts.rules.statement import Statement
from invoicing.rendering import wording
from invoicing.rendering.colours import accent
from invoicing.rendering.pdf import render_page
from members.activities.models import Activity
from members.cooperative.queries import the_cooperative


def render_statement(*, activity: Activity, statement: Statement) -> bytes:
    """The paper over the months of a statement: the same figures give the same bytes. Nothing is stored."""
    cooperative = the_cooperative()
    if cooperative is None:
        raise RefusalError("La coopérative n’est pas encore configurée.")
    headings = statement.headings
    context = {
        "cooperative": cooperative,
        "siren": wording.grouped(cooperative.siren, wording.SIREN_GROUPS),
        "activity": activity,
        "statement": statement,
        "totals": [(heading.label, statement.totals[heading]) for heading in headings],
        "months": [
            (month.month, month.figures.change, month.closing)
            for month in statement.months
            if month.figures.change or month is statement.months[-1]
        ],
        "accent": accent(activity.colour, cooperative.colour),
    }
    name = f"{activity.code} {statement.first_month} {statement.last_month}"
    return render_page("documents/account_statement.html", "account_statement.css", context, identifier=name)
