from django import forms
from django.contrib.auth.forms import AdminUserCreationForm, BaseUserCreationForm, UserChangeForm
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction

from website.forms import WIDGETS, AccountFormMixin, BirthDateField

from .models import USER_CONSTRAINTS, Person

DETAILS = ("discord_id", "zoom_id", "birthdate")


class UserForm(forms.ModelForm):
    """A form of auth.User that asks the constraints which User's own Meta does not know."""

    def _post_clean(self):
        """Called once the instance has the values; the constraints' errors name their fields."""
        super()._post_clean()
        invalid = {"username", "email"}.difference(self.cleaned_data)
        for constraint in USER_CONSTRAINTS:
            try:
                constraint.validate(User, self.instance, invalid)
            except ValidationError as error:
                self.add_error(None, error)


class PlayerForm(AccountFormMixin, UserForm):
    """The fields of two models on one page."""

    discord_id = Person._meta.get_field("discord_id").formfield()
    zoom_id = Person._meta.get_field("zoom_id").formfield()
    birthdate = Person._meta.get_field("birthdate").formfield(
        form_class=BirthDateField, widget=WIDGETS["birthdate"]
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # A user older than the table has no Person yet.
        self.person = getattr(self.instance, "person", None) or Person()
        self.initial |= {name: getattr(self.person, name) for name in DETAILS}

    def _post_clean(self):
        super()._post_clean()
        valid = [name for name in DETAILS if name in self.cleaned_data]
        for name in valid:
            setattr(self.person, name, self.cleaned_data[name])
        try:
            # Its validators and its constraint; formfield() took neither along.
            self.person.full_clean({"user", *DETAILS}.difference(valid), validate_unique=False)
        except ValidationError as error:
            self.add_error(None, error)


class RegistrationForm(PlayerForm, BaseUserCreationForm):
    field_order = ("username", "email", "password1", "password2", *DETAILS)

    class Meta(BaseUserCreationForm.Meta):  # keeps the NFKC-normalising username field
        model = User
        fields = ("username", "email")
        widgets = WIDGETS

    @transaction.atomic
    def save(self):
        user = super().save(commit=False)
        # The receiver inserts the Person with its values: an INSERT, and no UPDATE after it.
        user.person_details = {name: self.cleaned_data[name] for name in DETAILS}
        user.save()
        if not hasattr(user, "person"):  # no receiver: its module was not imported
            Person.objects.create(user=user, **user.person_details)
        return user


class ProfileForm(PlayerForm):
    class Meta:
        model = User
        fields = ("email",)
        widgets = WIDGETS

    @transaction.atomic
    def save(self):
        """Write what changed: a plain save() would insert a deleted account anew.

        Person first, then user, the order in which a deletion locks them: no deadlock.
        """
        details = {name: self.cleaned_data[name] for name in DETAILS if name in self.changed_data}
        if details and not Person.objects.filter(user=self.instance).update(**details):
            Person.objects.create(user=self.instance, **details)
        if "email" in self.changed_data:
            self.instance.save(update_fields=["email"])
        return self.instance


class PlayerCreationForm(UserForm, AdminUserCreationForm):
    """The admin's form to add a user."""


class PlayerChangeForm(UserForm, UserChangeForm):
    """The admin's form to change a user."""
