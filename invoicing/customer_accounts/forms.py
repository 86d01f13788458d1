"""What is asked when a private link is given."""

from django import forms

DURATIONS = ((30, "1 mois"), (90, "3 mois"), (365, "1 an"))


class LinkForm(forms.Form):
    """For how long the link opens."""

    days = forms.TypedChoiceField(label="Durée du lien", choices=DURATIONS, coerce=int, initial=90)
