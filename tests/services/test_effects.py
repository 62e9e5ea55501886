"""What comes between the last look and the effect is judged where the intent is stored."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot.domain.deployments.runs import SETTLE
from bot.domain.deployments.states import State
from bot.domain.errors import Refusal
from bot.domain.metrics.history import Closure
from bot.services.incidents import incident_decisions
from tests.services.team import PEOPLE, Team

Act = Callable[[Team], Awaitable[Refusal | None]]


@pytest.fixture
async def team(migrated: Path) -> AsyncIterator[Team]:
    """v1.1.0 is asked for, checked, and one click from being sent."""

    async def on_dispatch(repo: str, file: str, inputs: dict[str, str]) -> int:
        return 0

    made = Team.of(migrated, on_dispatch)
    await made.works()
    assert await made.asks("ana", "v1.1.0") is None
    await made.works()
    assert (await made.newest()).state is State.AWAITING_APPROVAL
    yield made
    await made.close()


async def lock(team: Team) -> Refusal | None:
    return await team.locks("dee", "app")


async def freeze(team: Team) -> Refusal | None:
    return await team.freezes("dee", "team away")


def while_it_is_sent(team: Team, act: Act) -> None:
    """Somebody acts while GitHub is asked the last thing before the POST: for the workflow file."""
    looks = 0

    async def on_call(what: str) -> None:
        nonlocal looks
        looks += what == "workflow_blob"
        if looks == 1 and what == "workflow_blob":
            assert await act(team) is None

    team.hub.on_call = on_call


async def test_what_was_approved_is_sent(team: Team) -> None:
    assert await team.approves("bo", 1) is None
    await team.works()
    [run] = team.hub.started
    assert run.inputs["version"] == "v1.1.0"
    assert (await team.newest()).state is State.RUNNING


@pytest.mark.parametrize(
    ("act", "why"),
    [(lock, "Locked by U0DEE"), (freeze, "Closed: freeze team away")],
)
async def test_a_place_that_closes_while_it_is_being_sent_stays_closed(
    team: Team, act: Act, why: str
) -> None:
    while_it_is_sent(team, act)
    assert await team.approves("bo", 1) is None
    await team.works()
    ended = await team.newest()
    assert team.hub.started == []
    assert ended.state is State.VOID
    assert ended.ending is not None
    assert why in ended.ending.text
    assert "Nothing was deployed" in ended.ending.text


@pytest.mark.parametrize("act", [lock, freeze])
async def test_a_rollback_does_not_ask(team: Team, act: Act) -> None:
    assert await team.approves("bo", 1) is None
    await team.works()
    team.hub.drives("success")
    await team.passes(60)
    await team.passes(120)
    assert (await team.newest()).state is State.SUCCEEDED
    await team.asks("ana", "v1.2.0")
    await team.works()
    await team.approves("bo", 2)
    await team.works()
    team.hub.drives("success")
    await team.passes(60)
    await team.passes(120)
    while_it_is_sent(team, act)
    assert await team.rolls_back("bo", "app") is None
    await team.works()
    assert team.hub.started[-1].file == "rollback.yml"
    assert team.hub.started[-1].inputs["version"] == "v1.1.0"


@pytest.mark.parametrize("act", [lock, freeze])
async def test_after_an_unclear_answer_a_closed_place_is_a_persons_to_decide(
    team: Team, act: Act
) -> None:
    """No machine says then that nothing was deployed."""
    team.hub.answers = ["dropped"]
    assert await team.approves("bo", 1) is None
    await team.works()
    assert (await team.newest()).state is State.UNKNOWN
    team.clock.time += SETTLE

    while_it_is_sent(team, act)
    await team.works()
    now = await team.newest()
    assert now.state is State.NEEDS_ATTENTION
    assert "It was not sent again: " in now.notice
    assert team.hub.started == []


async def closes_the_incident(team: Team) -> Refusal | None:
    return await team.does(
        lambda tx: incident_decisions.close(
            tx, team.config, 1, Closure.FALSE_POSITIVE, "nothing was broken", PEOPLE["dee"]
        )
    )


@pytest.mark.parametrize(("service", "runs"), [("app", []), ("api", ["cancelled"])])
async def test_a_hotfix_whose_incident_is_closed_while_it_is_read_anew_stays_where_it_is(
    team: Team, service: str, runs: list[str]
) -> None:
    """It would go through a freeze, for an incident that nobody has; by its dispatch at `app`, by
    the answer to GitHub's gate at `api`.
    """
    assert await team.cancels("ana", 1) is None
    incident = await team.suffers(service)
    await team.freezes("dee", "sale")
    reason = "sign-in is broken"
    assert await team.asks("ana", "v1.1.0", service, incident=incident, reason=reason) is None
    await team.works()
    await team.passes(5)
    assert await team.approves("bo", 2) is None

    async def on_call(what: str) -> None:
        if what == "checks":
            team.hub.on_call = None
            assert await closes_the_incident(team) is None

    team.hub.on_call = on_call
    await team.works()
    await team.passes(10)
    ended = await team.newest()
    assert [run.conclusion for run in team.hub.started] == runs
    assert ended.state is State.VOID
    assert ended.ending is not None
    assert ended.ending.code == "incident_over"
    assert ended.ending.text.startswith("INC-1 is closed, so it needs no hotfix.")
