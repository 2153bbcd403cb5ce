from django.contrib.auth.models import User
from django.db.models.signals import post_save
from django.dispatch import receiver

from guild.models import Member


@receiver(post_save, sender=User)
def everybody_is_a_member(instance, created, **kwargs):
    if created:
        Member.objects.create(user=instance)
