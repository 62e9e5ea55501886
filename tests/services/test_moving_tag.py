"""A tag that moves at any moment: only the commit that was approved is ever sent, and nothing once
the move could be seen.
"""

from __future__ import annotations

from pathlib import Path

from bot.domain.deployments.states import State
from tests.services.team import Team

REPO, VERSION = "acme/app", "v1.1.0"
MOVED = "b" * 40


class Flow:
    """One deployment from its request to its run, with every call to GitHub on the way."""

    def __init__(self, migrated: Path, moves_at: int = 0) -> None:
        self.team = Team.of(migrated, self.sent)
        self.moves_at = moves_at
        self.calls: list[str] = []
        self.shas: list[str] = []
        self.approved = ""
        self.looked_before = 0

    async def asked(self, what: str) -> None:
        self.calls.append(what)
        if len(self.calls) == self.moves_at:
            self.team.hub.tagged[REPO, VERSION] = MOVED
            self.looked_before = self.calls[:-1].count("tag")

    async def sent(self, repo: str, file: str, inputs: dict[str, str]) -> int:
        self.shas.append(inputs["sha"])
        return 1

    async def goes(self) -> State:
        """Ana asks, Bo approves what the card shows; how it ended."""
        team = self.team
        await team.works()
        team.hub.on_call = self.asked
        assert await team.asks("ana", VERSION) is None
        await team.works()
        shown = (await team.newest()).binding
        assert shown is not None
        self.approved = shown.commit
        assert await team.approves("bo", 1) is None
        await team.works()
        try:
            return (await team.newest()).state
        finally:
            await team.close()


async def test_wherever_it_moves_nothing_else_is_sent(migrated: Path) -> None:
    calm = Flow(migrated)
    assert await calm.goes() is State.RUNNING
    assert calm.calls.count("tag") == 2  # for the card, and before the run is started
    sends = calm.calls.index("dispatch") + 1

    for moment in range(1, sends + 1):
        flow = Flow(migrated, moves_at=moment)
        state = await flow.goes()
        if flow.looked_before == 0:
            assert (flow.shas, flow.approved) == ([MOVED], MOVED), flow.calls
        elif flow.looked_before == 1:
            assert (flow.shas, state) == ([], State.VOID), flow.calls
        else:  # after the last look the run is still told which commit was approved
            assert flow.shas == [flow.approved] == [calm.approved], flow.calls
