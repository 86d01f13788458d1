"""What every act on contributions asks first."""

from cae_backoffice.core.access import Right, has_right
from cae_backoffice.core.errors import RefusalError
from invoicing.contributions.queries.runs import RIGHT_SENTENCE
from members.people.models import User


def refuse_unless_allowed(by: User) -> None:
    """Only those who run contributions."""
    if not has_right(by, Right.RUN_CONTRIBUTIONS):
        raise RefusalError(RIGHT_SENTENCE)
