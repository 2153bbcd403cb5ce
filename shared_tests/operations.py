"""What is counted: each operation as one request of a person's browser.

An operation first brings its visitor to the right page; what it returns is then measured.
"""

from collections.abc import Callable

from shared_tests.people import ADA, PASSWORD, another
from shared_tests.visitor import Response, Visitor

Operation = Callable[[Visitor, Visitor], Callable[[], Response]]
OPERATIONS: dict[str, Operation] = {}
NEW_PASSWORD = "natural-one-1"


def operation(function: Operation) -> Operation:
    OPERATIONS[function.__name__] = function
    return function


@operation
def register(ada: Visitor, admin: Visitor) -> Callable[[], Response]:
    return lambda: Visitor().register(another(998))


@operation
def log_in(ada: Visitor, admin: Visitor) -> Callable[[], Response]:
    return lambda: Visitor().log_in()


@operation
def log_out(ada: Visitor, admin: Visitor) -> Callable[[], Response]:
    visitor = Visitor()
    visitor.log_in()
    return visitor.log_out


@operation
def home(ada: Visitor, admin: Visitor) -> Callable[[], Response]:
    return lambda: ada.get("/")


@operation
def profile(ada: Visitor, admin: Visitor) -> Callable[[], Response]:
    return lambda: ada.get("/profile/")


@operation
def edit_one_detail(ada: Visitor, admin: Visitor) -> Callable[[], Response]:
    form = {"email": ADA["email"], "discord_id": ADA["discord_id"], "birthdate": ADA["birthdate"]}
    return lambda: ada.post("/profile/edit/", {**form, "zoom_id": "ada.at.home"})


@operation
def directory(ada: Visitor, admin: Visitor) -> Callable[[], Response]:
    return lambda: ada.get("/players/")


@operation
def directory_by_discord_id(ada: Visitor, admin: Visitor) -> Callable[[], Response]:
    return lambda: ada.get("/players/", {"discord_id": ADA["discord_id"]})


@operation
def directory_by_birthdate(ada: Visitor, admin: Visitor) -> Callable[[], Response]:
    return lambda: ada.get("/players/", {"born_from": "1980-01-01", "born_to": "1999-12-31"})


@operation
def change_password(ada: Visitor, admin: Visitor) -> Callable[[], Response]:
    form = {
        "old_password": PASSWORD,
        "new_password1": NEW_PASSWORD,
        "new_password2": NEW_PASSWORD,
    }
    return lambda: ada.post("/password-change/", form)


@operation
def delete_account(ada: Visitor, admin: Visitor) -> Callable[[], Response]:
    visitor = Visitor()
    visitor.register(another(999))
    return visitor.delete


@operation
def admin_list(ada: Visitor, admin: Visitor) -> Callable[[], Response]:
    from shared_tests.staff import players_in_admin

    path = players_in_admin(admin)
    return lambda: admin.get(path)
