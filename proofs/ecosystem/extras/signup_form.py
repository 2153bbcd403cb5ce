"""allauth's form derives from this one, and calls signup().

It has saved the account by then: whoever loses a race for a Discord ID here keeps it without
details, unless the request is one transaction (ATOMIC_REQUESTS).
"""

from django import forms

from players.forms import DETAILS, ProfileForm
from proofs.ecosystem.extras.site_form import changed


class SignupForm(forms.Form):
    discord_id, zoom_id, birthdate = (ProfileForm.base_fields[name] for name in DETAILS)

    def clean(self):
        cleaned = super().clean()
        rules = ProfileForm(self.data).errors
        for name in DETAILS:
            if name in rules and name not in self.errors:
                self.add_error(name, rules[name])
        return cleaned

    def signup(self, request, user):
        changed(user, {name: self.cleaned_data[name] for name in DETAILS}).save()
