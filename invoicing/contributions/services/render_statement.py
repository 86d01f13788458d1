"""The PDF of a statement."""

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import NO_BREAK_SPACE
from invoicing.contributions.models import ContributionStatement
from invoicing.contributions.queries.statements import explained
from invoicing.rendering import wording
from invoicing.rendering.colours import accent
from invoicing.rendering.pdf import render_page
from members.cooperative.queries import the_cooperative


def render_statement(*, statement: ContributionStatement) -> bytes:
    """The statement as a page to keep. It is not stored: all that it shows never changes."""
    cooperative = the_cooperative()
    if cooperative is None:
        raise RefusalError("La coopérative n’est pas encore configurée.")
    context = {
        "page": explained(statement),
        "statement": statement,
        "cooperative": cooperative,
        "siren": wording.grouped(cooperative.siren, wording.SIREN_GROUPS),
        "town": f"{cooperative.postcode}{NO_BREAK_SPACE}{cooperative.city}",
        "accent": accent(cooperative.colour),
    }
    identifier = statement_name(statement)
    return render_page("documents/contributions.html", "contributions.css", context, identifier=identifier)


def statement_name(statement: ContributionStatement) -> str:
    """The file's name, without its ending."""
    return f"contribution-{statement.run.month:%Y-%m}-{statement.activity.code}"
