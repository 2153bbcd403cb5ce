from django.contrib import admin

from guild.models import Member, Team

admin.site.register([Member, Team])
