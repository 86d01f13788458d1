"""Accounts, for those who give access."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action, display

from cae_backoffice.core.access import Right, Role, has_right
from cae_backoffice.core.acts import Act, act_page
from cae_backoffice.core.admin import BackofficeAdmin
from members.people.forms import NewUserForm, PasswordForm, UserForm
from members.people.models import User
from members.people.queries import signed_in_user
from members.people.services import create_user, save_user, set_password


class MembershipAdmin(BackofficeAdmin):
    """Base of what concerns all the members: seen by the staff who follow them all, written by managers."""

    view_right = Right.VIEW_ALL_MEMBERS
    change_right: ClassVar[Right | None] = Right.MANAGE_MEMBERS

    def has_manage_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002
        """Who may act on the record, even where its fields no longer change."""
        return has_right(request.user, Right.MANAGE_MEMBERS)


class MemberRecordAdmin(MembershipAdmin):
    """Base of what is recorded about one member: seen by their adviser too."""

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Advisers too: `visible_to` leaves them the people they advise."""
        return super().has_view_permission(request, obj) or has_right(request.user, Right.VIEW_ADVISED_MEMBERS)


class RoleFilter(admin.SimpleListFilter):
    """Accounts that hold a role."""

    title = "rôle"
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ANN401, ARG002
        """Every role."""
        return [(role.value, str(role.label)) for role in Role]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:  # noqa: ARG002
        """Those who hold it."""
        role = self.value()
        return queryset.filter(roles__contains=[role]) if role else queryset


@admin.register(User)
class UserAdmin(BackofficeAdmin):
    """Who signs in, and with which roles."""

    view_right = Right.MANAGE_USERS
    change_right = Right.MANAGE_USERS
    form = UserForm
    list_display: ClassVar = ["full_name", "email", "role_labels", "person_name", "is_active", "last_login"]
    list_filter: ClassVar = [RoleFilter, "is_active"]
    list_select_related: ClassVar = ["person"]
    search_fields: ClassVar = ["search"]
    search_help_text = "Nom ou courriel"
    ordering: ClassVar = ["full_name", "id"]
    readonly_fields: ClassVar = ["person_name", "created_at", "last_login"]
    fieldsets: ClassVar = [
        (None, {"fields": [("full_name", "email"), "roles", "is_active"]}),
        ("Suivi", {"fields": ["person_name", ("created_at", "last_login")]}),
    ]
    add_fieldsets: ClassVar = [(None, {"fields": [("full_name", "email"), "roles", "password"]})]
    actions_detail: ClassVar = ["give_password"]

    def get_form(
        self,
        request: HttpRequest,
        obj: models.Model | None = None,
        change: bool = False,  # noqa: FBT001, FBT002  Django's signature
        **kwargs: Any,  # noqa: ANN401
    ) -> type[forms.ModelForm[Any]]:
        """A new account also takes its first password."""
        return super().get_form(request, obj, change, **({} if obj else {"form": NewUserForm}), **kwargs)

    @display(description="rôles", label=True)
    def role_labels(self, user: User) -> list[str]:
        """Their French names."""
        return [str(Role(role).label) for role in user.roles]

    @display(description="personne", ordering="person__search")
    def person_name(self, user: User) -> str:
        """Who signs in with it, when that is a member."""
        return str(user.person) if hasattr(user, "person") else "—"

    def write(self, request: HttpRequest, instance: Any, form: forms.ModelForm[Any]) -> None:  # noqa: ANN401
        """Open the account or change it."""
        by = signed_in_user(request)
        if instance.pk is not None:
            save_user(user=instance, by=by)
            return
        created = create_user(
            email=instance.email,
            full_name=instance.full_name,
            roles=[Role(role) for role in instance.roles],
            password=form.cleaned_data["password"] or None,
            by=by,
        )
        instance.pk = created.pk

    @action(description="Donner un mot de passe", url_path="mot-de-passe", icon="key", permissions=["change"])
    def give_password(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A first password, or a new one for someone who forgot theirs."""
        act = Act(
            title="Donner un mot de passe",
            description="Transmettez-le de vive voix\u00a0; la personne le changera dans «\u00a0Mon compte\u00a0».",
            submit="Enregistrer le mot de passe",
            done="Le mot de passe est enregistré.",
            form_class=PasswordForm,
            perform=lambda user, typed: set_password(user=user, password=typed["password"], by=signed_in_user(request)),
        )
        return act_page(self, request, object_id, act)
