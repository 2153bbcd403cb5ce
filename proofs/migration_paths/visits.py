"""Players of a site while it moves: they edit, look, register and delete their accounts."""

import random
import time
from collections import Counter
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import OperationalError, transaction
from django.test import Client

from proofs.migration_paths.survey import PASSWORD, has_the_site

FEW = 20  # players whom old and new code share, so that both often have the same one


def visit(seconds: float, seed: str) -> dict[str, int]:
    """What was done, and how often it came to what: a status, or "deadlock". All of it stays."""
    dice, counts = random.Random(seed), Counter[str]()
    User = get_user_model()
    clients: list[tuple[Any, Client]] = []
    for player in User.objects.filter(is_active=True).order_by("pk")[:FEW]:
        client = Client()
        client.force_login(player, backend=settings.AUTHENTICATION_BACKENDS[-1])
        clients.append((player, client))
    act = on_the_site if has_the_site() else in_a_stock_project
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        name = f"{seed}{sum(counts.values())}"
        what = dice.choices(["edit", "look", "register"], [5, 3, 2])[0]
        try:
            came_to = str(act(what, dice, name, *dice.choice(clients)))
        except OperationalError as error:
            if "deadlock detected" not in str(error):
                raise
            came_to = "deadlock"
        counts[f"{what} {came_to}"] += 1
    return dict(counts)


def on_the_site(what: str, dice: random.Random, name: str, player: Any, client: Client) -> int:
    """Do something through the site's pages; the status of the answer."""
    if what == "look":
        return client.get("/profile/").status_code
    details = {
        "discord_id": f"{name}#{player.pk}",
        "zoom_id": dice.choice([name, ""]),
        "birthdate": dice.choice(["1990-12-10", ""]),
    }
    if what == "edit":
        return client.post("/profile/edit/", {"email": player.email, **details}).status_code
    newcomer = Client()
    form = {"username": name, "email": f"{name}@example.com", **details}
    form |= {"password1": PASSWORD, "password2": PASSWORD}
    statuses = [newcomer.post("/register/", form).status_code]
    if dice.random() < 0.5:
        deletion = newcomer.post("/profile/delete/", {"password": PASSWORD})
        statuses.append(deletion.status_code)
    return max(statuses)


def in_a_stock_project(
    what: str, dice: random.Random, name: str, player: Any, client: Client
) -> int:
    """The same where there is no registration and no detail: what the admin would do."""
    if what == "look":
        return client.get("/profile/").status_code
    if what == "edit":
        player.first_name = name
        player.save(update_fields=["first_name"])
    else:
        with transaction.atomic():
            users: Any = get_user_model().objects
            newcomer = users.create_user(name, f"{name}@example.com", PASSWORD)
            if dice.random() < 0.5:
                newcomer.delete()
    return 200
