"""The details' history is the profile's. And update(), with which the edit page writes them, sends
no signal."""

from django.urls import path
from simple_history import register

from players.forms import ProfileForm
from players.models import Person
from players.queries import by_id
from website.views import ProfileEditView

register(Person, app="proofs.ecosystem")


class RecordedProfileForm(ProfileForm):
    def save(self):
        user = by_id(super().save().pk)
        Person.history.bulk_history_create([user.person], update=True)
        return user


def zoom_ids(user):
    """What the Zoom ID has been, the newest first."""
    return [record.zoom_id for record in user.person.history.all()]


urlpatterns = [path("profile/edit/", ProfileEditView.as_view(form_class=RecordedProfileForm))]
