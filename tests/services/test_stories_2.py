"""The second quarter of the stories in which anybody does anything; see `stories.py`."""

from pathlib import Path

import pytest

from tests.services.stories import tell


@pytest.mark.timeout(1800)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of who is killed
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
def test_whatever_happens_only_what_was_approved_runs_and_once(migrated: Path) -> None:
    tell(2, migrated)
