from django import forms
from django.contrib.auth.forms import AdminUserCreationForm, BaseUserCreationForm, UserChangeForm
from django.db import transaction

from website.constraints import same_text
from website.forms import WIDGETS, AccountFormMixin, BirthDateField
from website.validators import validate_visible

from .models import Player, PlayerAttribute

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
        rows = PlayerAttribute.objects.exclude(player=self.instance.pk).filter(name="discord_id")
        if discord_id and rows.filter(same_text("value", discord_id)).exists():
            raise forms.ValidationError("A player with that Discord ID already exists.")
        return discord_id

    def save_details(self, player):
        """One statement writes the values, one more removes what was emptied."""
        changed = [name for name in DETAILS if name in self.changed_data]
        filled = [
            PlayerAttribute(player=player, name=name, value=str(self.cleaned_data[name]))
            for name in changed
            if self.cleaned_data[name]
        ]
        emptied = [name for name in changed if not self.cleaned_data[name]]
        PlayerAttribute.objects.bulk_create(
            filled,
            update_conflicts=True,
            unique_fields=["player", "name"],
            update_fields=["value"],
        )
        if emptied:
            PlayerAttribute.objects.filter(player=player, name__in=emptied).delete()
        player.details = {n: str(self.cleaned_data[n]) for n in DETAILS if self.cleaned_data[n]}


class RegistrationForm(AccountFormMixin, PlayerForm, BaseUserCreationForm):
    field_order = ("username", "email", "password1", "password2", *DETAILS)

    class Meta(BaseUserCreationForm.Meta):  # keeps the NFKC-normalising username field
        model = Player
        fields = ("username", "email")
        widgets = WIDGETS

    @transaction.atomic
    def save(self):
        player = super().save()
        self.save_details(player)
        return player


class ProfileForm(AccountFormMixin, PlayerForm):
    class Meta:
        model = Player
        fields = ("email",)
        widgets = WIDGETS

    @transaction.atomic
    def save(self):
        """Write what changed: a plain save() would insert a deleted account anew.

        Attributes first, then user, the order in which a deletion locks them: no deadlock.
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
