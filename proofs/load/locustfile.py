"""What a player does in an evening, for Locust: each looks at whether the site shows what is true.

`nox -s load` runs it. To run it yourself, have `nox -s serve` run in another terminal, and in the
folder of the checkout, with the environment that `nox -s load` has made there:

    export PYTHONPATH=.
    locust() { .nox/environment-proofs/bin/locust -f proofs/load/locustfile.py "$@"; }
    export LOCUST_HOST=http://127.0.0.1:8001

    locust                                                      # then http://localhost:8089
    locust --headless --users 50 --bedtime 300 --processes 2    # two processes of this machine

    locust --headless --users 50 --bedtime 300 --master --expect-workers 2    # on one machine
    locust --worker --master-host ADDRESS                                     # on two others

Where the host is https://… with a CA of your own, REQUESTS_CA_BUNDLE names its file.
"""

import json
import os
import random
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bs4 import BeautifulSoup
from locust import HttpUser, events, runners
from locust.exception import StopUser

from shared_tests.people import DETAILS, PASSWORD, another
from shared_tests.visitor import fields_in, form_data, parsed

Shows = Callable[[BeautifulSoup], bool]
SHOWN = ("username", "email", *DETAILS)  # on the own profile
TIMEOUT = 120  # seconds
# A worker that says nothing for three seconds has much to do; Locust would replace its players.
runners.HEARTBEAT_LIVENESS = TIMEOUT


def add_options(parser: Any) -> None:
    parser.add_argument("--think", type=float, default=5, help="seconds between two requests (5)")
    parser.add_argument("--figures", help="a file for the figures, when it ends")
    parser.add_argument(
        "--bedtime",
        type=float,
        help="seconds after which each player goes, with one evening lived and no answer under "
        "way; then Locust ends. At the end of --run-time, answers under way are lost.",
    )


def note_the_time(environment: Any, **_: Any) -> None:
    options = environment.parsed_options
    environment.bedtime = time.monotonic() + (options.bedtime or 10**9)
    if options.bedtime and not isinstance(environment.runner, runners.WorkerRunner):
        threading.Thread(target=end_when_all_are_gone, args=[environment.runner]).start()


def end_when_all_are_gone(runner: Any) -> None:
    """A worker counts its players in the same message as its figures: none are missing.

    A thread and its sleep are gevent's here: Locust has seen to that.
    """
    time.sleep(runner.environment.parsed_options.bedtime)
    while runner.user_count:
        time.sleep(0.5)
    runner.quit()


def tell(environment: Any, **_: Any) -> None:
    """Say what failed; write, by kind of request, how many there were and their times in ms."""
    for error in environment.stats.errors.values():
        print(f"{error.occurrences} × {error.method} {error.name}: {error.error}", flush=True)
    path = environment.parsed_options.figures
    if path and not isinstance(environment.runner, runners.WorkerRunner):
        figures = {
            one.name: {
                "number": one.num_requests,
                "failed": one.num_failures,
                "median": max(one.median_response_time, 1),
                "p95": max(one.get_response_time_percentile(0.95), 1),
            }
            for one in environment.stats.entries.values()
        }
        Path(path).write_text(json.dumps(figures))


events.init_command_line_parser.add_listener(add_options)
events.test_start.add_listener(note_the_time)
events.quitting.add_listener(tell)


class Player(HttpUser):  # type: ignore[misc]
    """A browser, and the new player who uses it for an evening."""

    def on_start(self) -> None:
        self.client.trust_env = False  # no proxy of the machine's
        self.client.verify = os.environ.get("REQUESTS_CA_BUNDLE", True)
        self.evening = (
            *(self.register, self.look_around, self.change_a_detail, self.find_oneself),
            *(self.log_out, self.log_in, self.look_around, self.change_a_detail, self.log_out),
        )
        self.done = 0

    def go_on(self) -> None:
        self.evening[self.done % len(self.evening)]()
        self.done += 1

    tasks = (go_on,)

    def wait_time(self) -> float:
        late = time.monotonic() > self.environment.bedtime
        if late and self.done >= len(self.evening):
            raise StopUser
        return float(self.environment.parsed_options.think) * random.uniform(0.5, 1.5)  # noqa: S311

    # What a player does, and then sees

    def register(self) -> None:
        self.person = another(secrets.randbelow(10**12))
        self.submit("register", "/register/", **self.person)
        self.look("home", "/", self.is_greeted)

    def look_around(self) -> None:
        self.look("directory", "/players/", lambda page: bool(page.select("[data-player]")))

    def change_a_detail(self) -> None:
        self.person["zoom_id"] = secrets.token_hex(8)
        self.submit("edit", "/profile/edit/", zoom_id=self.person["zoom_id"])
        self.look("profile", "/profile/", self.is_own_profile)

    def find_oneself(self) -> None:
        discord_id = quote(self.person["discord_id"].upper())
        self.look("search", f"/players/?discord_id={discord_id}", self.is_alone)

    def log_out(self) -> None:
        self.submit("log out", "/", to="/logout/", form="header form")
        self.look("home", "/", lambda page: not page.select("[data-username]"))

    def log_in(self) -> None:
        self.submit(
            "log in", "/login/", username=self.person["username"].upper(), password=PASSWORD
        )
        self.look("home", "/", self.is_greeted)

    # What must be true

    def is_greeted(self, page: BeautifulSoup) -> bool:
        greeted = page.select_one("[data-username]")
        return greeted is not None and greeted["data-username"] == self.person["username"]

    def is_own_profile(self, page: BeautifulSoup) -> bool:
        shown = fields_in(page)
        return all(shown.get(name) == self.person[name] for name in SHOWN)

    def is_alone(self, page: BeautifulSoup) -> bool:
        rows = [fields_in(row) for row in page.select("[data-player]")]
        return len(rows) == 1 and all(
            rows[0][name] == self.person[name] for name in ("username", "discord_id", "zoom_id")
        )

    # How it is done

    def look(self, kind: str, path: str, shows: Shows) -> BeautifulSoup | None:
        """Get a page; the request fails if it shows something else. None where it is no page."""
        with self.client.get(
            path, name=kind, catch_response=True, allow_redirects=False, timeout=TIMEOUT
        ) as response:
            if response.status_code != 200:
                response.failure(str(response.error or f"status {response.status_code}"))
                return None
            page = parsed(response)
            if not shows(page):
                response.failure("the page does not show what is true")
            return page

    def submit(
        self, kind: str, path: str, to: str = "", form: str = "main form", **changes: str
    ) -> None:
        """Fill in a page's form and submit it; the request fails unless it leads on."""
        page = self.look("form", path, lambda page: bool(page.select(form)))
        element = page and page.select_one(form)
        if element is None:
            return
        url = f"{self.host}{to or path}"
        with self.client.post(
            to or path,
            form_data(element) | changes,
            name=kind,
            headers={"Referer": url},
            catch_response=True,
            allow_redirects=False,
            timeout=TIMEOUT,
        ) as response:
            if response.status_code != 302:
                response.failure(str(response.error or f"status {response.status_code}"))
