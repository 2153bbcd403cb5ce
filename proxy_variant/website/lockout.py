from contextlib import suppress
from ipaddress import ip_address

from asgiref.sync import sync_to_async
from axes.backends import AxesStandaloneBackend
from axes.handlers.database import AxesDatabaseHandler
from django.views.decorators.debug import sensitive_variables

from .constraints import in_lower_case


class LockoutBackend(AxesStandaloneBackend):
    """Refuses a log-in that is locked out, and hides the password, which axes passes on openly,
    from detailed reports of an error."""

    @sensitive_variables()
    def authenticate(self, request, **credentials):
        return super().authenticate(request, **credentials)

    aauthenticate = sync_to_async(authenticate)


class LockoutHandler(AxesDatabaseHandler):
    """Counts wrong log-ins in the database, where all server processes see them.

    Right ones leave no trace here and need no tidying up, so they cost no statement more.
    """

    def reset_attempts(self, *, username=None, **kwargs):
        return super().reset_attempts(username=username and in_lower_case(username), **kwargs)

    def user_logged_in(self, *args, **kwargs):
        pass

    def user_logged_out(self, *args, **kwargs):
        pass


def counted_username(request, credentials):
    """Guesses at Ada, ADA and aDa count as guesses at the one account that a log-in would find."""
    name = (credentials or request.POST).get("username") or ""
    return in_lower_case(name)[:255]  # as long as the column of axes


def client_address(request):
    """The address that our reverse proxy appended: a visitor can forge those before it."""
    entry = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    for address in entry, entry.rpartition(":")[0].strip("[]"):  # some write the port as well
        with suppress(ValueError):
            return str(ip_address(address))
    return request.META["REMOTE_ADDR"]
