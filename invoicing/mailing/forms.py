"""Typing the words of a message."""

from django import forms

from invoicing.mailing.enums import TemplateKind
from invoicing.mailing.rules import Words, placeholder_problems


class WordsForm(forms.Form):
    """An object and a text."""

    subject = forms.CharField(label="Objet", max_length=160)
    body = forms.CharField(label="Texte", max_length=5000, widget=forms.Textarea({"rows": 14}))

    def words(self) -> Words:
        """What was typed."""
        return Words(subject=self.cleaned_data["subject"], body=self.cleaned_data["body"])


class TemplateForm(WordsForm):
    """The words of a template: only with placeholders of its kind."""

    def __init__(self, kind: TemplateKind, *args: object, **kwargs: object) -> None:
        self.kind = kind
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]

    def clean(self) -> None:
        """Name each placeholder that does not exist."""
        super().clean()
        typed = [str(self.cleaned_data.get(name, "")) for name in ("subject", "body")]
        for problem in placeholder_problems(self.kind, *typed):
            self.add_error(None, problem)
