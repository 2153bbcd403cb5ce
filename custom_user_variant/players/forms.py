from django import forms
from django.contrib.auth.forms import BaseUserCreationForm

from .models import User

DETAILS = ("discord_id", "zoom_id", "birthdate")
WIDGETS = {
    "email": forms.EmailInput(attrs={"autocomplete": "email"}),
    "birthdate": forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}),
}


class RegistrationForm(BaseUserCreationForm):
    """One form, one model, one INSERT: the model's constraints report to their fields."""

    field_order = ("username", "email", "password1", "password2", *DETAILS)

    class Meta(BaseUserCreationForm.Meta):  # keeps the NFKC-normalising username field
        model = User
        fields = ("username", "email", *DETAILS)
        widgets = WIDGETS

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True

    def validate_unique(self):
        """The model's constraints ask whatever the case; do not ask again."""


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("email", *DETAILS)
        widgets = WIDGETS

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True

    def save(self):
        """Write what changed, with update(): save() would insert a deleted account anew."""
        # The instance's values: its clean() has put the address's domain into lower case.
        changed = {name: getattr(self.instance, name) for name in self.changed_data}
        if changed and not User.objects.filter(pk=self.instance.pk).update(**changed):
            raise User.DoesNotExist
        return self.instance
