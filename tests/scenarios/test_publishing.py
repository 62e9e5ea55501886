"""The public is told of an incident when a person confirms what it will read, and of its end."""

from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.workspace import Workspace, workspace

OUTAGE = "/incident outage All users unable to access service"
LAG = "(the page may show it in up to 10 minutes)"


async def opened(team: Workspace, text: str = OUTAGE) -> None:
    await team.types("ana", text)
    await team.passes("PT5S")


async def publishes(
    team: Workspace, button: str = "Publish", root: int = 0, says: str = "", **values: str
) -> dict[str, Any]:
    """Dee confirms the preview, with other words where some are given."""
    ts = (await team.messages())[root]["ts"]
    await team.clicks("dee", button, ts=ts)
    if says:
        values["What the public reads"] = says
    told = await team.submits("dee", **values)
    await team.passes("PT5S")
    return told


async def line(team: Workspace, root: int = 0) -> str:
    rows = (await team.channel())[root].splitlines()
    return next((row for row in rows if row.startswith("Status page")), "")


async def kuma(team: Workspace) -> list[tuple[str, str]]:
    """What the page at Uptime Kuma shows."""
    found = await team.get("/kuma")
    return [(p["title"], p["content"]) for p in found["posts"] if p["id"] in found["on_page"]]


async def emitted(team: Workspace) -> list[str]:
    rows = (await team.get("/journal", system="kuma", method="EMIT"))["journal"]
    return [row["path"] for row in rows if not row["path"].startswith("login")]


async def room(team: Workspace, root: int = 0) -> list[str]:
    ts = (await team.messages())[root]["ts"]
    return [row["rendered"] for row in (await team.messages(thread_ts=ts))[1:]]


async def test_nothing_is_public_before_somebody_confirms_it(team: Workspace) -> None:
    await opened(team)
    await team.types("ana", "/incident update It is the proxy of team Blue")
    ts = (await team.messages())[0]["ts"]
    await team.clicks("dee", "Publish", ts=ts)
    preview = str(await team.get("/modal", **{"as": "dee"}))
    assert "This is public" in preview and "(INC-1)" in preview and "10 minutes" in preview
    assert "The service is not available at the moment. We are looking into it." in preview
    assert "Blue" not in preview
    await team.passes("PT1M")
    assert await kuma(team) == []

    await team.submits("dee", Title="App is down")
    await team.passes("PT5S")
    says = "The service is not available at the moment. We are looking into it."
    assert await kuma(team) == [("App is down (INC-1)", says)]
    assert await line(team) == f"Status page: investigating, posted at its page {LAG}"


async def test_the_form_of_an_incident_leads_to_the_preview(team: Workspace) -> None:
    await opened(team)
    await team.types("cy", "/incident Checkout is slow")
    said = await team.submits("cy", **{"Status page": "Next, with a preview"})
    assert said["response_action"] == "update"
    preview = await team.get("/modal", **{"as": "cy"})
    assert "This is public" in str(preview) and "(INC-2)" in str(preview)
    await team.passes("PT5S")
    told = (await team.messages("@cy", **{"as": "cy"}))[-1]["rendered"]
    assert told.startswith("Incident INC-2 is open") and "Close this one as a duplicate" in told
    assert await kuma(team) == []
    await team.submits("cy", Title="Checkout")
    await team.passes("PT5S")
    assert [title for title, _ in await kuma(team)] == ["Checkout (INC-2)"]


async def test_a_drill_is_not_asked_whom_to_wake_and_tell(team: Workspace) -> None:
    await team.types("cy", "/incident drill Checkout is slow")
    form = str(await team.get("/modal", **{"as": "cy"}))
    assert "Affected function" in form
    assert "Status page" not in form and "Paging" not in form


async def test_the_next_words_are_confirmed_too_and_the_end_follows(team: Workspace) -> None:
    await opened(team)
    await publishes(team)
    await team.types("ana", "/incident update Something internal")
    await publishes(team, "Update Status Page", says="Mending.", Status="Identified")
    assert await kuma(team) == [("Service outage detected (INC-1)", "Mending.")]
    await team.clicks("dee", "Resolve", ts=(await team.messages())[0]["ts"])
    await team.passes("PT5S")

    assert await kuma(team) == []
    [post] = (await team.get("/kuma"))["posts"]
    assert (post["content"], post["pin"], post["active"]) == (
        "This incident has been resolved.", False, False
    )  # fmt: skip
    assert (await line(team)).startswith("Status page: resolved, posted")
    assert "Update Status Page" not in (await team.messages())[0]["buttons"]
    assert await emitted(team) == [
        "postIncident", "editIncident", "editIncident", "resolveIncident"
    ]  # fmt: skip


async def test_a_form_that_was_opened_earlier_takes_nothing_back(team: Workspace) -> None:
    await opened(team)
    await team.clicks("bo", "Publish", ts=(await team.messages())[0]["ts"])
    await publishes(team)
    await publishes(team, "Update Status Page", says="A fix is out.", Status="Monitoring")
    told = await team.submits("bo", Title="Login is down")
    assert told["response_action"] == "update"
    assert await kuma(team) == [("Service outage detected (INC-1)", "A fix is out.")]
    newer = str(await team.get("/modal", **{"as": "bo"}))
    assert "*Since you opened this form* <@U0DEE> told the public" in newer
    assert "(INC-1)”: *monitoring*, “A fix is out.”" in newer
    assert "The title “Login is down” is not used: a post keeps its first one." in newer

    await publishes(team, "Update Status Page", says="Nearly done.", Status="Monitoring")
    told = await team.submits("bo", **{"What the public reads": "Login is mended."})
    assert told["response_action"] == "update" and "“Nearly done.”" in str(
        await team.get("/modal", **{"as": "bo"})
    )
    await team.submits("bo", **{"What the public reads": " "})
    assert "Say something" in str(await team.get("/modal", **{"as": "bo"}))
    await team.submits("bo", **{"What the public reads": "Login is mended."})
    await team.passes("PT5S")
    assert await kuma(team) == [("Service outage detected (INC-1)", "Login is mended.")]
    assert (await line(team)).startswith("Status page: monitoring, posted")


