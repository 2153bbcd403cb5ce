"""The packages' sign-up with the three details, which a form of one's own adds to either."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.http import HttpRequest
from django_registration.forms import RegistrationForm

from players.forms import DETAILS


class DetailsForm(forms.Form):
    """For django-allauth: its own form derives from this one and calls signup()."""

    discord_id = forms.CharField(label="Discord ID", max_length=40, required=False)
    zoom_id = forms.CharField(label="Zoom ID", max_length=40, required=False)
    birthdate = forms.DateField(label="Birth date", required=False)

    def signup(self, request: HttpRequest, user: Any) -> None:
        self.save_details(user)

    def save_details(self, user: Any) -> None:
        """The variant's receiver has made the Person by now."""
        for name in DETAILS:
            setattr(user.person, name, self.cleaned_data[name])
        user.person.save()


class OneStepForm(DetailsForm, RegistrationForm):  # type: ignore[misc]
    """For django-registration: its view calls save() and authenticates."""

    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit)
        self.save_details(user)
        return user
