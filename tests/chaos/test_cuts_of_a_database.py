"""Wherever a way back is cut that takes the database back, nothing is undone twice, and it is told
right; see `test_cuts.py`.
"""

import pytest

from tests.chaos.cuts import LIMIT, sample


@pytest.mark.timeout(LIMIT)
async def test_a_database_is_taken_back_once_wherever_it_is_cut() -> None:
    assert await sample("database") == []
