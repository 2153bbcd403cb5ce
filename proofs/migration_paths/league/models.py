from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models


class Match(models.Model):
    title = models.CharField(max_length=40)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    participants = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="matches")


class Note(models.Model):
    # A column that needs quotes.
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, db_column="Kind")
    object_id = models.PositiveIntegerField()
    target = GenericForeignKey()
