from django.contrib.auth import views as auth
from django.urls import path
from django.views.generic import TemplateView

from . import views
from .common_forms import LogInForm

login = auth.LoginView.as_view(authentication_form=LogInForm, redirect_authenticated_user=True)

urlpatterns = [
    path("", TemplateView.as_view(template_name="home.html"), name="home"),
    path("register/", views.RegisterView.as_view(), name="register"),
    path("login/", login, name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("players/", views.PlayerListView.as_view(), name="player_list"),
    path("profile/", views.ProfileView.as_view(), name="profile"),
    path("profile/edit/", views.ProfileEditView.as_view(), name="profile_edit"),
    path("profile/delete/", views.ProfileDeleteView.as_view(), name="profile_delete"),
    # Django's own pages, under the names by which they find each other.
    path("password-change/", auth.PasswordChangeView.as_view(), name="password_change"),
    path(
        "password-change/done/",
        auth.PasswordChangeDoneView.as_view(),
        name="password_change_done",
    ),
    path("password-reset/", auth.PasswordResetView.as_view(), name="password_reset"),
    path(
        "password-reset/done/",
        auth.PasswordResetDoneView.as_view(),
        name="password_reset_done",
    ),
    path(
        "reset/<uidb64>/<token>/",
        auth.PasswordResetConfirmView.as_view(),
        name="password_reset_confirm",
    ),
    path(
        "reset/done/",
        auth.PasswordResetCompleteView.as_view(),
        name="password_reset_complete",
    ),
]
