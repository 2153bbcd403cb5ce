"""Walk the migration paths on databases with people: `nox -s migration_paths`.

Each path is walked forward and back, and then damaged: it must refuse, or the comparison must see
it. The exit status is 1, with the one thing that differs, where a path does not hold.
"""

import argparse
import contextlib
import sys
import textwrap
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed

from rich.progress import TaskID

from harness import cli
from harness.cli import Failure
from harness.databases import PROOF, Databases, on_a_server
from proofs.migration_paths import published
from proofs.migration_paths.damage import DAMAGE, Places, planted
from proofs.migration_paths.deployment import end_all
from proofs.migration_paths.misuse import MISUSE
from proofs.migration_paths.moved import held_to_the_suite
from proofs.migration_paths.paths import PATHS, MigrationPath
from proofs.migration_paths.side_by_side import in_words, side_by_side
from proofs.migration_paths.walk import Say, walk_all_steps, walking

PEOPLE = 300
SECONDS = 4.0  # of old and new code at once
AT_ONCE = 2


def options_from(arguments: list[str]) -> argparse.Namespace:
    parser = cli.Parser(
        prog="nox -s migration_paths --",
        description="Walk the migration paths on databases with people.",
    )
    parser.add_names("name", PATHS, f"only this path: {', '.join(PATHS)}")
    suites = parser.add_mutually_exclusive_group()
    suites.add_argument("--full", action="store_true", help="the shared suite after each path")
    suites.add_argument("--ci", action="store_true", help="the suite after one path for each end")
    suites.add_argument(
        "--players", type=int, metavar="N", help="time each step with so many players instead"
    )
    parser.add_argument("--accept", action="store_true", help="publish the times")
    options = parser.parse_args(arguments)
    if options.players is not None and options.players < 1000:
        parser.error("argument --players: at least 1000")
    return options


def try_path(
    path: MigrationPath, databases: Databases, options: argparse.Namespace, say: Say
) -> list[str]:
    """Walk a path and damage it; what was seen, as lines of at most 80 columns."""
    with walking(path, databases, say) as walk:
        lines = walk_all_steps(walk, PEOPLE)
        say("old and new code at once")
        met = in_words(side_by_side(walk, SECONDS))
        lines += wrapped(f"old and new code at once: {met}", "  ", "    ")
        places = Places(walk)
        noticed = {}
        for damage in (one for one in DAMAGE if one.path == path.name):
            say(damage.what)
            noticed[damage.what] = planted(places, damage)
        for misuse in MISUSE[path.name]:
            what = misuse.__name__.replace("_", " ")
            say(what)
            noticed[what] = misuse(places)
    if len(options.name) == 1:
        for what, said in noticed.items():
            lines += [f"  planted: {what}", *wrapped(said, "    ", "    ")]
    else:
        lines += wrapped(f"refused or seen: {'; '.join(noticed)}", "  ", "    ")
    if options.full or (options.ci and path.suite_in_ci):
        say("the shared suite")
        lines.append(f"  shared suite on the moved database: {held_to_the_suite(path, databases)}")
    return lines


def wrapped(text: str, first: str, then: str) -> list[str]:
    return textwrap.wrap(text, 80, initial_indent=first, subsequent_indent=then, max_lines=9)


@contextlib.contextmanager
def workers() -> Iterator[ThreadPoolExecutor]:
    """Threads that end with the block, however it ends: what they wait for ends first."""
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        yield pool
    except BaseException:
        end_all()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def try_all(options: argparse.Namespace) -> int:
    """Try the chosen paths, and print what was seen of each; how many do not hold."""
    failed = 0
    with on_a_server(PROOF) as databases, cli.bar() as bar, workers() as pool:
        futures: dict[Future[list[str]], TaskID] = {}
        for path in cli.chosen(options.name, PATHS):
            task = bar.add_task(path.title, total=1)

            def say(what: str, path: MigrationPath = path, task: TaskID = task) -> None:
                bar.update(task, description=f"{path.title}: {what}")

            futures[pool.submit(try_path, path, databases, options, say)] = task
        for future in as_completed(futures):
            try:
                print("\n".join(future.result()), flush=True)
            except Failure as failure:
                failed += 1
                print(f"error: {failure}", file=sys.stderr, flush=True)
            bar.update(futures[future], completed=1)
    return failed


def main(arguments: list[str]) -> int:
    options = options_from(arguments)
    if options.players:
        published.time_all(cli.chosen(options.name, PATHS), options.players, accept=options.accept)
        return 0
    failed = try_all(options)
    if failed:
        raise Failure(f"{failed} of the paths do not lead where they say, see above")
    print("Each path leads where it says; all that was planted was refused or seen.")
    return 0


if __name__ == "__main__":
    cli.run(main)
