"""The timeline: what people add to the story of an incident stands where it happened."""

from bot.domain.incidents.timeline import in_order
from tests.scenarios.workspace import Workspace

OUTAGE = "/incident outage All users unable to access service"


async def root(team: Workspace) -> str:
    return str((await team.messages())[0]["ts"])


async def says(team: Workspace, person: str, text: str) -> str:
    """A message in the thread of the incident; its ts."""
    thread = {"channel": "deployments", "thread_ts": await root(team)}
    said = await team.post("/say", **{"as": person, "text": text, **thread})
    return str(said["ts"])


async def timeline(team: Workspace) -> list[str]:
    """The entries that people made, as (when it happened, what it reads)."""
    assert team.bot is not None
    events = in_order(await team.bot.store.read(lambda tx: tx.events(1)))
    return [
        f"{e.occurred_at:%H:%M} {'(deleted)' if e.is_deleted else e.text}"
        for e in events
        if e.source
    ]


async def test_what_is_written_down_late_stands_where_it_happened(team: Workspace) -> None:
    await team.types("ana", OUTAGE)
    await team.passes("PT60M")
    ts = await says(team, "bo", "The disk was full & <nobody> saw it")
    where = {"channel": "deployments", "ts": ts, "name": "Add to incident timeline"}
    await team.post("/shortcut", **{"as": "bo", **where})
    await team.submits("bo", **{"Happened at": "2024-03-26T09:05:00+00:00"})
    await team.passes("PT1S")
    assert await timeline(team) == ["09:05 The disk was full & <nobody> saw it"]

    await team.clicks("bo", "Restored", ts=await root(team))
    await team.passes("PT5S")
    issues = team.world.github.repositories["acme/app"].issues
    draft = next(i.body for i in issues.values() if i.title.startswith("Post-mortem"))
    entries = draft[draft.index("## Timeline") :].splitlines()[2:]
    assert entries[0].startswith("- 2024-03-26 09:05 UTC The disk was full")
    assert "recorded 11:0" in entries[0]


async def test_a_pinned_message_is_followed(team: Workspace) -> None:
    await team.types("ana", OUTAGE)
    await team.passes("PT1M")
    ts = await says(team, "bo", "It is the proxy")
    place = {"as": "bo", "channel": "deployments", "ts": ts}
    await team.post("/pin", **place)
    await team.until(lambda: _has(team, ["10:01 It is the proxy"]))
    await team.post("/edit", **place, text="It is the cache")
    await team.until(lambda: _has(team, ["10:01 It is the cache"]))
    await team.post("/delete", **place)
    await team.until(lambda: _has(team, ["10:01 (deleted)"]))


async def test_what_is_pinned_elsewhere_is_nobodys_business(team: Workspace) -> None:
    await team.types("ana", OUTAGE)
    await team.passes("PT1M")
    said = await team.post("/say", **{"as": "bo", "channel": "deployments", "text": "Lunch?"})
    place = {"as": "bo", "channel": "deployments", "ts": said["ts"]}
    await team.post("/pin", **place)
    pinned = await says(team, "bo", "It is the proxy")
    await team.post("/pin", **{**place, "ts": pinned})
    await team.until(lambda: _has(team, ["10:01 It is the proxy"]))


async def _has(team: Workspace, entries: list[str]) -> bool:
    return await timeline(team) == entries
