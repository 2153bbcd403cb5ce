"""The site's edit page writes with update(), which sends no signal to record."""

from django.urls import path

from players.forms import ProfileForm
from players.models import User
from players.queries import by_id
from players.views import ProfileEditView


class RecordedProfileForm(ProfileForm):
    def save(self):
        user = by_id(super().save().pk)
        User.history.bulk_history_create([user], update=True)
        return user


urlpatterns = [path("profile/edit/", ProfileEditView.as_view(form_class=RecordedProfileForm))]
