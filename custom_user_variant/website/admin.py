from axes.utils import reset as forget_wrong_log_ins


class AccountAdminMixin:
    """For a UserAdmin."""

    def lookup_allowed(self, lookup, value, request):
        """What the sidebar offers, if Django allows it: ?email__regex=[ would be a 500."""
        field, kind = lookup.partition("__")[0], lookup.rpartition("__")[2]
        offered = field in self.list_filter and kind in ("exact", "isnull")
        return offered and super().lookup_allowed(lookup, value, request)

    # Nothing of a deleted account is left; the next one of that name is not locked out.

    def delete_model(self, request, obj):
        forget_wrong_log_ins(username=obj.username)
        super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        for user in queryset:
            forget_wrong_log_ins(username=user.username)
        super().delete_queryset(request, queryset)
