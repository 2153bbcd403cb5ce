"""The operations that are measured, in the order of the report.

Each is one class, and its class is all that there is to write: what it is called, on which keys it
works, how a variant's own code does it and how bare SQL does. `nox -s benchmarks -- --accept` then
writes into expectations.json what it must cost.
"""

from benchmarks.operations import accounts, directory, upkeep
from benchmarks.operations.base import Operation

OPERATIONS: dict[str, Operation] = {
    one.id: one()
    for module in (accounts, directory, upkeep)
    for one in vars(module).values()
    if isinstance(one, type) and one.__module__ == module.__name__ and hasattr(one, "id")
}
