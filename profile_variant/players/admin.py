from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User

from website.admin import AccountAdminMixin

from .forms import DETAILS, PlayerChangeForm, PlayerCreationForm
from .models import Person


class PersonInline(admin.StackedInline):
    """Its primary key is the user's, so on the add page it updates the receiver's new row."""

    model = Person
    fields = DETAILS
    can_delete = False

    def has_change_permission(self, request, obj=None):
        """The details are the account's: the permissions for its page, asked already, decide."""
        return True

    has_add_permission = has_view_permission = has_change_permission


admin.site.unregister(User)


@admin.register(User)
class PlayerAdmin(AccountAdminMixin, UserAdmin):
    form = PlayerChangeForm
    add_form = PlayerCreationForm
    inlines = [PersonInline]
    list_display = ("username", "email", *(f"person__{name}" for name in DETAILS), "is_staff")
    list_select_related = ["person"]  # without it, a statement a row
    search_fields = (*UserAdmin.search_fields, "person__discord_id", "person__zoom_id")
    add_fieldsets = (*UserAdmin.add_fieldsets, ("Player", {"fields": ("email",)}))
