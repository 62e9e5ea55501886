"""What an approval rests on is read again before the effect: people, overrides, the incident of a
hotfix, and the evidence that stood on the card.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from bot.domain.incidents.incidents import State as IncidentState
from bot.ports import Tx
from bot.services.gates import signing
from tests.services.team import PEOPLE, Team


async def asked(team: Team, **more: str) -> None:
    """Ana asks for v1.1.0, and it is checked."""
    assert await team.asks("ana", "v1.1.0", **more) is None
    await team.works()


async def letters(team: Team, who: str) -> list[str]:
    """What somebody was told directly."""
    posts = await team.store.read(lambda tx: tx.posts_due(tx.now))
    return [post.message.text for post in posts if post.channel == PEOPLE[who]]


async def test_an_override_of_somebody_who_may_no_longer_lift_is_undone(team: Team) -> None:
    await team.freezes("dee", "stocktaking")
    await asked(team)

    def lift(tx: Tx) -> object:
        return signing.override(tx, 1, PEOPLE["cy"], ("window",), "it is known, and small")

    assert await team.does(lift) is None
    team.room.groups["S0APP"].discard(PEOPLE["cy"])
    assert [await team.approves(who, 1) for who in ("bo", "dee")] == [None, None]
    await team.works()

    waiting = await team.newest()
    assert (team.hub.started, waiting.state) == ([], State.AWAITING_APPROVAL)
    assert (waiting.overrides, waiting.approvals) == ((), ())
    assert (await letters(team, "bo"))[-1].endswith(
        "Your approval does not count: who lifted “Window” may no longer do so."
    )
    again = await team.approves("bo", 1)
    assert again is not None
    assert "freeze stocktaking" in str(again)


async def test_a_hotfix_is_sent_only_while_its_incident_is_open(team: Team) -> None:
    incident = await team.suffers("app")
    await team.freezes("dee", "stocktaking")
    await asked(team, incident=incident, reason="sign-in is broken")
    assert await team.approves("bo", 1) is None

    def close(tx: Tx) -> object:
        found = tx.incident(1)
        assert found is not None
        return tx.save_incident(found, replace(found, state=IncidentState.CLOSED))

    await team.store.run(close)
    await team.works()
    ended = await team.newest()
    assert (team.hub.started, ended.state) == ([], State.VOID)
    assert ended.ending is not None
    assert ended.ending.text.startswith("INC-1 is closed, so it needs no hotfix.")


async def test_who_approves_a_hotfix_whose_incident_is_over_is_told(team: Team) -> None:
    incident = await team.suffers("app")
    await asked(team, incident=incident, reason="sign-in is broken")

    def close(tx: Tx) -> object:
        found = tx.incident(1)
        assert found is not None
        return tx.save_incident(found, replace(found, state=IncidentState.RESOLVED))

    await team.store.run(close)
    refused = await team.approves("bo", 1)
    assert refused is not None
    assert str(refused).startswith("INC-1 is resolved, so it needs no hotfix.")


async def test_evidence_that_is_gone_at_the_effect_is_asked_about_again(team: Team) -> None:
    await asked(team)
    team.hub.notes = None
    assert await team.approves("bo", 1) is None
    await team.works()

    waiting = await team.newest()
    assert (team.hub.started, waiting.state) == ([], State.AWAITING_APPROVAL)
    assert (await letters(team, "bo"))[-1].endswith(
        "“Release notes written” is a question again: No GitHub release for v1.1.0."
    )
    assert await team.approves("bo", 1) is None
    await team.works()
    assert [run.inputs["version"] for run in team.hub.started] == ["v1.1.0"]


async def test_evidence_on_a_waiting_card_is_read_again_and_what_was_sent_is_kept(
    team: Team,
) -> None:
    def notes(shown: Deployment) -> str:
        return next(v.text for v in shown.verdicts if v.gate == "notes")

    await asked(team)
    first = await team.newest()
    team.hub.notes = None
    for _ in range(6):
        await team.passes(60)
    later = await team.newest()
    assert (notes(first), notes(later)) == (
        *("Release notes published", "No GitHub release for v1.1.0"),
    )
    assert first.judged_at is not None and later.judged_at is not None
    assert later.judged_at - first.judged_at >= timedelta(minutes=5)

    assert await team.approves("bo", 1) is None
    team.hub.notes = "What is new"
    await team.passes(30)
    sent = await team.newest()
    assert (sent.state, notes(sent)) == (State.RUNNING, "Release notes published")
