"""The benchmarks measure what they say, refuse what they cannot, and leave nothing behind."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import pytest

from benchmarks import expectations, run_file, store
from benchmarks.alternatives import ALTERNATIVES
from benchmarks.databases import PREFIX, Databases, DatabasesError, databases
from benchmarks.measure import AnswersDiffer, Measurement, Plan
from benchmarks.meter import shortened
from benchmarks.operations import OPERATIONS, key
from benchmarks.people import PEOPLE, person
from benchmarks.subjects import FLOOR, VARIANTS
from tools.postgres import server

ROOT = Path(__file__).resolve().parent.parent
RUN = [sys.executable, "-m", "benchmarks.run"]


@pytest.fixture(scope="module")
def url():
    with server() as url:
        yield url


@pytest.fixture
def ask(url):
    connection = psycopg2.connect(url)
    connection.autocommit = True

    def ask(statement, *parameters):
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters or None)
            return cursor.fetchall() if cursor.description else []

    yield ask
    connection.close()


def names(ask, prefix=PREFIX):
    rows = ask("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", prefix)
    return sorted(name for (name,) in rows)


def refused(*options, **env):
    """What a run that cannot be says: one line, and exit status 2."""
    clean = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [*RUN, *options], cwd=ROOT, env={**clean, **env}, capture_output=True, text=True
    )
    assert done.returncode == 2, done.stderr
    [line] = done.stderr.splitlines()
    assert line.startswith("error: ")
    return line


def test_python_and_sql_make_the_same_people_of_a_seed(url):
    connection = psycopg2.connect(url)
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, {"seed": "7", "players": 2000})
        cursor.execute(
            "SELECT username, email, is_active, discord_id, zoom_id, birthdate::text"
            " FROM people ORDER BY number"
        )
        rows = cursor.fetchall()
    connection.close()
    assert [list(row) for row in rows] == [person(number, 7).row for number in range(1, 2001)]


def test_another_seed_makes_other_people():
    assert [person(n, 1).row for n in range(1, 20)] != [person(n, 2).row for n in range(1, 20)]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_has_a_function_on_both_sides(operation):
    for module in ("through_django", "floor"):
        assert f"{operation}" in (ROOT / "benchmarks" / f"{module}.py").read_text()


@pytest.mark.parametrize("operation", [o.id for o in OPERATIONS.values() if o.writes])
def test_no_two_writes_meet_on_one_player(operation):
    keys = [json.dumps(key(operation, 1000, 1, index)) for index in range(100)]
    assert len(set(keys)) == 100


def test_only_our_own_databases_are_dropped(url, ask):
    ask("CREATE DATABASE precious")
    with databases(url) as ours, pytest.raises(DatabasesError, match="not ours to drop"):
        ours.drop("precious")
    assert names(ask, "precious") == ["precious"]


def test_a_run_takes_its_databases_along(url, ask):
    with databases(url) as ours:
        ours.create(ours.name("custom", "1000"))
        assert len(names(ask)) == 1
    assert names(ask) == []


def test_what_a_killed_run_left_goes_with_the_next_and_a_living_runs_stays(url, ask):
    ask(f'CREATE DATABASE "{PREFIX}abcdef_custom"')
    with databases(url) as living:
        kept = living.name("custom")
        living.create(kept)
        Databases(url).admin.close()
        assert names(ask) == [kept]


def test_a_database_that_is_not_ours_is_refused(url):
    assert "'precious' is not ours" in refused(
        "--database-url", url[: -len("postgres")] + "precious"
    )


def test_a_role_that_is_no_superuser_is_refused(url, ask):
    ask("CREATE ROLE plain LOGIN")
    assert "no superuser" in refused("--database-url", url.replace("postgres@", "plain@", 1))


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--variant", "mongo"], "mongo"),
        (["--operation", "dance"], "dance"),
        (["--sizes", "0"], "sizes go from 1,000"),
        (["--sizes", "many"], "'many'"),
        (["--sizes", ""], "''"),
        (["--check", "--full"], "no other option"),
        (["--seed", "x"], "seed"),
        (["--check", "--accept"], "not allowed with"),
        (["--database-url", "postgresql://localhost:1/postgres"], "cannot be used"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_cannot_be_run_gets_one_line(options, reason):
    assert reason in refused(*options)


@pytest.mark.parametrize(
    "url",
    [
        "mysql://me:secret@localhost/postgres",
        "postgresql://me:sec/ret@localhost/postgres",
        "postgresql://[me:secret/postgres",
        "me:secret",
    ],
)
def test_a_malformed_url_is_refused_and_not_shown(url):
    line = refused("--database-url", url)
    assert "URL is malformed" in line
    assert "ret" not in line.replace("password percent-encoded", "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
def test_an_interrupted_run_leaves_no_database_and_no_report(url, ask, number):
    before = sorted(run_file.RESULTS.glob("*")) if run_file.RESULTS.exists() else []
    run = subprocess.Popen(
        [*RUN, "--sizes", "1000", "--variant", "custom"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url},
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    until(lambda: names(ask))
    time.sleep(0.5)
    os.killpg(run.pid, number)  # as a terminal does
    _, said = run.communicate(timeout=30)
    assert run.returncode == 130, said
    assert said.rstrip().endswith("interrupted: nothing was written, nothing is left behind")
    assert "Traceback" not in said
    assert names(ask) == []
    assert (sorted(run_file.RESULTS.glob("*")) if run_file.RESULTS.exists() else []) == before


def until(condition):
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_different_answers_stop_the_run_and_are_shown():
    plan = Plan([1000], ["by_username"], [*VARIANTS.values(), FLOOR], "custom", 1, 1, (3, 3))
    answers = {"proxy": [["ada"]], "custom": [["ada"]], "floor": [["eve"]]}
    with pytest.raises(AnswersDiffer, match=r'1,000 players: floor answered \["eve"\], custom'):
        Measurement(plan, None, None, print)._compare("by_username", 1000, answers)


def test_pytest_benchmark_keeps_the_samples_it_is_given(monkeypatch, tmp_path):
    monkeypatch.setattr(run_file, "RESULTS", tmp_path)
    about = {"schema": run_file.SCHEMA, "date": "2026-01-02T03:04:05+00:00"}
    about |= {"machine": {"cpus": 2}, "versions": {"Django": "5.2"}}
    entry = {
        "group": "g",
        "name": "op[1-x]",
        "seconds": [0.25, 0.5, 0.125],
        "extra_info": {"a": 1},
    }
    path = store.store(about, [entry])
    assert [file.name for file in tmp_path.iterdir()] == ["2026-01-02T03-04-05.json"]
    file = json.loads(path.read_text())
    [kept] = file["benchmarks"]
    assert kept["stats"]["data"] == [0.25, 0.5, 0.125]
    assert kept["stats"]["median"] == 0.25
    assert (kept["name"], kept["extra_info"]) == ("op[1-x]", {"a": 1})
    assert file["machine_info"] == {"cpus": 2, "Django": "5.2"}
    compare = [str(Path(sys.executable).with_name("pytest-benchmark")), "compare", str(path)]
    listed = subprocess.run(compare, capture_output=True, text=True, cwd=tmp_path)
    assert "op[1-x]" in listed.stdout


def test_long_statements_are_shortened_where_they_repeat():
    values = ", ".join(["(%s, %s, lower(%s))"] * 10_000)
    assert (
        shortened(f"INSERT INTO t VALUES {values}")
        == "INSERT INTO t VALUES (%s, %s, lower(%s)), …"
    )
    assert (
        shortened(f"SELECT 1 WHERE a IN ({', '.join(['%s'] * 50)})")
        == "SELECT 1 WHERE a IN (%s, …)"
    )
    assert (
        shortened("INSERT INTO t (a, b) VALUES (%s, %s)") == "INSERT INTO t (a, b) VALUES (%s, %s)"
    )


def test_a_change_of_the_facts_shows_its_lines(monkeypatch, tmp_path):
    monkeypatch.setattr(expectations, "FILE", tmp_path / "expectations.json")
    expectations.accept({"a[1-x]": {"statements": 1}, "b[1-x]": {"statements": 2}})
    assert (
        expectations.difference({"a[1-x]": {"statements": 1}, "b[1-x]": {"statements": 2}}) == ""
    )
    difference = expectations.difference(
        {"a[1-x]": {"statements": 1}, "b[1-x]": {"statements": 3}}
    )
    assert '-  "b[1-x]": {"statements": 2}' in difference
    assert '+  "b[1-x]": {"statements": 3}' in difference
    assert "a[1-x]" not in difference


# Proxy, profile, custom user. What an operation may cost at most, whatever else changes.
FLOORS = {
    "by_username": (2, 1, 1),
    "page_first": (2, 1, 1),
    "born_between": (3, 2, 2),
    "update_detail": (1, 1, 1),
    "delete": (5, 5, 4),
    "bulk_import": (2, 2, 1),
}


@pytest.mark.parametrize("operation", FLOORS)
def test_the_statements_that_we_promise_are_those_that_ci_expects(operation):
    expected = json.loads(expectations.FILE.read_text())
    for subject, most in zip(VARIANTS, FLOORS[operation], strict=True):
        for players in (1000, 10_000):
            assert expected[f"{operation}[{players}-{subject}]"]["statements"] <= most


OF_THE_VARIANT_ALONE = (
    "test_14_query_budgets.py",
    "test_15_lost_rules.py::test_djangos_own_commands_write_squash_undo_and_redo_the_migrations",
)


@pytest.mark.parametrize("alternative", ALTERNATIVES.values(), ids=lambda one: one.id)
def test_an_alternative_keeps_the_contract(url, alternative):
    """All of it but its variant's budget, for another way to store the same costs another count,
    and but the test that runs a copy of the variant's folder, and so none of the alternative's."""
    folders = [ROOT / alternative.folder, ROOT / alternative.variant, ROOT]
    settings = {
        "DATABASE_URL": url.removesuffix("postgres") + alternative.id,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": os.pathsep.join(map(str, folders)),
    }
    suite = [sys.executable, "-m", "pytest", "shared_tests", "-p", "no:cacheprovider", "--quiet"]
    done = subprocess.run(
        [*suite, *(f"--deselect=shared_tests/{test}" for test in OF_THE_VARIANT_ALONE)],
        cwd=ROOT,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert "passed" in done.stdout


def test_what_is_published_was_committed_and_is_full():
    for path in run_file.PUBLISHED.glob("*.json"):
        about = run_file.load(path).run
        assert (about.mode, about.changed) == ("full", False)
