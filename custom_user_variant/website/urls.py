from django.contrib.auth import views as auth
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from . import views

urlpatterns = [
    # never_cache: after a log-out, the browser's Back button must not show them again.
    path("", never_cache(TemplateView.as_view(template_name="home.html")), name="home"),
    path("players/", never_cache(views.PlayerListView.as_view()), name="player_list"),
    path("profile/", never_cache(views.ProfileView.as_view()), name="profile"),
    path("profile/edit/", never_cache(views.ProfileEditView.as_view()), name="profile_edit"),
    path("profile/delete/", never_cache(views.ProfileDeleteView.as_view()), name="profile_delete"),
    path("register/", views.RegisterView.as_view(), name="register"),
    path("login/", views.LoginView.as_view(), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    # Django's own pages go by the names under which Django looks for them.
    path(
        "password-change/", never_cache(views.PasswordChangeView.as_view()), name="password_change"
    ),
    path(
        "password-change/done/",
        never_cache(auth.PasswordChangeDoneView.as_view()),
        name="password_change_done",
    ),
    path("password-reset/", views.PasswordResetView.as_view(), name="password_reset"),
    path("password-reset/done/", auth.PasswordResetDoneView.as_view(), name="password_reset_done"),
    path(
        "reset/<uidb64>/<token>/",
        views.PasswordResetConfirmView.as_view(),
        name="password_reset_confirm",
    ),
    path("reset/done/", auth.PasswordResetCompleteView.as_view(), name="password_reset_complete"),
]
