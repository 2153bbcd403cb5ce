"""A proxy's permissions belong to its own content type, which Django gives only if asked to."""

from django.contrib.contenttypes.models import ContentType


def of_the_proxy_itself(model):
    return ContentType.objects.get_for_model(model, for_concrete_model=False)
