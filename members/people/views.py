"""Signing in and out, one's own account, a forgotten password."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as auth_views
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.http import require_POST

from cae_backoffice.core.errors import RefusalError
from members.cooperative.queries import the_cooperative
from members.people.forms import ForgottenPasswordForm, OwnNameForm, OwnPasswordForm
from members.people.models import User
from members.people.queries import signed_in_user
from members.people.services import save_user, set_password


class SignInView(auth_views.LoginView):
    """The one door of the site; a person already signed in goes on to their home."""

    redirect_authenticated_user = True


class PasswordResetView(auth_views.PasswordResetView):
    """Asks for an address and sends a link; the answer is the same whether the account exists or not."""

    subject_template_name = "registration/password_reset_subject.txt"

    def form_valid(self, form: Any) -> HttpResponse:  # noqa: ANN401  Django's signature
        """Sign the message with the cooperative's name."""
        self.extra_email_context = {"cooperative": the_cooperative()}
        return super().form_valid(form)


class PasswordResetConfirmView(auth_views.PasswordResetConfirmView):
    """Where the link leads: the new password is written by the service, and traced."""

    form_class = ForgottenPasswordForm
    success_url = reverse_lazy("password_reset_complete")

    def form_valid(self, form: Any) -> HttpResponse:  # noqa: ANN401  Django's signature
        """Give the password and forget the link."""
        if self.user is None or not _accepted(form, self.user):
            return self.form_invalid(form)
        del self.request.session[auth_views.INTERNAL_RESET_SESSION_TOKEN]
        return HttpResponseRedirect(str(self.success_url))


def account(request: HttpRequest) -> HttpResponse:
    """One's own name, and the form that changes the password."""
    user = signed_in_user(request)
    form = OwnNameForm(request.POST or None, instance=User.objects.get(pk=user.pk))
    if request.method == "POST" and form.is_valid() and _saved(form, user):
        messages.success(request, "Votre nom est enregistré.")
        return redirect("account")
    return _account_page(request, form, OwnPasswordForm(user))


@require_POST
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password, the present one being given; this browser stays signed in, the others are signed out."""
    user = signed_in_user(request)
    form = OwnPasswordForm(user, request.POST)
    if form.is_valid() and _accepted(form, user):
        update_session_auth_hash(request, User.objects.get(pk=user.pk))
        messages.success(request, "Votre nouveau mot de passe est en place.")
        return redirect("account")
    return _account_page(request, OwnNameForm(instance=user), form)


def _account_page(request: HttpRequest, name_form: OwnNameForm, password_form: Form) -> HttpResponse:
    context = {"section": "account", "name_form": name_form, "password_form": password_form}
    return render(request, "members/people/account.html", context)


def _saved(form: OwnNameForm, user: User) -> bool:
    try:
        save_user(user=form.instance, by=user)
    except RefusalError as refusal:
        _show(refusal, form)
        return False
    return True


def _accepted(form: Any, user: User) -> bool:  # noqa: ANN401  any form that asks a new password
    try:
        set_password(user=user, password=form.cleaned_data["new_password1"], by=user)
    except RefusalError as refusal:
        _show(refusal, form)
        return False
    return True


def _show(refusal: RefusalError, form: Any) -> None:  # noqa: ANN401  any form
    for reason in refusal.reasons:
        form.add_error(None, reason)
