"""Who watches a deployment is asked by name, reminded once, and says so by a button."""

from __future__ import annotations

from pathlib import Path

from sandbox.slack.users import User
from sandbox.world import World
from tests.scenarios import outside
from tests.scenarios.workspace import Workspace, workspace


async def goes_live(team: Workspace) -> None:
    """v1.2.1 is in production, and its bake of a quarter of an hour has begun."""
    await team.asks_and_approves()
    await team.passes("PT45S")


async def asked(team: Workspace) -> tuple[str, list[str]]:
    """The reply that asks somebody to watch, and its buttons."""
    ts = (await team.messages())[0]["ts"]
    rows = [r for r in await team.messages(thread_ts=ts) if " Watch app v1.2.1" in r["rendered"]]
    assert len(rows) == 1
    return rows[0]["rendered"], rows[0]["buttons"]


async def takes(team: Workspace, person: str, **more: bool) -> None:
    """Presses I Am Watching, below the card."""
    ts = (await team.messages())[0]["ts"]
    rows = await team.messages(thread_ts=ts)
    reply = next(r["ts"] for r in rows if " Watch app v1.2.1" in r["rendered"])
    await team.clicks(person, "I Am Watching", ts=reply, **more)
    await team.passes("PT5S")


async def test_one_of_those_who_watch_says_so_and_stands_on_the_card(tmp_path: Path) -> None:
    async with workspace(tmp_path, seed="bake") as team:
        await goes_live(team)
        text, buttons = await asked(team)
        assert "@ana @dee Watch app v1.2.1 in production until about 10:15 UTC." in text
        assert buttons == ["I Am Watching"]
        assert "Asked to watch: @ana @dee; nobody has said so yet" in await team.card()

        await takes(team, "cy")
        assert "Only people with the role deployer may watch a deployment" in str(
            await team.told("cy")
        )
        await takes(team, "dee")
        assert "@dee is watching since 10:0" in await team.card()
        text, buttons = await asked(team)
        assert "@dee is watching since 10:0" in text and buttons == []
        await takes(team, "ana", stale=True)
        assert "@dee is watching already" in (await team.told("ana"))[-1]

        await team.passes("PT16M")
        assert (await team.state()) == "Succeeded"
        assert not any("nobody watches" in text for text in await team.letters("ana"))
        for report in ("show", "why"):
            said = await team.types("ana", f"/deployments {report} D2")
            assert "@dee is watching since 10:0" in said
        found = [(entry.actor, entry.action) for entry in await team.trail("D2")]
        assert ("U0DEE", "watch_taken") in found


async def test_nobody_says_so_and_is_reminded_once_and_success_does_not_wait(
    tmp_path: Path,
) -> None:
    async with workspace(tmp_path, seed="bake") as team:
        await goes_live(team)
        await team.passes("PT4M")
        assert not any("nobody watches" in text for text in await team.thread())
        await team.passes("PT3M")
        reminded = [text for text in await team.thread() if "nobody watches app v1.2.1" in text]
        assert reminded == [
            "@ana @dee: nobody watches app v1.2.1 (D2) yet. Press I Am Watching in the thread of "
            "its card."
        ]
        for person in ("ana", "dee"):
            letters = [t for t in await team.letters(person) if "nobody watches" in t]
            assert len(letters) == 1

        await team.passes("PT10M")
        assert (await team.state()) == "Succeeded"
        text, buttons = await asked(team)
        assert text.endswith("Nobody said that they watched.") and buttons == []
        await takes(team, "ana", stale=True)
        assert "D2 is no longer being watched: it is succeeded" in (await team.told("ana"))[-1]


async def test_of_a_large_group_it_says_how_many_are_not_asked(tmp_path: Path) -> None:
    def crowd(world: World) -> None:
        users = [User(f"U0W{number:02}", f"w{number:02}", f"w{number:02}") for number in range(23)]
        world.slack.users |= {user.id: user for user in users}
        outside.regroup(world, *(user.name for user in users))

    rules = {"services": {"app": {"watch": ["S0REL"]}}}
    async with workspace(tmp_path, seed="bake", rules=rules, begin=crowd) as team:
        await team.asks_and_approves()
        why = await team.types("ana", "/deployments why D2")
        assert "On watch: w00, w01," in why and "and 10 more; 3 more are not asked." in why
        await team.passes("PT45S")
        text, _ = await asked(team)
        assert " @w19 Watch app v1.2.1" in text and "@w20" not in text
        assert text.endswith("3 more belong to those who watch, and are not asked.")
        assert "@w19 and not 3 more; nobody has said so yet" in await team.card()


async def test_without_a_bake_nobody_is_asked(team: Workspace) -> None:
    await team.asks_and_approves()
    await team.passes("PT1M")
    assert (await team.state()) == "Succeeded"
    assert not any("Watch app" in text for text in await team.thread())
