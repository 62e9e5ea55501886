"""Wherever it is cut what people do about a rollback, each of it is made and told once; see
`test_cuts.py`. Of its points few are tried here, and all of them by
`python -m tests.chaos.cuts --story remedies`.
"""

import pytest

from tests.chaos.cuts import LIMIT, sample


@pytest.mark.timeout(LIMIT)
async def test_remedies_are_made_once_wherever_it_is_cut() -> None:
    assert await sample("remedies", ("applied", "committed")) == []
