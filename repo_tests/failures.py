"""The small projects in which the errors of `docs/error-messages.md` happen, by its anchors.

Each is what stands here and the lines of the entry's diff.
"""

from typing import NamedTuple


class Case(NamedTuple):
    """What is in a project beside the page's lines, and what is done in it."""

    code: str
    models: str = ""
    settings: str = ""
    files: dict[str, str] = {}  # noqa: RUF012
    postgresql: bool = False
    since: tuple[int, int] = (5, 2)


# --- What the projects have in common -------------------------------------------------------

SETTINGS = """
import os
import dj_database_url

SECRET_KEY = "for this alone"
ALLOWED_HOSTS = ["testserver"]
ROOT_URLCONF = "config.urls"
DATABASES = {"default": dj_database_url.parse(os.environ["DATABASE_URL"])}
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "players",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "APP_DIRS": True,
    "OPTIONS": {"context_processors": [
        "django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    ]},
}]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Tables are made from the models as they stand: quicker, where an entry is not about migrations.
MIGRATION_MODULES = {app.rpartition(".")[2]: None for app in INSTALLED_APPS}
"""
MIGRATED = "MIGRATION_MODULES = {}\n"
OWN = 'AUTH_USER_MODEL = "players.User"\n'
OWN_LATER = 'AUTH_USER_MODEL = os.environ.get("BEFORE") or "players.User"\n'
WITHOUT_ADMIN = """
INSTALLED_APPS = [
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
    "players", *(["games"] if os.path.exists("games") else []),
]
"""
BACKENDS = """
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "django.contrib.auth.backends.AllowAllUsersModelBackend",
]
"""

URLS = """
from django.contrib import admin
from django.urls import path
urlpatterns = [path("admin/", admin.site.urls)]
"""

# "The usual imports are left out."
IMPORTS = {
    "players/apps.py": """
from django.apps import AppConfig
from django.db.models.signals import post_save
""",
    "players/models.py": """
from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models.signals import post_save
from django.dispatch import receiver
""",
    "players/admin.py": """
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserCreationForm
from players.models import *
User = get_user_model()
""",
    "players/forms.py": """
from django import forms
from django.contrib.auth.forms import UserCreationForm
""",
    "players/views.py": """
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.db import models, transaction
from django.http import HttpResponse
from players.models import *
""",
}

STOCK = "from django.contrib.auth.models import User\n"
PROFILE = """
class Profile(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="profile")
    zoom_id = models.CharField(max_length=40, blank=True)
"""
CUSTOM = """
class User(AbstractUser):
    zoom_id = models.CharField(max_length=40, blank=True)
"""
WITHOUT_USERNAME = """
class User(AbstractUser):
    username = None
    email = models.EmailField(unique=True)
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []
"""
PROXY = """
class Player(User):
    class Meta:
        proxy = True

    def greeting(self):
        return f"Hello, {self.username}"
"""

A_MIGRATION = "from django.conf import settings\nfrom django.db import migrations, models\n"
OF_A_PROFILE = f"""{A_MIGRATION}
class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Profile", [
            ("id", models.BigAutoField(primary_key=True)),
            ("zoom_id", models.CharField(max_length=40)),
        ])
    ]
"""

# --- What is done ---------------------------------------------------------------------------

SETUP = """
import django
django.setup()
from django.core.management import call_command
"""
CHECK = SETUP + "call_command('check')\n"
MIGRATE = SETUP + "call_command('migrate', verbosity=0)\n"
FIRST_MIGRATION = "call_command('makemigrations', 'players', verbosity=0)\n"
TABLES = SETUP + "call_command('migrate', run_syncdb=True, verbosity=0)\n"
USER_MODEL = SETUP + "from django.contrib.auth import get_user_model\nget_user_model()\n"
COUNT = SETUP + "from players.models import User\nUser.objects.count()\n"
# The tables are made while Django's own user is the user model.
BEFORE = f"""
import os
if not (child := os.fork()):
    os.environ["BEFORE"] = "auth.User"
    exec('''{MIGRATE}''')
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
"""
ADA = f"""{TABLES}
from django.contrib.auth import get_user_model
from django.test import Client, RequestFactory
from players import views
from players.models import *
[ada] = get_user_model().objects.bulk_create([get_user_model()(email="ada@example.com")])
request = RequestFactory().get("/")
request.user, request.session = ada, Client().session
"""
A_PROFILE = ADA + "Profile.objects.create(user=ada)\n"
NOBODY = (
    ADA
    + """
from django.contrib.auth.models import AnonymousUser
from django.utils.functional import SimpleLazyObject
request.user = SimpleLazyObject(AnonymousUser)
"""
)
ADD_PAGE = f"""{CHECK}{ADA}
from django.contrib import admin
request.user.is_superuser = True
admin.site.get_model_admin(User).add_view(request).render()
"""
SUPERUSER = f"""{TABLES}
import os
os.environ["DJANGO_SUPERUSER_PASSWORD"] = "natural-twenty-20"
call_command("createsuperuser", interactive=False, email="ada@example.com", verbosity=0)
"""

