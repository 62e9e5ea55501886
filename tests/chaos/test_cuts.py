"""Wherever a deployment or an outage is cut, the next start brings it to the same end.

Covered is each point at which something leaves the process: a request sent but not yet worked off,
a request worked off but not yet answered, a change of the database on the disk of which nobody has
been told. `GONOGO_CUTS` says how many points lie between two that are tried (1 tries all).
"""

import os

import pytest

from tests.chaos.cuts import KINDS, STORIES, Kind, cuts
from tests.chaos.nursery import nursery

EVERY = int(os.environ.get("GONOGO_CUTS", "14"))
SPARSER = {("outage", "committed"): 3}
"""Where there are many points in a long story, fewer are tried."""


@pytest.mark.timeout(240 + 4800 // EVERY)
@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("kind", KINDS)
async def test_it_ends_right_wherever_it_is_cut(kind: Kind, story: str) -> None:
    async with nursery() as nest:
        every = EVERY * SPARSER.get((story, kind), 1)
        tried = [cut async for cut in cuts(kind, every, nest, STORIES[story])]

    assert len(tried) > 20 // EVERY
    assert [str(cut) for cut in tried if cut.tally.problems] == []
