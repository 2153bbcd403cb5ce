"""The processes of a run, one per subject, and how to talk to them."""

import json
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks.subjects import ROOT, Subject
from tools.commands import clean_environment


class CrewError(Exception):
    """A subject's process failed; the text is one line."""


class Hand:
    """One subject's process."""

    def __init__(self, subject: Subject, url: str) -> None:
        self.subject = subject
        settings = {
            "DATABASE_URL": url,
            "DJANGO_ALLOWED_HOSTS": "testserver",
            "DJANGO_DEBUG": "0",
            "DJANGO_SECRET_KEY": secrets.token_urlsafe(64),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONPATH": subject.pythonpath,
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", subject.id],
            cwd=ROOT,
            env={**clean_environment(), **settings},
            start_new_session=True,  # Ctrl-C is for the run, which ends them all
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, command: str, **arguments: Any) -> Any:
        """What the process answers. Raises CrewError."""
        assert self._process.stdin
        assert self._process.stdout
        try:
            line = json.dumps({"do": command, **arguments})
            print(line, file=self._process.stdin, flush=True)
            answer = json.loads(self._process.stdout.readline())
        except (OSError, ValueError):
            raise CrewError(f"the process of {self.subject.title} ended: see above") from None
        if "error" in answer:
            what = arguments.get("operation", command)
            reason = " ".join(str(answer["error"]).split())
            raise CrewError(f"{self.subject.title}, {what}: {reason}")
        return answer["result"]

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


class Crew:
    """All subjects' processes; use it in a `with` block, at whose end they are gone."""

    def __init__(self, subjects: Iterable[Subject], url: str) -> None:
        self._subjects, self._url = list(subjects), url
        self.hands: dict[str, Hand] = {}

    def __enter__(self) -> "Crew":
        for subject in self._subjects:
            self.hands[subject.id] = Hand(subject, self._url)
        return self

    def __exit__(self, *_: object) -> None:
        for hand in self.hands.values():
            hand.close()

    def all(
        self, work: Callable[[Hand], Any], subjects: Iterable[str] | None = None
    ) -> dict[str, Any]:
        """What `work` makes of each process, or of these subjects', all at once, by subject.

        For what is not timed.
        """
        chosen = self.hands if subjects is None else list(subjects)
        with ThreadPoolExecutor(len(self.hands)) as threads:
            futures = {id: threads.submit(work, self.hands[id]) for id in chosen}
            try:
                return {id: future.result() for id, future in futures.items()}
            except BaseException:
                self.__exit__()  # or the threads would be waited for
                raise
