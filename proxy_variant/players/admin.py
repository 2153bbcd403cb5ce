from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User

from website.admin import AccountAdminMixin

from .forms import DETAILS, PlayerChangeForm, PlayerCreationForm
from .models import Player

admin.site.unregister(User)


@admin.register(Player)
class PlayerAdmin(AccountAdminMixin, UserAdmin):
    form = PlayerChangeForm
    add_form = PlayerCreationForm
    list_display = ("username", "email", *DETAILS, "is_staff")
    search_fields = (*UserAdmin.search_fields, "attributes__value")
    fieldsets = (*UserAdmin.fieldsets, ("Player", {"fields": DETAILS}))
    add_fieldsets = (*UserAdmin.add_fieldsets, ("Player", {"fields": ("email", *DETAILS)}))

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("attributes")

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        form.save_details(obj)

    # A proxy has permissions of its own. players.change_player opens this page without
    # auth.change_user, so by itself it must lead neither to more rights nor to the account
    # of a user who has them: setting that user's password is as good as having those rights.

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and may_touch(request.user, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and may_touch(request.user, obj)

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        if request.user.has_perm("auth.change_user"):
            return fields
        return (*fields, "is_staff", "is_superuser", "groups", "user_permissions")


@admin.register(User)
class UserLookUp(PlayerAdmin):
    """Where the raw_id_fields and autocomplete_fields of other models look a user up."""

    form, fieldsets = UserAdmin.form, UserAdmin.fieldsets
    list_display, search_fields = UserAdmin.list_display, UserAdmin.search_fields

    def get_model_perms(self, request):
        return {}  # not in the index

    def has_view_permission(self, request, obj=None):
        players = self.admin_site.get_model_admin(Player)
        granted = players.has_view_permission(request, obj)
        return granted or super().has_view_permission(request, obj)

    def has_add_permission(self, request, obj=None):
        return False

    has_change_permission = has_delete_permission = has_add_permission


def may_touch(staff, player):
    powerful = player is not None and (player.is_staff or player.is_superuser)
    return not powerful or staff.has_perm("auth.change_user")
