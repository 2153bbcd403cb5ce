"""Versions are made in a revision, which the admin opens and the site's edit page does not. And
update(), with which it writes a profile, sends no signal to make a version of."""

import reversion
from django.urls import path

from players.forms import ProfileForm
from players.queries import by_id
from website.views import ProfileEditView


class RevisedProfileForm(ProfileForm):
    def save(self):
        with reversion.create_revision():
            player = by_id(super().save().pk)
            reversion.set_user(player)
            reversion.add_to_revision(player)
        return player


urlpatterns = [path("profile/edit/", ProfileEditView.as_view(form_class=RevisedProfileForm))]
