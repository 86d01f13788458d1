"""Forms about accounts."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminPasswordWidget

from cae_backoffice.core.access import Role
from members.people.models import User

NEW_PASSWORD = UnfoldAdminPasswordWidget({"autocomplete": "new-password"})
AT_LEAST = "Douze caractères au moins, qui ne soient ni un mot courant ni le nom de la personne."


class PasswordForm(forms.Form):
    """A password that the administrator gives, to be passed on and changed by the person."""

    password = forms.CharField(label="Mot de passe", strip=False, widget=NEW_PASSWORD, help_text=AT_LEAST)
    repeated = forms.CharField(label="Le même, une seconde fois", strip=False, widget=NEW_PASSWORD)

    def clean(self) -> dict[str, Any]:
        """Both are the same."""
        cleaned = super().clean() or {}
        if cleaned.get("password") != cleaned.get("repeated"):
            self.add_error("repeated", "Les deux mots de passe ne sont pas les mêmes.")
        return cleaned


class UserForm(forms.ModelForm):  # type: ignore[type-arg]
    """An account and its roles, one checkbox each."""

    roles = forms.MultipleChoiceField(
        label="Rôles",
        choices=Role.choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="Une personne peut en avoir plusieurs\u00a0; sans rôle, le compte n’ouvre rien.",
    )

    class Meta:
        model = User
        fields: ClassVar = ["full_name", "email", "is_active", "roles"]

    def clean_email(self) -> str:
        """In lower case, as it is stored."""
        return str(self.cleaned_data["email"]).strip().lower()


class NewUserForm(UserForm):
    """The same for an account to open, with its first password."""

    password = forms.CharField(
        label="Premier mot de passe",
        strip=False,
        required=False,
        widget=NEW_PASSWORD,
        help_text=f"{AT_LEAST} Sans mot de passe, le compte attend qu’on lui en donne un.",
    )


class OwnNameForm(forms.ModelForm):  # type: ignore[type-arg]
    """What people change of their own account."""

    class Meta:
        model = User
        fields: ClassVar = ["full_name"]
        labels: ClassVar = {"full_name": "Votre nom"}


LONG_ENOUGH = "Douze caractères au moins. Une phrase facile à retenir convient très bien."


class OwnPasswordForm(PasswordChangeForm):
    """The present password and the new one, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.fields["old_password"].widget.attrs.pop("autofocus", None)
        _say_shortly(self)


class ForgottenPasswordForm(SetPasswordForm):  # type: ignore[type-arg]
    """The new password, twice, when a link from a message stands for the old one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        _say_shortly(self)


def _say_shortly(form: forms.Form) -> None:
    """One sentence of help in place of Django's list."""
    form.fields["new_password1"].help_text = LONG_ENOUGH
    form.fields["new_password2"].help_text = ""
