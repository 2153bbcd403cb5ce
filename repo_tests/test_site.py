"""The tutorial site: what its pages include and name is there, and its tools see what is not."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from docs_generator import includes, links
from docs_generator.reference import GENERATED
from docs_generator.reference.behaviour import sentence
from docs_generator.reference.figures import UnknownFigure, known, rewritten, typed
from docs_generator.reference.proofs import shown
from docs_generator.reference.sessions import sessions
from docs_generator.reference.sql import in_lines
from shared_tests.schema import split_at_commas
from shared_tests.transcript import normalised

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted((ROOT / "docs").rglob("*.md"))


def written():
    """The pages that people write, by name."""
    texts = {str(path.relative_to(ROOT)): path.read_text() for path in PAGES}
    return {name: text for name, text in texts.items() if GENERATED not in text}


# --- The pages -----------------------------------------------------------------------------


def test_every_include_shows_something():
    assert len(PAGES) > 30
    assert [fault for page in PAGES for fault in includes.faults(page, ROOT)] == []


def test_every_figure_in_prose_is_what_its_name_stands_for():
    found = known()
    stale = [name for name, text in written().items() if rewritten(text, found, name) != text]
    assert stale == [], "run: nox -s reference -- --figures"


def test_no_figure_in_prose_is_typed():
    assert {name: found for name, text in written().items() if (found := typed(text))} == {}


def test_every_page_is_in_the_navigation_and_has_one_title():
    navigation = (ROOT / "mkdocs.yml").read_text()
    for page in PAGES:
        assert f": {page.relative_to(ROOT / 'docs').as_posix()}\n" in navigation
    for name, text in written().items():
        assert text.startswith(("# ", "---\n")), name


def test_the_page_of_sessions_names_every_session():
    text = (ROOT / "docs" / "reference" / "sessions.md").read_text()
    assert len(sessions()) > 15
    for name, (_, said) in sessions().items():
        assert f"`{name}`" in text
        assert said in text


# --- Includes ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("# --8<-- [start:model]\nclass Player: ...\n# --8<-- [end:model]\n", ""),
        ("class Player: ...\n", "has the marks none"),
        ("# --8<-- [start:model]\nclass Player: ...\n", "has the marks start,"),
        ("# --8<-- [start:model]\n\n# --8<-- [end:model]\nclass Player: ...\n", "is empty"),
        ("# --8<-- [start:model]\n# --8<-- [start:meta]\n# --8<-- [end:model]\n", "is empty"),
        ("# --8<-- [end:model]\na = 1\n# --8<-- [start:model]\n", "has the marks end and start"),
    ],
)
def test_a_section_that_shows_nothing_or_too_much_is_named(tmp_path, text, fault):
    (tmp_path / "models.py").write_text(text)
    page = tmp_path / "page.md"
    page.write_text('```python\n--8<-- "models.py:model"\n```\n')
    found = list(includes.faults(page, tmp_path))
    assert len(found) == bool(fault)
    assert all(f"page.md: models.py:model {fault}" in one for one in found)


def test_a_file_that_is_not_there_is_named(tmp_path):
    page = tmp_path / "page.md"
    page.write_text('    --8<-- "models.py"\n')
    assert list(includes.faults(page, tmp_path)) == ["page.md: models.py is no file"]


# --- Figures -------------------------------------------------------------------------------


def test_a_marked_figure_is_rewritten_and_the_rest_is_not():
    text = "It sends <!-- figure: statements.register.proxy -->8<!-- end --> of them, not 8."
    new = rewritten(text, {"statements.register.proxy": "9"}, "page.md")
    assert new == text.replace("-->8<", "-->9<")


def test_a_figure_that_is_not_there_is_named_with_those_that_are_near():
    text = "<!-- figure: statements.register.proxi -->8<!-- end -->"
    with pytest.raises(UnknownFigure, match=r"page\.md .* did you mean statements\.register\.pr"):
        rewritten(text, {"statements.register.proxy": "9"}, "page.md")


def test_a_figure_without_an_end_is_named():
    text = "<!-- figure: a -->8 and <!-- figure: b -->9<!-- end -->"
    with pytest.raises(UnknownFigure, match="figure a has no"):
        rewritten(text, {"a": "8", "b": "9"}, "page.md")


@pytest.mark.parametrize(
    ("prose", "found"),
    [
        ("It sends 9 statements.", ["9 statements"]),
        ("It takes 1.95 times as long, or 95 %.", ["1.95 times", "95 %"]),
        ("It sends <!-- figure: a -->9<!-- end --> statements.", []),
        ("Rule 3 holds with 2 players, in Python 3.11: `9 statements`.", []),
        ("```text\n9 statements\n```\n", []),
    ],
)
def test_a_figure_that_somebody_typed_is_found(prose, found):
    assert typed(prose) == found


# --- Transcripts ---------------------------------------------------------------------------


def test_what_differs_from_run_to_run_has_a_name_in_a_transcript():
    now = datetime(2026, 11, 24, tzinfo=UTC)
    assert (
        normalised(
            'INSERT INTO "django_session" ("session_key", "session_data", "expire_date", '
            '"user_id", "born") VALUES (%s, %s, %s, %s, %s)',
            ("k" * 32, "e30:1abc", now, 17, date(1990, 12, 10)),
        )
        == "INSERT INTO django_session (session_key, session_data, expire_date, user_id, born) "
        "VALUES (:session_key, :session_data, :time, :id, '1990-12-10')"
    )
    assert normalised(
        'SELECT 1 FROM "t" WHERE "t"."id" IN (%s, %s) AND "t"."n" = %s', (3, 4, 5)
    ) == ("SELECT 1 FROM t WHERE t.id IN (:id, …) AND t.n = 5")


def test_a_quote_in_a_value_does_not_end_it():
    assert normalised("SELECT %s", ("O'Brien",)) == "SELECT 'O''Brien'"


def test_many_columns_become_a_comment_that_counts_them():
    sql = 'SELECT "u"."a", "u"."b", "u"."c", "p"."d" FROM "u"'
    assert normalised(sql, None) == "SELECT /* 3 columns of u, 1 column of p */ FROM u"


def test_a_long_statement_has_a_line_for_each_clause_but_not_for_those_in_brackets():
    sql = (
        "SELECT COUNT(*) AS c FROM auth_user WHERE (auth_user.is_active AND EXISTS(SELECT 1 AS a "
        "FROM players_playerattribute U0 WHERE U0.name = 'birthdate' LIMIT 1)) LIMIT 21"
    )
    assert in_lines(sql).splitlines() == [
        "SELECT COUNT(*) AS c",
        "FROM auth_user",
        "WHERE (auth_user.is_active",
        "  AND EXISTS(SELECT 1 AS a FROM players_playerattribute U0 WHERE "
        "U0.name = 'birthdate' LIMIT 1))",
        "LIMIT 21",
    ]
    assert in_lines("SELECT 1 FROM t WHERE a = 1") == "SELECT 1 FROM t WHERE a = 1"


def test_a_table_of_sqlite_is_split_at_the_commas_between_its_columns():
    assert split_at_commas("a int, b decimal(5, 2), UNIQUE (a, b)") == [
        "a int",
        "b decimal(5, 2)",
        "UNIQUE (a, b)",
    ]


# --- Names of tests as sentences -------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("test_kill_9_at_any_write_leaves_none", "`kill -9` at any write leaves none"),
        ("test_a_players_post_needs_a_csrf_token", "A player's POST needs a CSRF token"),
        ("test_two_names_are_two_players", "Two names are two players"),
        ("test_own_pages_ask_to_log_in_at_log_in", "Own pages ask to log in at log-in"),
        ("test_change_user_is_by_djangos_meta", "`change_user` is by Django's `Meta`"),
        ("test_a_zoom_id_is_kept", "A Zoom ID is kept"),
    ],
)
def test_the_name_of_a_test_is_shown_as_it_would_be_written(name, shown):
    assert sentence(name) == shown


# --- What other runs wrote down ------------------------------------------------------------


def test_a_matrix_is_shown_without_its_title_and_without_links_out_of_the_site(tmp_path):
    path = tmp_path / "MATRIX.md"
    path.write_text("<!-- made -->\n# Faults\n\nSee [the test](../x.py) and [a](https://a.b/).\n")
    assert shown(path) == "See the test and [a](https://a.b/)."


# --- Links of the built site ---------------------------------------------------------------


def built(tmp_path, **texts):
    for name, text in texts.items():
        (tmp_path / f"{name}.html").write_text(text)
    found = links.pages(tmp_path)
    return links.faults(tmp_path, found)


def test_links_to_files_places_and_other_hosts_are_good(tmp_path):
    one = '<h1 id="top"></h1><a href="two.html#far"></a><a href="#top"></a><a href="https://a.b/">'
    assert built(tmp_path, one=one, two='<p id="far"></p>') == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('<a href="three.html">', "three.html leads to no file"),
        ('<a href="two.html#near">', "two.html#near leads to no place in two.html"),
        ('<a href="#near">', "#near leads to no place in one.html"),
        ('<img src="two.png">', "two.png leads to no file"),
        ('<script src="https://a.b/c.js">', "loads https://a.b/c.js from elsewhere"),
        ('<link rel="stylesheet" href="//a.b/c.css">', "loads //a.b/c.css from elsewhere"),
    ],
)
def test_a_link_that_leads_nowhere_is_named(tmp_path, text, fault):
    assert built(tmp_path, one=text, two='<p id="far"></p>') == [f"one.html: {fault}"]
