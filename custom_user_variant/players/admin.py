from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from .forms import DETAILS
from .lockout import LockoutAdminMixin
from .models import User


@admin.register(User)
class PlayerAdmin(LockoutAdminMixin, UserAdmin):
    list_display = ("username", "email", *DETAILS, "is_staff")
    search_fields = (*UserAdmin.search_fields, "discord_id", "zoom_id")
    fieldsets = (*UserAdmin.fieldsets, ("Player", {"fields": DETAILS}))
    add_fieldsets = (*UserAdmin.add_fieldsets, ("Player", {"fields": ("email", *DETAILS)}))

    def lookup_allowed(self, lookup, value, request):
        """What the sidebar offers, if Django allows it: ?email__regex=[ would be a 500."""
        field, *_, kind = lookup.split("__")
        offered = field in self.list_filter and kind in ("exact", "isnull")
        return offered and super().lookup_allowed(lookup, value, request)
