"""The details' history is that of their rows. And bulk_create(), which writes them, sends no
signal: in the admin and in the edit page, they are recorded by hand."""

from django.urls import path
from simple_history import register
from simple_history.admin import SimpleHistoryAdmin

from players.admin import PlayerAdmin
from players.forms import ProfileForm
from players.models import PlayerAttribute
from players.queries import by_id
from website.views import ProfileEditView

register(PlayerAttribute, app="proofs.ecosystem")


class HistoricalPlayerAdmin(SimpleHistoryAdmin, PlayerAdmin):
    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        PlayerAttribute.history.bulk_history_create(by_id(obj.pk).attributes.all(), update=True)


class RecordedProfileForm(ProfileForm):
    def save(self):
        player = by_id(super().save().pk)
        PlayerAttribute.history.bulk_history_create(player.attributes.all(), update=True)
        return player


def zoom_ids(player):
    """What the Zoom ID has been, the newest first."""
    records = PlayerAttribute.history.filter(player=player, name="zoom_id")
    return [record.value for record in records]


urlpatterns = [path("profile/edit/", ProfileEditView.as_view(form_class=RecordedProfileForm))]
