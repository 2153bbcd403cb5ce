"""The step's register/, and for the rest the profile variant's pages."""

from django.conf import settings
from django.urls import include, path, reverse_lazy

from benchmarks.ladder import steps
from config import urls as variant

urlpatterns = [path("", include(variant))]
handler404 = variant.handler404  # Django looks for it here only

if settings.LADDER_STEP == "django-allauth":
    from allauth.account.views import signup

    urlpatterns = [
        path("register/", signup, name="register"),
        path("accounts/", include("allauth.urls")),
        *urlpatterns,
    ]
elif settings.LADDER_STEP == "django-registration":
    from django_registration.backends.one_step.views import RegistrationView

    from benchmarks.ladder.packages import OneStepForm

    view = RegistrationView.as_view(form_class=OneStepForm, success_url=reverse_lazy("home"))
    urlpatterns.insert(0, path("register/", view, name="register"))
elif settings.LADDER_STEP != "profile":
    urlpatterns.insert(0, path("register/", getattr(steps, settings.LADDER_STEP), name="register"))
