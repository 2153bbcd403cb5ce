from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.defaults import page_not_found

# Django's own reads the form, to look for its token, and fails where that cannot be read.
handler404 = page_not_found.__wrapped__

urlpatterns = [
    path("", include("website.urls")),
    # The admin's own may be stored by a browser, with the name of whoever was logged in.
    path("admin/password_change/", admin.site.admin_view(admin.site.password_change)),
    path("admin/password_change/done/", admin.site.admin_view(admin.site.password_change_done)),
    path("admin/", admin.site.urls),
]

if "debug_toolbar" in settings.INSTALLED_APPS:
    from debug_toolbar.toolbar import debug_toolbar_urls

    urlpatterns += debug_toolbar_urls()
