"""No answer from the store: whoever acted is told, and what they typed is not lost."""

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import aiohttp

from sandbox.slack import payloads
from sandbox.slack.blocks import check_view
from sandbox.slack.payloads import Actor
from sandbox.world import World
from tests.scenarios.test_forms import sends
from tests.scenarios.test_incident_timeline import OUTAGE, says, timeline
from tests.scenarios.workspace import Json, Workspace, workspace
from tests.web.slack_requests import command, signed

WHY = "Something broke on my side, and nothing was changed. Reference: "
LATE = "I could not confirm in time that this was recorded. Look at /deployments before you try"


@contextmanager
def broken(team: Workspace, table: str = "inbox") -> Iterator[None]:
    """Nothing can be written to a table, as on a full disk."""
    with closing(sqlite3.connect(team.database.removeprefix("sqlite:///"), timeout=10)) as file:
        no = f"CREATE TRIGGER full BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'full'); END"
        file.execute(no)
        yield
        file.execute("DROP TRIGGER full")


@contextmanager
def held(team: Workspace) -> Iterator[None]:
    """Another program holds the database."""
    with closing(sqlite3.connect(team.database.removeprefix("sqlite:///"), timeout=10)) as file:
        file.execute("BEGIN IMMEDIATE")
        yield
        file.rollback()


async def test_a_slow_database_and_a_slow_slack_together_are_answered_in_time(
    team: Workspace,
) -> None:
    await team.fault("slack", "slow:5", path="views.open")
    with held(team):
        asked = asyncio.create_task(team.types("ana", "/deploy"))
        await asyncio.sleep(1.5)  # and the form would take its two seconds after that
    assert (await asked).startswith("The form did not open in time. Type it instead")


async def test_a_form_stays_open_and_says_why(team: Workspace) -> None:
    await team.types("ana", "/deploy")
    wish = {"service": "app", "version": "v1.2.1", "reason": "a long story"}
    with broken(team):
        answer = await team.submits("ana", **wish)
    assert answer["response_action"] == "errors"
    [(_, text)] = answer["errors"].items()
    assert text.startswith(WHY)

    assert (await team.submits("ana", **wish)).get("errors") is None
    await team.passes("PT2S")
    assert "a long story" in await team.card()


async def test_a_form_without_a_field_says_why_on_top_of_it(team: Workspace) -> None:
    """Slack takes no errors that are at no field."""
    await team.types("ana", "/deploy")
    ana = Actor(team.world.slack.named("ana"))
    form = team.world.slack.views.top(ana.user.id)
    assert form is not None
    sent = payloads.view_submission(team.world, ana, form)
    sent["view"]["state"]["values"] = {}
    with broken(team):
        answer = await sends(team, "interactive", sent)
    assert answer.body["response_action"] == "push"
    check_view(answer.body["view"], "modal")
    assert answer.body["view"]["blocks"][0]["text"]["text"].startswith(WHY)


async def test_a_press_is_answered_although_nothing_can_be_stored(team: Workspace) -> None:
    await team.asks()
    with broken(team):
        pressed = await team.clicks("bo", "Approve")
        assert pressed.get("error") is None
        assert (await team.told("bo"))[-1].startswith(WHY)
    assert await team.state() == "Waiting for approval"

    await team.clicks("bo", "Approve")
    await team.passes("PT5S")
    assert "approved by @bo" in await team.card()


async def test_a_press_is_answered_in_time_while_the_database_hangs(team: Workspace) -> None:
    await team.asks()
    with held(team):
        pressed = await team.clicks("bo", "Approve")
        assert pressed.get("error") is None and pressed["ack_ms"] < 3000
        assert (await team.told("bo"))[-1].startswith(LATE)


async def test_a_press_that_cannot_even_be_answered_breaks_nothing(team: Workspace) -> None:
    await team.asks()
    await team.fault("slack", "status:500", path="chat.postEphemeral")
    with broken(team):
        pressed = await team.clicks("bo", "Approve")
    assert pressed.get("error") is None
    await team.clicks("bo", "Approve")
    await team.passes("PT5S")
    assert "approved by @bo" in await team.card()


async def test_while_we_do_not_know_who_we_are_nobody_is_called_a_stranger(tmp_path: Path) -> None:
    def slack_does_not_tell(world: World) -> None:
        world.faults.add(system="slack", kind="status:500", path="auth.test", count=100_000)

    async with workspace(tmp_path, begin=slack_does_not_tell) as team:
        answer = await team.types("ana", "/deploy v1.2.1")
        assert answer.startswith("I am still connecting to Slack, so nothing was done.")
        await team.mends()

        async def knows() -> bool:
            return "D1" in await team.types("ana", "/deployments status")

        await team.until(knows)


async def test_who_is_refused_all_the_time_is_slowed_down(team: Workspace) -> None:
    refused = 0
    while (answer := await team.types("ana", "/deploy v1.2.1 to mars")).startswith("I know no"):
        refused += 1
    assert answer.startswith("Too much of what you asked for was refused")

    assert len(await team.trail("command")) == refused >= 60
    assert "D1" in await team.types("bo", "/deployments status")


async def test_a_request_that_is_repeated_is_carried_out_once(tmp_path: Path) -> None:
    async with workspace(tmp_path, mode="http") as team:
        body = command()
        headers = signed(body, at=time.time())
        answers = await asyncio.gather(*(sent(team, body, headers) for _ in range(10)))
        assert sum("I have that already." in text for text in answers) == 9
        await team.passes("PT2S")
        assert len(await team.channel()) == 1


async def test_a_request_whose_work_was_cut_off_is_carried_out_when_it_comes_again(
    tmp_path: Path,
) -> None:
    async with workspace(tmp_path, mode="http") as team:
        body = command()
        headers = signed(body, at=time.time())
        with broken(team, "audit"):
            assert WHY in await sent(team, body, headers)
        assert "D2" in await sent(team, body, headers)


async def test_an_event_that_cannot_be_stored_is_not_acknowledged_and_comes_again(
    tmp_path: Path,
) -> None:
    async with workspace(tmp_path, mode="http") as team:
        await team.types("ana", OUTAGE)
        await team.passes("PT1M")
        said = await says(team, "bo", "It is the proxy")
        with broken(team):
            await team.post("/pin", **{"as": "bo", "channel": "deployments", "ts": said})
            while len(tries := await deliveries(team, "pin_added")) < 2:
                await asyncio.sleep(0.02)
        assert [one["status"] for one in tries] == [503, 503]
        await team.until(lambda: reads(team, ["10:01 It is the proxy"]), "PT1M")


async def deliveries(team: Workspace, event: str) -> list[Json]:
    """The events of that type as they were sent to the bot and answered."""
    rows = (await team.get("/journal", system="slack"))["journal"]
    told = [row for row in rows if row["direction"] == "to_bot" and row["status"]]
    return [row for row in told if (row["body"].get("event") or {}).get("type") == event]


async def reads(team: Workspace, entries: list[str]) -> bool:
    return await timeline(team) == entries


async def sent(team: Workspace, body: bytes, headers: dict[str, str]) -> str:
    """What the bot answers to these bytes."""
    assert team.bot is not None
    url = f"{team.bot.url}/slack/events"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=body, headers=headers) as answer,
    ):
        assert answer.status == 200
        return await answer.text()
