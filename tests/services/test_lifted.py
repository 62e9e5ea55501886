"""What was lifted is lifted for what blocked then; what comes later, or cannot be read, is a new
question.
"""

from __future__ import annotations

from bot.domain.deployments.states import State
from bot.domain.errors import Refusal
from bot.services.gates import signing
from tests.services.team import PEOPLE, Team


async def lifts(team: Team, who: str, gate: str) -> Refusal | None:
    """Somebody presses Override for one gate of D1."""
    reason = "it is known, and small"
    return await team.does(lambda tx: signing.override(tx, 1, PEOPLE[who], (gate,), reason))


async def approve(team: Team) -> list[str]:
    """Bo and Cy press Approve; what they are told where that is no."""
    answers = [await team.approves("bo", 1), await team.approves("cy", 1)]
    await team.works()
    return [str(no) for no in answers if no is not None]


async def test_a_freeze_that_is_set_after_another_was_lifted_holds(team: Team) -> None:
    assert await team.freezes("dee", "stocktaking") is None
    assert await team.asks("ana", "v1.1.0") is None
    await team.works()
    assert await lifts(team, "dee", "window") is None
    assert await team.freezes("dee", "black friday") is None

    refused = await approve(team)
    assert len(refused) == 2
    assert all("freeze black friday" in why for why in refused)
    assert team.hub.started == []

    assert await lifts(team, "cy", "window") is None
    assert await approve(team) == []
    assert [run.inputs["version"] for run in team.hub.started] == ["v1.1.0"]


async def test_what_comes_while_its_source_is_silent_is_not_let_through(team: Team) -> None:
    team.hub.bugs = [9]
    assert await team.asks("ana", "v1.1.0") is None
    await team.works()
    assert await lifts(team, "dee", "bugs") is None
    await team.works()
    team.hub.bugs, team.hub.silent = [9, 10], {"issues"}
    assert await approve(team) == []
    await team.passes(120)
    assert team.hub.started == []

    team.hub.silent = set()
    await team.passes(120)
    ended = await team.newest()
    assert (team.hub.started, ended.state) == ([], State.VOID)
    assert ended.ending is not None
    assert "#10 It breaks" in ended.ending.text
