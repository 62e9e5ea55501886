"""Wherever a way back is cut that takes the database back, nothing is undone twice, and it is told
right; see `test_cuts.py`.
"""

import pytest

from tests.chaos.cuts import KINDS, LIMIT, Kind, sample


@pytest.mark.timeout(LIMIT)
@pytest.mark.parametrize("kind", KINDS)
async def test_a_database_is_taken_back_once_wherever_it_is_cut(kind: Kind) -> None:
    assert await sample("database", kind) == []
