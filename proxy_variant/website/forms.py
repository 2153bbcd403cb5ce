"""The forms that no strategy touches, and what the others have in common."""

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import (
    AuthenticationForm,
    PasswordChangeForm,
    PasswordResetForm,
    SetPasswordForm,
)
from django.views.decorators.debug import sensitive_variables

from .constraints import same_text
from .validators import validate_birthdate

ISO_8601 = "%Y-%m-%d"
WIDGETS = {
    "email": forms.EmailInput({"autocomplete": "email"}),
    "birthdate": forms.DateInput({"type": "date", "autocomplete": "bday"}, ISO_8601),
}


class BirthDateField(forms.DateField):
    """A browser's date input speaks ISO 8601, whatever the language of the site."""

    widget = forms.DateInput({"type": "date"})
    input_formats = [ISO_8601]
    default_validators = [validate_birthdate]


class WebsiteFormMixin:
    """The website, unlike the admin, requires an email address, and sets no maxlength."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "email" in self.fields:
            self.fields["email"].required = True
        for field in self.fields.values():
            # Browsers cut what is pasted without a word, and count an emoji as two.
            field.widget.attrs.pop("maxlength", None)


class AccountFormMixin(WebsiteFormMixin):
    """For the forms that write an account."""

    def validate_unique(self):
        """Skip Django's: the constraint on the username asks, in any case of its letters."""


class LogInForm(WebsiteFormMixin, AuthenticationForm):
    error_messages = AuthenticationForm.error_messages | {
        "invalid_login": "Please enter a correct username and password. "
        "Mind the case of the password.",
    }
    user = property(AuthenticationForm.get_user)  # as the other forms with a password name it


class PasswordAloneMixin:
    """Django saves the whole user here, which would undo what another tab has changed meanwhile,
    and insert an account that it has deleted."""

    def save(self, commit=True):
        self.user.set_password(self.cleaned_data["new_password1"])
        self.user.save(update_fields=["password"])
        return self.user


class ChangePasswordForm(PasswordAloneMixin, PasswordChangeForm):
    @sensitive_variables()  # Django's own hides old_password alone, not raw_password below it
    def clean_old_password(self):
        old_password = self.cleaned_data["old_password"]
        if not self.user.check_password(old_password):
            code = "password_incorrect"
            raise forms.ValidationError(self.error_messages[code], code=code)
        return old_password


class ForgottenPasswordForm(WebsiteFormMixin, PasswordResetForm):
    def get_users(self, email):
        """Django's own asks for UPPER(email), which no index here has."""
        users = get_user_model().objects.filter(
            same_text("email", email), email__gt="", is_active=True
        )
        return (user for user in users if user.has_usable_password())


class ResetPasswordForm(PasswordAloneMixin, SetPasswordForm):
    pass


class DirectoryForm(WebsiteFormMixin, forms.Form):
    discord_id = forms.CharField(label="Discord ID", max_length=40, required=False)
    born_from = BirthDateField(label="Born from", required=False)
    born_to = BirthDateField(label="Born until", required=False)

    def clean(self):
        born_from, born_to = self.cleaned_data.get("born_from"), self.cleaned_data.get("born_to")
        if born_from and born_to and born_from > born_to:
            self.add_error("born_to", "This date is before the first one.")


class DeleteAccountForm(forms.Form):
    password = forms.CharField(
        strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def __init__(self, user, *args, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)

    @sensitive_variables()
    def clean_password(self):
        password = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise forms.ValidationError("Your password was not right. Please enter it again.")
        return password
