"""Rule 10: The pages keep to HTTP, and leak nothing."""

import json
import os
import subprocess
import sys
from functools import cache
from shutil import copytree

import django
import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import PBKDF2PasswordHasher, PBKDF2SHA1PasswordHasher
from django.core import mail
from django.core.signals import got_request_exception
from django.db import connection
from django.views.debug import ExceptionReporter

from shared_tests.manage import PRODUCTION, ROOT, manage
from shared_tests.pages import fail
from shared_tests.people import ADA, PASSWORD
from shared_tests.visitor import Visitor, form_data, parsed

UNSAFE = ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]


def test_the_forms_carry_the_token_they_need(db):
    visitor = Visitor(enforce_csrf_checks=True)
    assert visitor.submit("/register/", **ADA).status_code == 302
    assert visitor.edit(zoom_id="new.zoom").status_code == 302
    assert visitor.profile()["zoom_id"] == "new.zoom"


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_every_error_is_a_page_of_ours(db, status):
    visitor = Visitor(enforce_csrf_checks=status == 403, raise_request_exception=False)
    with connection.execute_wrapper(fail):
        response = {
            400: lambda: visitor.post("/login/", {f"f{n}": "" for n in range(1500)}),
            403: lambda: visitor.post("/login/", {}),
            404: lambda: visitor.get("/no-such-page/"),
            500: lambda: visitor.register(),
        }[status]()
    assert response.status_code == status
    page = parsed(response)
    assert page.html["lang"] == "en"
    assert page.h1
    assert page.select_one('a[href="/"]')


@pytest.mark.parametrize("target", UNSAFE)
def test_a_registration_or_log_in_leads_to_no_other_host(visitor, target):
    page = parsed(visitor.get("/register/", {"next": target}))
    assert not page.select("input[name=next]")
    assert visitor.register(next=target)["Location"] == "/"
    assert Visitor().log_in(next=target)["Location"] == "/"


@pytest.mark.parametrize("path", ["/register/", "/profile/delete/", "/login/"])
def test_neither_the_error_page_nor_its_mail_contains_the_password(ada, settings, path):
    address = "ops@example.com"
    settings.ADMINS = [address if django.VERSION >= (6, 0) else ("ops", address)]
    visitor = ada if path == "/profile/delete/" else Visitor()
    visitor.client.raise_request_exception = False
    form = {**ADA, "username": "grace"} if path == "/register/" else {"username": "ada"}
    form |= {"email": "g@example.com", "discord_id": "", "password": PASSWORD}
    with connection.execute_wrapper(fail):
        response = visitor.post(path, form)
    assert response.status_code == 500
    [report] = mail.outbox
    assert "the disk is full" in report.body
    html = "".join(content for content, _ in getattr(report, "alternatives", []))
    for text in response.content.decode(), report.body, html:
        assert PASSWORD not in text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "path", ["/register/", "/login/", "/profile/delete/", "/password-change/", "/admin/login/"]
)
def test_no_report_of_an_error_shows_the_password_wherever_it_happens(ada, path):
    """A detailed report, as ADMINS may ask for, shows the variables of every frame."""
    strangers = {"/register/", "/login/", "/admin/login/"}
    visitor = Visitor() if path in strangers else ada
    form = {**PASSWORDS}
    if path == "/register/":
        form |= {"username": "grace", "email": "grace@example.com", "discord_id": ""}
    for report in reports_of_failures(visitor, path, form):
        assert any("the disk is full" in line for line in report)
        assert [line for line in report if PASSWORD in line] == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "path", ["/login/", "/profile/delete/", "/password-change/", "/admin/login/"]
)
def test_nor_does_the_report_of_one_that_happens_while_a_hash_is_renewed(ada, settings, path):
    """Django renews an outdated hash at the next right password, and hands it on to do so."""
    old = "django.contrib.auth.hashers.PBKDF2SHA1PasswordHasher"
    settings.PASSWORD_HASHERS = [*settings.PASSWORD_HASHERS, old]
    outdated = PBKDF2SHA1PasswordHasher().encode(PASSWORD, "salt", iterations=1)
    players = get_user_model().objects.filter(username="ada")
    visitor = Visitor()

    def outdate():
        players.update(password=outdated)
        if not path.endswith("/login/"):
            visitor.client.force_login(players.get(), settings.AUTHENTICATION_BACKENDS[-1])

    reports = reports_of_failures(visitor, path, PASSWORDS, outdate)
    lines = [line for report in reports for line in report]
    assert any(line.startswith("setter: ") for line in lines), "no hash was renewed"
    assert [line for line in lines if PASSWORD in line] == []


PASSWORDS = {**ADA, "password": PASSWORD, "old_password": PASSWORD}
PASSWORDS |= {"new_password1": PASSWORD, "new_password2": PASSWORD}


def reports_of_failures(visitor, path, form, before_each=lambda: None):
    """The lines of what is reported if the form's first, second, third … statement fails."""
    visitor.client.raise_request_exception = False
    reports = []

    def report(request, **kwargs):
        reports.append(lines_of_the_report(ExceptionReporter(request, *sys.exc_info())))

    got_request_exception.connect(report)
    try:
        number = 0
        while True:
            before_each()
            with fail_at(number):
                response = visitor.post(path, form)
            if response.status_code != 500:
                break
            number += 1
    finally:
        got_request_exception.disconnect(report)
    assert len(reports) == number >= 2, "it asks the database for more than that"
    return reports


def lines_of_the_report(reporter):
    """What Django's templates for a report show; to draw them too takes three times as long."""
    data = reporter.get_traceback_data()
    frames = data.pop("frames")
    lines = [f"{name} = {value!r}" for name, value in data.items()]
    for frame in frames:
        lines += [f"{frame['function']}: {name} = {value!r}" for name, value in frame.items()]
    return lines


