"""The page on which the staff confirm an act on a record: a few fields, one service call, back to the record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from cae_backoffice.core.admin import BackofficeAdmin
from cae_backoffice.core.errors import RefusalError


@dataclass(frozen=True)
class Act:
    """One thing to do with a record: its words, what it asks, and the service it calls.

    `perform` takes the record and the form's cleaned data; its refusals become errors of the form. A form class may
    name in `wide` the fields that take the whole width. `initial` is what the form shows at first; `next_url` is where
    one goes on when it is not back to the record.
    """

    title: str
    submit: str
    done: str
    perform: Callable[[Any, dict[str, Any]], object]
    form_class: Callable[..., forms.Form] = forms.Form
    description: str = ""
    initial: Mapping[str, Any] = field(default_factory=dict)
    next_url: str = ""


def act_page(admin: BackofficeAdmin, request: HttpRequest, object_id: str, act: Act) -> HttpResponse:
    """Ask, confirm and do; the caller has checked the right. A record that the person may not see is a 404."""
    instance: models.Model | None = admin.get_object(request, object_id)
    if instance is None:
        raise Http404
    url = reverse(f"admin:{admin.opts.app_label}_{admin.opts.model_name}_change", args=[instance.pk])
    return _page(admin, request, act, instance, (str(instance), url))


def list_act_page(admin: BackofficeAdmin, request: HttpRequest, act: Act) -> HttpResponse:
    """The same for an act that concerns no record yet: `perform` is given None, and one comes back to the list."""
    url = reverse(f"admin:{admin.opts.app_label}_{admin.opts.model_name}_changelist")
    return _page(admin, request, act, None, (str(admin.opts.verbose_name_plural).capitalize(), url))


def _page(
    admin: BackofficeAdmin, request: HttpRequest, act: Act, instance: models.Model | None, back: tuple[str, str]
) -> HttpResponse:
    """`back` is the name and the address of where one comes from and returns to."""
    form = act.form_class(initial=dict(act.initial))
    name, url = back
    if request.method == "POST":
        form = act.form_class(request.POST, request.FILES)
        if form.is_valid() and _performed(act, instance, form):
            messages.success(request, act.done)
            return HttpResponseRedirect(act.next_url or url)
    context = {
        **admin.admin_site.each_context(request),
        "title": act.title,
        "act": act,
        "form": form,
        "media": admin.media + form.media,
        "opts": admin.opts,
        "instance": instance,
        "original": name,
        "record_url": act.next_url or url,
    }
    return TemplateResponse(request, "admin/act.html", context)


def _performed(act: Act, instance: models.Model | None, form: forms.Form) -> bool:
    try:
        act.perform(instance, form.cleaned_data)
    except RefusalError as refusal:
        for reason in refusal.reasons:
            form.add_error(None, reason)
        return False
    return True
