from django import forms
from django.contrib.auth.forms import BaseUserCreationForm

from .common_forms import ISO_8601, BirthDateField, WebsiteFormMixin
from .models import User

DETAILS = ("discord_id", "zoom_id", "birthdate")
WIDGETS = {
    "email": forms.EmailInput(attrs={"autocomplete": "email"}),
    "birthdate": forms.DateInput({"type": "date", "autocomplete": "bday"}, ISO_8601),
}


class RegistrationForm(WebsiteFormMixin, BaseUserCreationForm):
    """One form, one model, one INSERT: the model's constraints report to their fields."""

    field_order = ("username", "email", "password1", "password2", *DETAILS)

    class Meta(BaseUserCreationForm.Meta):  # keeps the NFKC-normalising username field
        model = User
        fields = ("username", "email", *DETAILS)
        widgets = WIDGETS
        field_classes = BaseUserCreationForm.Meta.field_classes | {"birthdate": BirthDateField}

    def validate_unique(self):
        """The model's constraints ask whatever the case; do not ask again."""


class ProfileForm(WebsiteFormMixin, forms.ModelForm):
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
