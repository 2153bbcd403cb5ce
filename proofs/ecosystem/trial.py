"""One attempt in a process of its own: `python -m proofs.ecosystem.trial`, in its environment.

Migrates the database, takes the operation's steps in turn until one fails, and prints what came
of it as a line of JSON.
"""

import json
import traceback
import warnings
from typing import Any

SITE_PACKAGES = "site-packages/"


def sentence(name: str) -> str:
    return name.replace("_", " ")


def evidence(error: BaseException) -> str:
    """An error in one line, and the function of other people's code that it came from."""
    text = " ".join(str(error).split())
    line = f"{type(error).__name__}: {text}" if text else type(error).__name__
    if type(error).__name__ == "Unexpected":
        return text
    places = [
        f"{frame.filename.rpartition(SITE_PACKAGES)[2]}, in {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
        if SITE_PACKAGES in frame.filename
    ]
    theirs = [place for place in places if not place.startswith("django/")]
    return " ".join([line, *(f"({place})" for place in (theirs or places)[-1:])])


def steps(operation: type) -> list[str]:
    """The names of an operation's steps, in their order."""
    return [name for name in vars(operation) if not name.startswith("_")]


def attempt() -> dict[str, Any]:
    names: list[str] = []
    step = "it starts"
    try:
        import django
        from django.apps import apps
        from django.core.management import call_command
        from django.test.utils import setup_test_environment

        django.setup()
        from proofs.ecosystem.attempt import package

        operation = package().Operation
        names = steps(operation)
        step = "its migrations run"
        call_command("migrate", verbosity=0, skip_checks=False)
        if [*apps.get_app_config("ecosystem").get_models()]:
            call_command("migrate", verbosity=0, run_syncdb=True)
        setup_test_environment()
        trial = operation()
        for name in names:
            step = sentence(name)
            getattr(trial, name)()
    except Exception as error:
        failure = {"failed": step, "evidence": evidence(error)}
        return {"steps": [sentence(name) for name in names], **failure}
    return {"steps": [sentence(name) for name in names]}


def main() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        result = attempt()
    result["deprecations"] = sorted(
        {
            f"{one.category.__name__}: {' '.join(str(one.message).split())}"
            for one in caught
            if one.category.__name__.startswith("RemovedInDjango")
        }
    )
    print(json.dumps(result))


if __name__ == "__main__":
    main()
