from django import forms
from django.contrib.auth.forms import AdminUserCreationForm, BaseUserCreationForm, UserChangeForm
from django.db import transaction
from django.db.models.fields.json import KeyTextTransform
from django.db.models.lookups import GreaterThan

from website.constraints import same_text
from website.forms import WIDGETS, AccountFormMixin, BirthDateField
from website.validators import validate_visible

from .models import Merged, Player, PlayerDetails

DETAILS = ("discord_id", "zoom_id", "birthdate")


class PlayerForm(forms.ModelForm):
    """A proxy adds no model field, so the details are declared here, and saved by hand."""

    discord_id = forms.CharField(
        label="Discord ID", max_length=40, required=False, validators=[validate_visible]
    )
    zoom_id = forms.CharField(
        label="Zoom ID", max_length=40, required=False, validators=[validate_visible]
    )
    birthdate = BirthDateField(label="Birth date", required=False, widget=WIDGETS["birthdate"])

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial |= {name: getattr(self.instance, name) for name in DETAILS}

    def clean_discord_id(self):
        discord_id = self.cleaned_data["discord_id"]
        value = KeyTextTransform("discord_id", "data")
        others = PlayerDetails.objects.exclude(player=self.instance.pk)
        taken = others.filter(same_text(value, discord_id), GreaterThan(value, ""))
        if discord_id and taken.exists():
            raise forms.ValidationError("A player with that Discord ID already exists.")
        return discord_id

    def changed_details(self):
        """Texts by name; None for what was emptied."""
        changed = {name: self.cleaned_data[name] for name in DETAILS if name in self.changed_data}
        return {name: str(value) if value else None for name, value in changed.items()}

    def save_details(self, player):
        """One UPDATE of what changed, or an INSERT where there is no row yet."""
        changed = self.changed_details()
        rows = PlayerDetails.objects.filter(player=player)
        if changed and not rows.update(data=Merged("data", changed)):
            PlayerDetails.objects.create(player=player, data=changed)
        player._state.fields_cache.pop("details", None)


class RegistrationForm(AccountFormMixin, PlayerForm, BaseUserCreationForm):
    field_order = ("username", "email", "password1", "password2", *DETAILS)

    class Meta(BaseUserCreationForm.Meta):  # keeps the NFKC-normalising username field
        model = Player
        fields = ("username", "email")
        widgets = WIDGETS

    @transaction.atomic
    def save(self):
        player = super().save()
        PlayerDetails.objects.create(player=player, data=self.changed_details())
        return player


class ProfileForm(AccountFormMixin, PlayerForm):
    class Meta:
        model = Player
        fields = ("email",)
        widgets = WIDGETS

    @transaction.atomic
    def save(self):
        """Write what changed: a plain save() would insert a deleted account anew.

        Details first, then user, the order in which a deletion locks them: no deadlock.
        """
        self.save_details(self.instance)
        if "email" in self.changed_data:
            self.instance.save(update_fields=["email"])
        return self.instance


class PlayerCreationForm(PlayerForm, AdminUserCreationForm):
    """The admin's form to add a player."""

    class Meta(AdminUserCreationForm.Meta):
        model = Player


class PlayerChangeForm(PlayerForm, UserChangeForm):
    """The admin's form to change a player."""

    class Meta(UserChangeForm.Meta):
        model = Player
