"""The site's own form writes the details: it knows where they are, and what they may be."""

from django.core.exceptions import ValidationError

from players.forms import ProfileForm
from players.queries import by_id


def changed(user, changes):
    """The form of these changes, to be saved. Raises ValidationError."""
    player = by_id(user.pk)
    form = ProfileForm({**ProfileForm(instance=player).initial, **changes}, instance=player)
    if not form.is_valid():
        raise ValidationError(form.errors.as_data())
    return form
