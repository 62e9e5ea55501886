"""Wherever a rollback is cut, the next start brings it to the same end; see `test_cuts.py`."""

import pytest

from tests.chaos.cuts import LIMIT, sample


@pytest.mark.timeout(LIMIT)
async def test_a_rollback_ends_right_wherever_it_is_cut() -> None:
    assert await sample("rollback") == []
