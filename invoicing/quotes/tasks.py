"""Background jobs of quotes."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from invoicing.quotes.models import Quote
from invoicing.quotes.services import expire_quotes, store_pdf
from invoicing.quotes.services.send_quote import RENDER_TASK
from members.people.models import User


@app.task(name=RENDER_TASK, retry=RetryStrategy(max_attempts=12, exponential_wait=2))
def render_quote_pdf(quote_id: int, user_id: int) -> None:
    """Render and store the PDF of a sent quote, in the name of who sent it; harmless when it runs twice."""
    store_pdf(quote=Quote.objects.get(pk=quote_id), by=User.objects.get(pk=user_id))


@app.periodic(cron="10 0 * * *")
@app.task(name="invoicing.expire_quotes", queueing_lock="invoicing.expire_quotes")
def expire_outlived_quotes(_timestamp: int) -> None:
    """Each night, end the quotes whose validity is over."""
    expire_quotes(on=timezone.localdate())
