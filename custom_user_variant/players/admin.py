from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from website.admin import AccountAdminMixin

from .forms import DETAILS
from .models import User


@admin.register(User)
class PlayerAdmin(AccountAdminMixin, UserAdmin):
    list_display = ("username", "email", *DETAILS, "is_staff")
    search_fields = (*UserAdmin.search_fields, "discord_id", "zoom_id")
    fieldsets = (*UserAdmin.fieldsets, ("Player", {"fields": DETAILS}))
    add_fieldsets = (*UserAdmin.add_fieldsets, ("Player", {"fields": ("email", *DETAILS)}))
