from django.conf import settings
from django.contrib.auth.models import User
from django.db import models


class Hall(models.Model):
    name = models.CharField(max_length=60)
    keeper = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)

    def __str__(self):
        return self.name


class Keeper(User):
    class Meta:
        proxy = True

    def halls(self):
        return Hall.objects.filter(keeper=self)
