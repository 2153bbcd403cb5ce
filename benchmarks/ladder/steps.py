"""The rungs: each view is the one above it with one change, and so named in LADDER.

A rung is what happens to a form that is valid; `page` has what all of them share. From
"create_only" on, the receiver is the variant's own `create_person`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib.auth import authenticate, login
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from players.forms import DETAILS, RegistrationForm
from players.models import Person

BACKEND = "players.backends.PlayerBackend"
View = Callable[[HttpRequest], HttpResponse]


class ArticleForm(UserCreationForm):  # type: ignore[type-arg]
    """Django's form with four fields more, and no rules for them but types and lengths.

    Since Django 4.2 its base asks for a username in any case, which the article's did not yet.
    """

    email = forms.EmailField()
    discord_id = forms.CharField(label="Discord ID", max_length=40, required=False)
    zoom_id = forms.CharField(label="Zoom ID", max_length=40, required=False)
    birthdate = forms.DateField(label="Birth date", required=False)

    class Meta(UserCreationForm.Meta):
        fields = ("username", "email")


def create_and_save_person(instance: Any, created: bool, **kwargs: Any) -> None:
    """The article's receiver: each save of a user saves the Person once more."""
    if created:
        Person.objects.create(user=instance)
    instance.person.save()


def page(form_class: type[Any]) -> Callable[[Callable[[HttpRequest, Any], None]], View]:
    """A page that shows its form until it is valid, then calls the function and leads home."""

    def decorate(register: Callable[[HttpRequest, Any], None]) -> View:
        @wraps(register)
        def view(request: HttpRequest) -> HttpResponse:
            form = form_class(request.POST if request.method == "POST" else None)
            if form.is_valid():
                register(request, form)
                return redirect("/")
            return render(request, "website/register.html", {"form": form})

        return view

    return decorate


@page(ArticleForm)
def article(request: HttpRequest, form: ArticleForm) -> None:
    user = form.save()
    user.refresh_from_db()
    user.person.discord_id = form.cleaned_data["discord_id"]
    user.person.zoom_id = form.cleaned_data["zoom_id"]
    user.person.birthdate = form.cleaned_data["birthdate"]
    user.save()
    name, password = form.cleaned_data["username"], form.cleaned_data["password1"]
    # The article gives no request; django-axes, which guards this site, asks for it.
    login(request, authenticate(request, username=name, password=password))


@page(ArticleForm)
def one_hash(request: HttpRequest, form: ArticleForm) -> None:
    user = form.save()
    user.refresh_from_db()
    user.person.discord_id = form.cleaned_data["discord_id"]
    user.person.zoom_id = form.cleaned_data["zoom_id"]
    user.person.birthdate = form.cleaned_data["birthdate"]
    user.save()
    login(request, user, BACKEND)


@page(ArticleForm)
def create_only(request: HttpRequest, form: ArticleForm) -> None:
    user = form.save()
    user.refresh_from_db()
    user.person.discord_id = form.cleaned_data["discord_id"]
    user.person.zoom_id = form.cleaned_data["zoom_id"]
    user.person.birthdate = form.cleaned_data["birthdate"]
    user.person.save()
    login(request, user, BACKEND)


@page(ArticleForm)
def no_refresh(request: HttpRequest, form: ArticleForm) -> None:
    user = form.save()
    user.person.discord_id = form.cleaned_data["discord_id"]
    user.person.zoom_id = form.cleaned_data["zoom_id"]
    user.person.birthdate = form.cleaned_data["birthdate"]
    user.person.save()
    login(request, user, BACKEND)


@page(ArticleForm)
def one_insert(request: HttpRequest, form: ArticleForm) -> None:
    user = form.save(commit=False)
    user.person_details = {name: form.cleaned_data[name] for name in DETAILS}
    user.save()
    login(request, user, BACKEND)


@page(ArticleForm)
@transaction.atomic
def one_commit(request: HttpRequest, form: ArticleForm) -> None:
    user = form.save(commit=False)
    user.person_details = {name: form.cleaned_data[name] for name in DETAILS}
    user.save()
    login(request, user, BACKEND)


@page(RegistrationForm)  # the variant's: it asks the rules, and its save() does the first three
@transaction.atomic
def rules(request: HttpRequest, form: Any) -> None:
    user: User = form.save()
    login(request, user, BACKEND)
