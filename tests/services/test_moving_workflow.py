"""A workflow file that changes at any moment: only the one that was approved deploys, or people are
told and the run is stopped.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.deployments.states import State
from bot.domain.deployments.validation import Outcome
from tests.services.team import Team
from tests.services.test_rollback_of_what_was_sent import approved, goes_live

REPO, FILE, VERSION = "acme/app", "release.yml", "v1.1.0"
APPROVED, PUSHED = f"blob of {FILE}", "blob of somebody else's"
WHY = (
    "Run 7001 was made of a release.yml that nobody approved: the file changed right before it "
    "began. GitHub is asked to stop it. Check production."
)


class Flow:
    """One deployment from its approval to the first look at its run, with every call to GitHub."""

    def __init__(self, migrated: Path, moves_at: int = 0, ends: str = "") -> None:
        self.team = Team.of(migrated, self.sent)
        self.moves_at, self.ends = moves_at, ends
        self.calls: list[str] = []

    async def asked(self, what: str) -> None:
        self.calls.append(what)
        if len(self.calls) == self.moves_at:
            self.team.hub.blobs[REPO, FILE] = PUSHED
        if what == "dispatched" and self.ends:
            self.team.hub.drives(self.ends)

    async def sent(self, repo: str, file: str, inputs: dict[str, str]) -> int:
        return 1

    async def goes(self) -> State:
        """Ana asks, Bo approves what the card shows, and somebody pushes then; how it ended."""
        team = self.team
        await team.works()
        assert await team.asks("ana", VERSION) is None
        await team.works()
        team.hub.on_call = self.asked
        assert await team.approves("bo", 1) is None
        await team.works()
        await team.passes(10)
        return (await team.newest()).state

    async def alerts(self) -> list[str]:
        posts = await self.team.store.read(lambda tx: tx.posts_due(tx.now))
        return [post.message.text for post in posts if "not the workflow" in post.message.text]


async def test_whenever_it_changes_no_other_file_deploys(migrated: Path) -> None:
    calm = Flow(migrated)
    assert await calm.goes() is State.RUNNING
    assert await calm.alerts() == []
    await calm.team.close()
    last_look = calm.calls.index("workflow_blob") + 1
    assert calm.calls[last_look:][:1] == ["dispatch"]  # nothing is read between

    for moment in range(1, calm.calls.index("dispatched") + 2):
        flow = Flow(migrated, moves_at=moment)
        state = await flow.goes()
        made_of = [run.blob for run in flow.team.hub.started]
        if moment <= last_look:
            assert (state, made_of) == (State.VOID, []), moment
        elif made_of == [APPROVED]:
            assert state is State.RUNNING, moment
        else:
            [run] = flow.team.hub.started
            ending = (await flow.team.newest()).ending
            assert (state, run.conclusion) == (State.CANCELLED, "cancelled"), moment
            assert ending is not None
            assert ending.text == WHY
            assert len(await flow.alerts()) == 1
        await flow.team.close()


async def test_a_run_of_another_file_that_was_faster_is_never_called_good(migrated: Path) -> None:
    flow = Flow(migrated, ends="success")
    calls = Flow(migrated)
    await calls.goes()
    await calls.team.close()
    flow.moves_at = calls.calls.index("dispatch") + 1
    await flow.goes()
    for _ in range(8):
        await flow.team.passes(30)
    found = await flow.team.newest()
    assert found.state is State.DEGRADED
    assert found.validation is not None
    bad = [one.text for one in found.validation.readings if one.outcome is Outcome.BAD]
    assert bad == ["the run was made of a release.yml that nobody approved"]
    await flow.team.close()


@pytest.mark.parametrize("how", ["dropped", "lost"])
async def test_a_second_request_is_for_the_same_file(migrated: Path, how: str) -> None:
    flow = Flow(migrated)
    flow.team.hub.answers = [how]
    flow.team.hub.lag = 400
    await flow.goes()
    flow.team.hub.blobs[REPO, FILE] = PUSHED
    await flow.team.passes(200)
    await flow.team.passes(60)
    found = await flow.team.newest()
    assert flow.calls.count("dispatch") == 1
    assert (found.state, found.notice) == (
        State.NEEDS_ATTENTION,
        "It was not sent again: release.yml changed since the request.",
    )
    await flow.team.close()


async def test_where_github_does_not_show_the_file_a_run_is_stopped_all_the_same(
    team: Team,
) -> None:
    """And what goes back then is seen to have ended."""
    await goes_live(team, "v1.0.0")
    await goes_live(team, "v1.1.0")
    team.hub.silent = {"file_of_run"}
    await approved(team, "v1.2.0")
    run = team.hub.started[-1]
    run.status = "in_progress"
    assert await team.rolls_back("bo", "app") is None
    await team.passes(10)
    assert run.conclusion == "cancelled"
    await team.passes(10)
    assert (await team.newest()).state is State.RUNNING
    team.hub.drives("success")
    for _ in range(8):
        await team.passes(30)
    found = await team.newest()
    assert (found.version, found.state) == ("v1.1.0", State.SUCCEEDED)


async def test_nothing_is_called_good_before_its_file_was_seen(team: Team) -> None:
    team.hub.silent = {"file_of_run"}
    await approved(team, "v1.1.0")
    assert (await team.newest()).waiting_for == ""
    team.hub.drives("success")
    await team.passes(30)
    found = await team.newest()
    assert (found.state, found.waiting_for) == (
        State.RUNNING,
        "Waiting for GitHub (502 for file_of_run)",
    )
    team.hub.silent = set()
    await team.passes(60)
    assert (await team.newest()).state is State.VALIDATING