async def test_the_words_that_would_take_newer_ones_back_are_kept(team: Workspace) -> None:
    await opened(team)
    await team.clicks("bo", "Publish", ts=(await team.messages())[0]["ts"])
    await publishes(team, says="A fix is out.", Status="Monitoring")
    await team.submits("bo", **{"What the public reads": "It is the proxy."})
    assert "is not used" not in str(await team.get("/modal", **{"as": "bo"}))
    await team.submits("bo")
    await team.passes("PT5S")
    assert await kuma(team) == [("Service outage detected (INC-1)", "It is the proxy.")]
    assert (await line(team)).startswith("Status page: monitoring, posted")


async def test_the_post_of_another_incident_stays(team: Workspace) -> None:
    await opened(team)
    await opened(team, "/incident major Checkout is slow")
    await publishes(team, root=0)
    await publishes(team, root=1, Title="Checkout is slow")
    await team.clicks("dee", "Resolve", ts=(await team.messages())[0]["ts"])
    await team.passes("PT5S")
    assert [title for title, _ in await kuma(team)] == ["Checkout is slow (INC-2)"]
    assert "unpinIncident" not in await emitted(team)


async def test_an_answer_that_is_lost_makes_no_second_post(team: Workspace) -> None:
    await opened(team)
    await team.fault("kuma", "reset_after_apply", path="postIncident")
    await publishes(team)
    await team.passes("PT10S")
    assert len((await team.get("/kuma"))["posts"]) == 1
    assert (await line(team)).startswith("Status page: investigating, posted")


async def test_a_restart_in_between_makes_no_second_post(team: Workspace) -> None:
    await opened(team)
    await team.fault("kuma", "status:500", path="postIncident", count=1)
    await publishes(team)
    assert (await line(team)).startswith("Status page: not posted (SQLITE_BUSY")
    [told] = [text for text in await room(team) if "does not take it" in text]
    assert told.startswith("@dee The status page does not take it (SQLITE_BUSY")
    await team.reopen()
    await publishes(team, "Update Status Page")
    await team.reopen()
    await team.passes("PT2M")
    assert len((await team.get("/kuma"))["posts"]) == 1


async def test_a_page_that_cannot_be_reached_is_tried_again(team: Workspace) -> None:
    await opened(team)
    await team.fault("kuma", "status:502", path="socket.io", count=2)
    await publishes(team)
    waits = await line(team)
    assert waits.startswith("Status page: retrying (") and "not reachable" in waits
    await team.until(lambda: posted(team))
    assert len((await team.get("/kuma"))["posts"]) == 1


@pytest.mark.parametrize(
    ("fault", "count", "said"),
    [("status:500", 1, "not posted (SQLITE_BUSY"), ("reset_before", 2, "retrying (")],
)
async def test_of_what_never_arrived_nobody_hears_the_end(
    team: Workspace, fault: str, count: int, said: str
) -> None:
    await opened(team)
    await team.fault("kuma", fault, path="postIncident", count=count)
    await publishes(team)
    assert (await line(team)).startswith(f"Status page: {said}")
    await team.clicks("dee", "Resolve", ts=(await team.messages())[0]["ts"])
    await team.passes("PT2M")
    assert (await team.get("/kuma"))["posts"] == []
    assert await line(team) == "Status page: resolved, nothing was posted"


async def posted(team: Workspace) -> bool:
    return "posted at" in await line(team)


async def test_who_has_no_say_and_what_is_a_drill(team: Workspace) -> None:
    await opened(team)
    await team.clicks("cy", "Publish", ts=(await team.messages())[0]["ts"])
    await team.passes("PT1S")
    assert await team.get("/modal", **{"as": "cy"}) is None
    assert "decide about an incident" in (await team.told("cy"))[-1]
    await opened(team, "/incident drill outage The database is gone")
    assert "Publish" not in (await team.messages())[1]["buttons"]


async def test_empty_words_keep_the_form_open(team: Workspace) -> None:
    await opened(team)
    told = await publishes(team, says=" ")
    assert "Say something to the public" in str(told["errors"])
    assert await kuma(team) == []


async def test_what_is_back_gets_a_post_of_its_own(team: Workspace) -> None:
    await opened(team)
    await publishes(team)
    await team.clicks("bo", "Update Status Page", ts=(await team.messages())[0]["ts"])
    ts = (await team.messages())[0]["ts"]
    await team.clicks("dee", "Resolve", ts=ts)
    await team.passes("PT5S")
    await team.clicks("dee", "Reopen", ts=ts)
    await team.submits("dee", **{"What is back": "Nothing loads"})
    await team.passes("PT5S")
    assert (await team.submits("bo"))["response_action"] == "update"
    over = str(await team.get("/modal", **{"as": "bo"}))
    assert "form* the public was told, as" in over and "*resolved*" in over
    await publishes(team, "Update Status Page")
    assert [title for title, _ in await kuma(team)] == ["Service outage detected (INC-1)"]
    assert len((await team.get("/kuma"))["posts"]) == 2


async def test_without_a_page_there_is_no_button(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules={"status_page": None}) as team:
        await opened(team)
        assert "Publish" not in (await team.messages())[0]["buttons"]
