"""Wherever an outage is cut, the next start brings it to the same end; see `test_cuts.py`."""

import pytest

from tests.chaos.cuts import LIMIT, sample


@pytest.mark.timeout(LIMIT)
async def test_an_outage_ends_right_wherever_it_is_cut() -> None:
    assert await sample("outage") == []
