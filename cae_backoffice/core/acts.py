"""The page on which the staff confirm an act on a record: a few fields, one service call, back to the record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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
    name in `wide` the fields that take the whole width. An act that takes the record away returns to the list.
    """

    title: str
    submit: str
    done: str
    perform: Callable[[Any, dict[str, Any]], object]
    form_class: type[forms.Form] = forms.Form
    description: str = ""
    returns_to_list: bool = False


def act_page(admin: BackofficeAdmin, request: HttpRequest, object_id: str, act: Act) -> HttpResponse:
    """Ask, confirm and do; the caller has checked the right. A record that the person may not see is a 404."""
    instance: models.Model | None = admin.get_object(request, object_id)
    if instance is None:
        raise Http404
    form = act.form_class()
    url = reverse(f"admin:{admin.opts.app_label}_{admin.opts.model_name}_change", args=[instance.pk])
    if request.method == "POST":
        form = act.form_class(request.POST, request.FILES)
        if form.is_valid() and _performed(act, instance, form):
            messages.success(request, act.done)
            return HttpResponseRedirect(_list_address(admin) if act.returns_to_list else url)
    context = {
        **admin.admin_site.each_context(request),
        "title": act.title,
        "act": act,
        "form": form,
        "media": admin.media + form.media,
        "opts": admin.opts,
        "original": instance,
        "record_url": url,
    }
    return TemplateResponse(request, "admin/act.html", context)


def _list_address(admin: BackofficeAdmin) -> str:
    return reverse(f"admin:{admin.opts.app_label}_{admin.opts.model_name}_changelist")


def _performed(act: Act, instance: models.Model, form: forms.Form) -> bool:
    try:
        act.perform(instance, form.cleaned_data)
    except RefusalError as refusal:
        for reason in refusal.reasons:
            form.add_error(None, reason)
        return False
    return True