def fail_at(number):
    """Answer that many statements, then fail."""
    left = number

    def execute_or_fail(execute, sql, params, many, context):
        nonlocal left
        left -= 1
        if left < 0:
            raise RuntimeError("the disk is full")
        return execute(sql, params, many, context)

    return connection.execute_wrapper(execute_or_fail)


NAMED = {
    "DJANGO_ALLOWED_HOSTS": "players.example.com, www.players.example.com",
    "DJANGO_BEHIND_PROXY": "1",
    "DJANGO_EMAIL_HOST": "mail.example.com",
    "DJANGO_EMAIL_FROM": "a@example.com",
}


@cache
def production(named=False):
    """What is found with the variables that are needed, or with all; and what is on stderr."""
    variables = {"DATABASE_URL": "sqlite://:memory:", "PYTHONPATH": ROOT, **PRODUCTION}
    code = "from shared_tests.production import main; main()"
    run = manage("shell", "-c", code, **variables | (NAMED if named else {}))
    assert run.returncode == 0, run.stderr
    return {**json.loads(run.stdout.splitlines()[-1]), "stderr": run.stderr}


def test_the_documented_production_settings_pass_djangos_deployment_check():
    assert "no issues" in production()["check"]


def test_without_a_secret_key_outside_debug_nothing_starts_and_one_line_says_why():
    run = manage("check", **{**PRODUCTION, "DJANGO_SECRET_KEY": ""})
    assert run.returncode == 1
    assert run.stderr.startswith("error: set DJANGO_SECRET_KEY")
    assert len(run.stderr.splitlines()) == 1


def test_a_database_address_that_is_none_is_one_line():
    run = manage("check", DATABASE_URL="oops://")
    assert run.returncode == 1
    assert run.stderr.startswith("error: DATABASE_URL")
    assert len(run.stderr.splitlines()) == 1


def test_without_a_database_address_a_file_beside_manage_py_is_the_database(tmp_path):
    folder = copytree(settings.BASE_DIR, tmp_path / "site")
    run = manage("check", "--database=default", folder=folder, DATABASE_URL="")
    assert run.returncode == 0, run.stderr
    assert (folder / "db.sqlite3").exists()


def test_in_development_the_toolbar_shows_the_sql_of_every_page():
    run = manage("check", "debug_toolbar", DATABASE_URL="sqlite://:memory:")
    assert run.returncode == 0, run.stderr


def test_the_wsgi_application_is_the_site_on_this_machine_and_no_other():
    call = """
from config.wsgi import application
from django.core import mail
from django.test import RequestFactory
for host in "localhost", "127.0.0.1", "[::1]", "evil.example":
    environ = RequestFactory(SERVER_NAME=host).get("/login/").environ
    application(environ, lambda status, headers: print(status))
mailer = mail.mailers.default if hasattr(mail, "mailers") else mail.get_connection()
print(type(mailer).__module__)
"""
    run = subprocess.run(
        [sys.executable, "-c", call],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": "sqlite://:memory:"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout.splitlines() == [
        *("200 OK", "200 OK", "200 OK", "400 Bad Request"),
        "django.core.mail.backends.console",
    ], run.stderr


def test_production_is_what_its_variables_say():
    smtp = "django.core.mail.backends.smtp"
    site = {
        "DEBUG": False,
        "toolbar": False,
        "ALLOWED_HOSTS": ["players.example.com"],
        "another host": 400,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_HSTS_SECONDS": 31536000,
        "http": 301,
        "http behind https": 301,
        "mailer": [smtp, "localhost"],
        "DEFAULT_FROM_EMAIL": "webmaster@localhost",
        "time zone": "UTC",
        "collectstatic": "",
    }
    assert production()["site"] == site
    assert production(named=True)["site"] == site | {
        "ALLOWED_HOSTS": ["players.example.com", "www.players.example.com"],
        "http behind https": 200,
        "mailer": [smtp, "mail.example.com"],
        "DEFAULT_FROM_EMAIL": "a@example.com",
    }


def test_passwords_are_kept_by_djangos_own_choice_of_hasher():
    """The suite has a fast one of its own; the site's is what these settings say."""
    assert production()["hasher"] == ["pbkdf2_sha256", PBKDF2PasswordHasher.iterations]


@pytest.mark.parametrize("target", ["welcome", "logout", "admin:index", "0", "a.b"])
def test_a_next_that_is_no_path_but_a_word_is_no_server_error(visitor, target):
    visitor.client.raise_request_exception = False
    assert visitor.register(next=target).status_code == 302
    assert visitor.name() == "ada"
    assert visitor.get("/register/", {"next": target}).status_code == 302


def test_who_logs_in_stays_logged_in_for_two_weeks(ada):
    """Also when the browser was closed meanwhile."""
    assert ada.client.cookies["sessionid"]["max-age"] == 14 * 24 * 60 * 60


@pytest.mark.parametrize("origin", ["https://evil.example", "http://evil.testserver", "null"])
def test_a_form_that_another_site_sends_is_refused_token_or_not(db, origin):
    visitor = Visitor(enforce_csrf_checks=True)
    form = form_data(parsed(visitor.get("/register/")).select_one("main form")) | ADA
    assert visitor.post("/register/", form, headers={"origin": origin}).status_code == 403
    assert visitor.post("/register/", form).status_code == 302


def test_in_production_an_error_leaves_its_traceback_on_stderr_and_no_password():
    found = production()
    assert found["failure"] == 500
    assert "Internal Server Error: /register/" in found["stderr"]
    assert "Traceback" in found["stderr"]
    assert found["stderr"].endswith("RuntimeError: the disk is full\n")
    assert PASSWORD not in found["stderr"]
