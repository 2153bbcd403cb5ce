from django.conf import settings
from django.contrib.auth.models import User
from django.db import models


class Team(models.Model):
    name = models.CharField(max_length=60)
    hall = models.ForeignKey("venues.Hall", on_delete=models.CASCADE)
    captain = models.ForeignKey(User, on_delete=models.CASCADE, related_name="captain_of")
    helpers = models.ManyToManyField("auth.User", blank=True, related_name="helps")

    def __str__(self):
        return self.name


class Member(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    motto = models.CharField(max_length=80, blank=True)

    def __str__(self):
        return f"{self.user}: {self.motto}"
