from axes.utils import reset as forget_wrong_log_ins
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth import views as auth
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.messages.views import SuccessMessageMixin
from django.db import DatabaseError, IntegrityError, transaction
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, ListView, TemplateView, UpdateView

from players import queries
from players.forms import ProfileForm, RegistrationForm

from .forms import (
    ChangePasswordForm,
    DeleteAccountForm,
    DirectoryForm,
    ForgottenPasswordForm,
    LogInForm,
    ResetPasswordForm,
)

READ_AND_POST = ["get", "head", "options", "post"]  # Django's form views would take PUT as POST


class OvertakenMixin:
    """What to answer when the database refuses what the form had accepted."""

    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except DatabaseError as error:
            user = getattr(form, "user", self.request.user)
            if not queries.by_id(user.pk):  # another tab deleted the account meanwhile
                if user == self.request.user:  # a reset link may be another player's
                    logout(self.request)
                return redirect("login")
            if isinstance(error, IntegrityError):
                return self.form_refused()
            raise

    def form_refused(self):
        """Validate afresh: what was faster is visible by now, and the form names the field."""
        form = self.get_form()
        if form.is_valid():
            form.add_error(None, "Somebody else was faster. Please try again.")
        return self.form_invalid(form)


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class RegisterView(OvertakenMixin, auth.RedirectURLMixin, FormView):
    http_method_names = READ_AND_POST
    form_class = RegistrationForm
    template_name = "website/register.html"
    next_page = "home"

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated:
            return HttpResponseRedirect(self.get_success_url())
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(next=self.get_redirect_url(), **kwargs)

    def form_valid(self, form):
        try:
            # One commit for the account and the log-in. No authenticate(): it would hash again.
            with transaction.atomic():
                user = form.save()
                login(self.request, user, backend="players.backends.PlayerBackend")
        except IntegrityError:
            return self.form_refused()
        # Not redirect(), which would take next=welcome for the name of a view.
        return HttpResponseRedirect(self.get_success_url())


class LoginView(OvertakenMixin, auth.LoginView):
    http_method_names = READ_AND_POST
    authentication_form = LogInForm


class PlayerListView(LoginRequiredMixin, ListView):
    template_name = "players/player_list.html"
    context_object_name = "players"
    paginate_by = 50

    def get_queryset(self):
        self.form = DirectoryForm(self.request.GET)
        if self.form.is_valid():
            return queries.directory(**self.form.cleaned_data)
        return queries.directory().none()

    def get_context_data(self, **kwargs):
        return super().get_context_data(form=self.form, **kwargs)


class ProfileView(LoginRequiredMixin, TemplateView):
    template_name = "players/profile.html"


class ProfileEditView(OvertakenMixin, LoginRequiredMixin, SuccessMessageMixin, UpdateView):
    http_method_names = READ_AND_POST
    form_class = ProfileForm
    template_name = "website/profile_edit.html"
    success_url = reverse_lazy("profile")
    success_message = "Your details are saved."

    def get_object(self):
        return self.request.user


@method_decorator(sensitive_post_parameters(), name="dispatch")
class ProfileDeleteView(LoginRequiredMixin, FormView):
    http_method_names = READ_AND_POST
    form_class = DeleteAccountForm
    template_name = "website/profile_delete.html"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user}

    def form_valid(self, form):
        with transaction.atomic():
            forget_wrong_log_ins(username=self.request.user.username)
            self.request.user.delete()
            logout(self.request)
        messages.success(self.request, "Your account is deleted.")
        return redirect("home")


class PasswordChangeView(OvertakenMixin, auth.PasswordChangeView):
    http_method_names = READ_AND_POST
    form_class = ChangePasswordForm


class PasswordResetView(auth.PasswordResetView):
    http_method_names = READ_AND_POST
    form_class = ForgottenPasswordForm


class PasswordResetConfirmView(OvertakenMixin, auth.PasswordResetConfirmView):
    http_method_names = READ_AND_POST
    form_class = ResetPasswordForm