# One for each message of the entry, in their order.
CASES: dict[str, list[Case]] = {
    # --- Users and their details
    "user-has-no-profile": [Case(ADA + "views.details(request)", STOCK + PROFILE)],
    "has-no-profile-at-log-in": [Case(ADA + "Client().force_login(ada)", STOCK + PROFILE)],
    "second-profile": [
        Case(A_PROFILE + "views.save_details(ada, 'a')", STOCK + PROFILE, postgresql=postgresql)
        for postgresql in (False, True)
    ],
    "recursion": [Case(ADA + "ada.save()", STOCK)],
    "cannot-assign-anonymous": [
        Case(NOBODY + "views.create(request)", STOCK + PROFILE),
        Case(NOBODY + "views.show(request)", STOCK + PROFILE),
    ],
    "no-attribute-of-the-proxy": [Case(ADA + "views.home(request)", STOCK + PROXY)],
    "cannot-resolve-keyword": [Case(ADA + "views.by_zoom_id('a')", STOCK + PROFILE)],
    "unexpected-keyword-arguments": [
        Case(ADA + "views.register('bea', 'natural-twenty-20', 'b')", STOCK + PROFILE)
    ],
    "multiple-backends": [Case(ADA + "views.register(request, ada)", STOCK, BACKENDS)],
    "fetch-blocked": [Case(A_PROFILE + "views.names()", STOCK + PROFILE, since=(6, 1))],
    "for-update": [
        Case(ADA + "views.rename(ada.pk, 'Ada')", STOCK + PROFILE, postgresql=True),
    ],
    "manager-isnt-available": [Case(ADA + "views.count()", CUSTOM, OWN)],
    "create-superuser": [Case(SUPERUSER, settings=OWN)],
    # --- When Django starts
    "must-be-of-the-form": [Case(CHECK, CUSTOM), Case(USER_MODEL, CUSTOM, WITHOUT_ADMIN)],
    "has-not-been-installed": [Case(USER_MODEL, CUSTOM)],
    "explicit-app-label": [Case(SETUP + "import players.models", PROFILE)],
    "apps-arent-loaded": [Case(CHECK, PROFILE)],
    "cannot-proxy-the-swapped-model": [Case(CHECK, CUSTOM, OWN)],
    "no-attribute-required-fields": [Case(CHECK, settings=OWN)],
    "e304": [Case(CHECK, CUSTOM)],
    "e305": [Case(CHECK, PROFILE)],
    "e301": [Case(CHECK, CUSTOM, OWN)],
    "models-e017": [Case(CHECK, STOCK)],
    "auth-e003": [Case(CHECK, settings=OWN)],
    # --- Migrations and tables
    "inconsistent-history": [
        Case(BEFORE + SETUP + FIRST_MIGRATION + MIGRATE, CUSTOM, MIGRATED + OWN_LATER)
    ],
    "lazy-reference": [
        Case(
            BEFORE + MIGRATE,
            CUSTOM,
            MIGRATED + OWN_LATER,
            {"players/migrations/0001_initial.py": OF_A_PROFILE},
        )
    ],
    "cannot-be-resolved": [
        Case(
            SETUP + FIRST_MIGRATION + MIGRATE,
            CUSTOM,
            OWN + MIGRATED + WITHOUT_ADMIN,
            {"games/migrations/0001_initial.py": A_MIGRATION},
        )
    ],
    "no-migrations": [
        Case(MIGRATE, CUSTOM, OWN + MIGRATED, {"players/migrations/__init__.py": ""})
    ],
    "does-not-exist": [
        Case(COUNT, CUSTOM, OWN),
        Case(COUNT, CUSTOM, OWN, postgresql=True),
        Case(TABLES, PROFILE, 'MIGRATION_MODULES = {"players": None}\n', postgresql=True),
    ],
    "non-nullable-field": [
        Case(
            SETUP + "call_command('makemigrations', 'players')",
            settings=MIGRATED,
            files={"players/migrations/0001_initial.py": OF_A_PROFILE},
        )
    ],
    # --- Admin and forms
    "already-registered": [Case(CHECK, PROFILE)],
    "not-registered": [Case(CHECK, CUSTOM, OWN)],
    "admin-e108": [Case(CHECK, PROFILE)],
    "admin-e039": [Case(CHECK, CUSTOM + PROFILE, OWN)],
    "admin-e040": [Case(CHECK, CUSTOM + PROFILE, OWN)],
    "admin-e033": [Case(ADD_PAGE, WITHOUT_USERNAME, OWN)],
    "usable-password": [Case(ADD_PAGE, CUSTOM, OWN)],
    "unknown-field": [Case(SETUP + "import players.forms", PROFILE)],
}
