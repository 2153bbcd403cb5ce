from django import forms
from django.contrib.auth.forms import BaseUserCreationForm

from website.forms import WIDGETS, AccountFormMixin, BirthDateField

from .models import User

DETAILS = ("discord_id", "zoom_id", "birthdate")


class RegistrationForm(AccountFormMixin, BaseUserCreationForm):
    """One form, one model, one INSERT: the model's constraints report to their fields."""

    field_order = ("username", "email", "password1", "password2", *DETAILS)

    class Meta(BaseUserCreationForm.Meta):  # keeps the NFKC-normalising username field
        model = User
        fields = ("username", "email", *DETAILS)
        widgets = WIDGETS
        field_classes = BaseUserCreationForm.Meta.field_classes | {"birthdate": BirthDateField}


class ProfileForm(AccountFormMixin, forms.ModelForm):
    class Meta:
        model = User
        fields = ("email", *DETAILS)
        widgets = WIDGETS
        field_classes = {"birthdate": BirthDateField}

    def save(self):
        """Write what changed: a plain save() would insert a deleted account anew."""
        if self.changed_data:
            self.instance.save(update_fields=self.changed_data)
        return self.instance
