"""What the pages of those who write quotes share."""

from collections.abc import Callable

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from cae_backoffice.core.access import Right, require_right
from cae_backoffice.core.errors import RefusalError
from invoicing.quotes.models import Quote, QuoteFile
from invoicing.quotes.queries.quotes import own_quotes
from members.people.models import User
from members.people.queries import signed_in_user


def carrier(request: HttpRequest) -> User:
    """The person signed in, who opens their own pages."""
    user = signed_in_user(request)
    require_right(user, Right.USE_OWN_PAGES)
    return user


def own(user: User, pk: int) -> Quote:
    """One of the quotes of the activities they carry."""
    return get_object_or_404(own_quotes(user), pk=pk)


def act(
    request: HttpRequest,
    service: Callable[[], object],
    *,
    done: str,
    then: HttpResponse,
    refused: HttpResponse | None = None,
) -> HttpResponse:
    """One service call: its message, or the reasons of its refusal, on the page that follows."""
    try:
        service()
    except RefusalError as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
        return refused or then
    messages.success(request, done)
    return then


def pdf_response(file: QuoteFile, quote: Quote) -> FileResponse:
    """The stored PDF, byte for byte."""
    response = FileResponse(file.pdf.open("rb"), content_type="application/pdf", filename=f"{quote.reference}.pdf")
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-cache"
    return response
