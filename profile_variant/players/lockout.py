from axes.backends import AxesStandaloneBackend
from axes.handlers.database import AxesDatabaseHandler
from django.views.decorators.debug import sensitive_variables


class LockoutBackend(AxesStandaloneBackend):
    """Refuses whoever is locked out, and hides the password, which axes passes on openly, from
    detailed reports of an error."""

    @sensitive_variables()
    def authenticate(self, request, **credentials):
        return super().authenticate(request, **credentials)


class LockoutHandler(AxesDatabaseHandler):
    """Counts wrong log-ins in the database, where all server processes see them.

    Right ones leave no trace here and need no tidying up, so they cost no statement more.
    """

    def user_logged_in(self, *args, **kwargs):
        pass

    def user_logged_out(self, *args, **kwargs):
        pass


def username_in_one_case(request, credentials):
    """Log-in ignores case, so guesses at Ada, ADA and aDa count as guesses at one name."""
    return ((credentials or request.POST).get("username") or "").lower()
