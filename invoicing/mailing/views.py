"""The entrepreneurs' pages of the words they write to their customers."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from cae_backoffice.core.access import Right, require_right
from cae_backoffice.core.errors import RefusalError
from invoicing.mailing.enums import TemplateKind
from invoicing.mailing.forms import TemplateForm
from invoicing.mailing.queries import OwnTemplate, templates_of
from invoicing.mailing.rules import EXAMPLES, filled_words, placeholders_of
from invoicing.mailing.services import drop_template, save_template
from members.activities.models import Activity
from members.people.models import User
from members.people.queries import signed_in_user


def _writer(request: HttpRequest) -> User:
    user = signed_in_user(request)
    require_right(user, Right.USE_OWN_PAGES)
    require_right(user, Right.DRAFT_INVOICES)
    return user


def _asked(user: User, activity: int, kind: str) -> tuple[Activity, OwnTemplate]:
    """One of the person's activities, and its words on an occasion; 404 otherwise."""
    own = get_object_or_404(Activity.objects.carried_by(user.pk), pk=activity)
    found = next((template for template in templates_of(own) if template.kind == kind), None)
    if found is None:
        raise Http404
    return own, found


@require_safe
def template_list(request: HttpRequest) -> HttpResponse:
    """The words of each of one's activities."""
    user = _writer(request)
    activities = [(activity, templates_of(activity)) for activity in Activity.objects.carried_by(user.pk)]
    return render(request, "invoicing/mailing/list.html", {"section": "account", "activities": activities})


def edit(request: HttpRequest, activity: int, kind: str) -> HttpResponse:
    """Change the words on an occasion, and see them filled with an example before keeping them."""
    user = _writer(request)
    own, template = _asked(user, activity, kind)
    initial = {"subject": template.words.subject, "body": template.words.body}
    form = TemplateForm(template.kind, request.POST or None, initial=initial)
    preview = filled_words(template.words, EXAMPLES)
    if request.method == "POST" and form.is_valid():
        preview = filled_words(form.words(), EXAMPLES)
        if request.POST.get("action") != "preview" and _saved(form, own, user):
            messages.success(request, "Votre message est enregistré.")
            return redirect("mail-template-list")
    context = {
        "section": "account",
        "activity": own,
        "template": template,
        "form": form,
        "placeholders": placeholders_of(template.kind),
        "preview": preview,
    }
    return render(request, "invoicing/mailing/form.html", context)


@require_POST
def drop(request: HttpRequest, activity: int, kind: str) -> HttpResponse:
    """Come back to the cooperative's words."""
    user = _writer(request)
    own, template = _asked(user, activity, kind)
    try:
        drop_template(kind=template.kind, activity=own, by=user)
    except RefusalError as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
    else:
        messages.success(request, "Le message de la coopérative est repris.")
    return redirect("mail-template-list")


def _saved(form: TemplateForm, activity: Activity, user: User) -> bool:
    try:
        save_template(kind=TemplateKind(form.kind), activity=activity, words=form.words(), by=user)
    except RefusalError as refusal:
        for reason in refusal.reasons:
            form.add_error(None, reason)
        return False
    return True
