"""Wherever a deployment is cut, the next start brings it to the same end.

Covered is each point at which something leaves the process: a request sent but not yet worked off,
a request worked off but not yet answered, a change of the database on the disk of which nobody has
been told. `GONOGO_CUTS` says how many points lie between two that are tried (1 tries all), and
`GONOGO_CUTS_TURN` at which of them it begins: each day at another one, unless it is given.
A story has a file of its own, so that a worker of its own can take it.
"""

import pytest

from tests.chaos.cuts import LIMIT, sample


@pytest.mark.timeout(LIMIT)
async def test_a_deployment_ends_right_wherever_it_is_cut() -> None:
    assert await sample("deployment") == []
