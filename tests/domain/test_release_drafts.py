"""A draft moves only as its table says."""

from datetime import UTC, datetime

import pytest

from bot.domain.releases.release_drafts import TRANSITIONS, ReleaseDraft, ReleaseDraftState

NOON = datetime(2024, 3, 26, 12, tzinfo=UTC)


def a_release_draft(state: ReleaseDraftState) -> ReleaseDraft:
    return ReleaseDraft(
        state=state,
        service="app",
        environment="production",
        repo="acme/app",
        version="v1.4.0",
        asked_by="U0ANA",
        asked_at=NOON,
        due_at=NOON,
        failures=3,
    )


@pytest.mark.parametrize("state", ReleaseDraftState)
@pytest.mark.parametrize("to", ReleaseDraftState)
def test_every_move_that_is_not_in_the_table_is_refused(
    state: ReleaseDraftState, to: ReleaseDraftState
) -> None:
    draft = a_release_draft(state)
    if to not in TRANSITIONS[state]:
        with pytest.raises(ValueError, match="cannot go"):
            draft.to(to)
        return
    moved = draft.to(to, title="Title")
    assert (moved.state, moved.title, moved.due_at, moved.failures) == (to, "Title", None, 0)


def test_the_state_moves_by_nothing_else() -> None:
    with pytest.raises(ValueError, match="use to"):
        a_release_draft(ReleaseDraftState.READY).with_(state=ReleaseDraftState.DONE)
