"""Rule 14: Each operation costs exactly what the variant promises, with 2 players and with 60."""

import pytest

from shared_tests.costs import measured
from shared_tests.operations import OPERATIONS
from shared_tests.people import another
from shared_tests.recording import COSTS
from shared_tests.staff import create_superuser
from shared_tests.visitor import Visitor


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("players", [2, 60])
def test_every_operation_costs_exactly_its_budget(pytestconfig, budget, players):
    create_superuser()
    admin, ada = Visitor(), Visitor()
    admin.log_in("root")
    ada.register()
    for number in range(players - 2):
        Visitor().register(another(number))

    costs = {}
    for name, prepare in OPERATIONS.items():
        act = prepare(ada, admin)
        with measured() as cost:
            response = act()
        assert response.status_code in {200, 302}, name
        costs[name] = cost
    if COSTS in pytestconfig.stash and players == 2:
        pytestconfig.stash[COSTS] |= {
            name: {**cost.figures(), "sql": cost.written_down()} for name, cost in costs.items()
        }
    assert {name: cost.figures() for name, cost in costs.items()} == budget
