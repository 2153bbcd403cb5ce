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
]

# Django's own pages under Django's own names, which its views look for.
urlpatterns += [
    path(route, getattr(auth, view).as_view(), name=name)
    for route, view, name in (
        ("password-change/", "PasswordChangeView", "password_change"),
        ("password-change/done/", "PasswordChangeDoneView", "password_change_done"),
        ("password-reset/", "PasswordResetView", "password_reset"),
        ("password-reset/done/", "PasswordResetDoneView", "password_reset_done"),
        ("reset/<uidb64>/<token>/", "PasswordResetConfirmView", "password_reset_confirm"),
        ("reset/done/", "PasswordResetCompleteView", "password_reset_complete"),
    )
]
