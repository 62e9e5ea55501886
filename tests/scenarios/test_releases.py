"""A release is made from Slack: tag, release and notes, and then the deployment goes on."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.github.git import digest
from tests.scenarios.workspace import Workspace

HEAD = digest("commit", "acme/app", "c8")
SIDE = digest("commit", "acme/app", "c10")
OFFER = "Create Tag and Release"


def repo(team: Workspace) -> Any:
    return team.world.github.repository("acme/app")


def release(team: Workspace, tag: str) -> Any:
    """The one release of a tag."""
    found = [one for one in repo(team).releases.values() if one.tag == tag]
    assert len(found) == 1, found
    return found[0]


async def presses(team: Workspace, person: str, button: str) -> None:
    """Presses a button that only that person sees."""
    rows = await team.messages(**{"as": person})
    ts = [row["ts"] for row in rows if button in row["buttons"]][-1]
    await team.clicks(person, button, ts=ts)


async def fields(team: Workspace, person: str) -> dict[str, Any]:
    """The elements of the open form, by name."""
    view = await team.get("/modal", **{"as": person})
    return {block["block_id"]: block["element"] for block in view["blocks"]}


async def wrote(team: Workspace, path: str) -> list[Any]:
    """The writes that the bot sent there."""
    rows = [
        row
        for method in ("POST", "PATCH")
        for row in (await team.get("/journal", system="github", method=method))["journal"]
    ]
    return [row for row in rows if path in row["path"] and row["direction"] == "from_bot"]


async def asks_for_a_new_version(team: Workspace, text: str = "/deploy v1.4.0") -> None:
    await team.types("ana", text)
    await team.passes("PT2S")
    await presses(team, "ana", OFFER)


async def test_a_version_without_a_tag_is_made_and_then_deployed(team: Workspace) -> None:
    labelled = {5: ("bug",), 4: ("feature",)}
    for number, labels in labelled.items():
        repo(team).pulls[number].labels = labels
    await asks_for_a_new_version(team, "/deploy v1.2.2 because bo asked")
    [said] = [text for text in await team.told("ana") if "There is no tag" in text]
    assert "There is no tag v1.2.2 in acme/app. Known versions: v1.2.1, v1.2.0" in said

    form = await fields(team, "ana")
    shown = [one["text"]["text"] for one in form["commit"]["options"]]
    assert shown[:2] == [
        f"{HEAD[:7]} Describe the release process [skip ci]",
        f"{digest('commit', 'acme/app', 'c9')[:7]} Drop the legacy column (#7)",
    ]
    assert form["title"]["initial_value"] == "v1.2.2"
    assert form["notes"]["initial_value"].startswith(
        "## Other changes\n\n- Drop the legacy column (#7)\n"
    )
    commit = digest("commit", "acme/app", "c7")
    sent = await team.submits(
        "ana", Commit=commit, Title="Faster search", Notes="## Fixes\n\n- Search is quick"
    )
    assert sent.get("errors") is None
    await team.passes("PT5S")

    tag = repo(team).git.tag_objects[repo(team).git.tags["v1.2.2"]]
    assert (tag.commit, tag.message) == (commit, "Faster search")
    made = release(team, "v1.2.2")
    assert (made.name, made.body) == ("Faster search", "## Fixes\n\n- Search is quick")
    told = "\n".join(await team.told("ana"))
    assert f"I make the tag v1.2.2 at {commit[:7]} and its release." in told
    assert f"is published, its tag stands at {commit[:7]}." in told
    assert "Checking app v1.2.2 → production (D3)." in told
    assert await team.state() == "Waiting for approval"
    assert await team.shows("reason: “bo asked”")
    [trail] = [row for row in await team.trail("v1.2.2") if row.action == "released"]
    assert trail.actor == "U0ANA"


@pytest.mark.parametrize("kind", ["reset_after_apply", "status_after_apply:502"])
@pytest.mark.parametrize("path", ["/git/tags", "/git/refs", "/releases"])
async def test_after_a_lost_answer_nothing_is_made_twice(
    team: Workspace, kind: str, path: str
) -> None:
    await asks_for_a_new_version(team)
    await team.fault("github", kind, path=path, method="POST")
    await team.submits("ana", Title="v1.4.0", Notes="- Everything")
    await team.passes("PT30S")

    assert release(team, "v1.4.0").body == "- Everything"
    assert repo(team).git.tagged("v1.4.0").sha == HEAD
    assert len(await wrote(team, "/git/refs")) == 1
    assert await team.state() == "Waiting for approval"


async def test_a_bot_that_was_down_meanwhile_finishes_it(team: Workspace) -> None:
    await asks_for_a_new_version(team)
    await team.fault("github", "status:502", path="/git/", count=100)
    await team.submits("ana", Title="v1.4.0", Notes="- Everything")
    await team.passes("PT2S")
    await team.close()
    await team.mends()
    await team.open()
    await team.passes("PT2M")

    assert release(team, "v1.4.0").body == "- Everything"
    assert await team.state() == "Waiting for approval"


async def test_only_deployers_make_releases(team: Workspace) -> None:
    await team.types("ana", "/deploy v1.4.0")
    await team.passes("PT2S")
    no = "Only people with the role deployer may make or change a release."
    assert no in await team.types("cy", "/deployments notes v1.2.1")
    await team.asks()
    await team.clicks("cy", "Notes")
    await team.passes("PT1S")
    assert no in (await team.told("cy"))[-1]

    await presses(team, "ana", OFFER)
    await team.close()
    team.rules = {"roles": {"deployer": ["bo"]}}
    await team.open()
    await team.submits("ana", Title="v1.4.0", Notes="- Everything")
    await team.passes("PT5S")
    assert "was not made: you no longer hold the role deployer." in (await team.told("ana"))[-1]
    assert "v1.4.0" not in repo(team).git.tags


async def test_a_commit_that_is_not_on_main_gets_no_tag(team: Workspace) -> None:
    """Between the form and the tag somebody may rewrite the branch."""
    await asks_for_a_new_version(team)
    git = repo(team).git
    git.branches["main"] = digest("commit", "acme/app", "c9")
    await team.submits("ana", Title="v1.4.0", Notes="- Everything")
    await team.passes("PT5S")

    assert f"was not made: {HEAD[:7]} is not on main." in "\n".join(await team.told("ana"))
    assert "v1.4.0" not in git.tags
    assert await wrote(team, "/git/tags") == []


async def test_only_commits_of_main_are_offered_and_taken(team: Workspace) -> None:
    """Whatever a client sends: the commit has to be one of those that the form showed."""
    await asks_for_a_new_version(team)
    offered = (await fields(team, "ana"))["commit"]["options"]
    assert SIDE not in str(offered)
    view = team.world.slack.views.top("U0ANA")
    assert view is not None
    [block] = [one for one in view.blocks if one["block_id"] == "commit"]
    block["element"]["options"].append({**offered[0], "value": SIDE})
    block["element"]["options"][-1]["text"] = {"type": "plain_text", "text": "forged"}
    sent = await team.submits("ana", Commit="forged", Title="v1.4.0", Notes="- Everything")

    assert sent["errors"] == {"title": "Choose one of the commits of main."}
    await team.passes("PT5S")
    assert "v1.4.0" not in repo(team).git.tags


async def test_a_tag_that_somebody_made_meanwhile_is_left_alone(team: Workspace) -> None:
    await asks_for_a_new_version(team)
    other = digest("commit", "acme/app", "c7")
    await team.post("/github/tag", name="v1.4.0", sha=other)
    await team.submits("ana", Title="v1.4.0", Notes="- Everything")
    await team.passes("PT5S")

    assert f"the tag v1.4.0 exists by now, at {other[:7]}" in "\n".join(await team.told("ana"))
    assert repo(team).git.tags["v1.4.0"] == other


async def test_what_github_does_not_allow_is_told(team: Workspace) -> None:
    await asks_for_a_new_version(team)
    await team.fault("github", "status:403", path="/git/tags", method="POST")
    await team.submits("ana", Title="v1.4.0", Notes="- Everything")
    await team.passes("PT5S")

    told = "\n".join(await team.told("ana"))
    assert "The release of v1.4.0 was not made: GitHub does not let me: 403" in told
    assert await team.channel() == []


async def test_a_form_is_good_for_one_release_and_a_hotfix_stays_one(team: Workspace) -> None:
    await team.types("ana", "/incident outage nobody can sign in")
    await team.passes("PT2S")
    await asks_for_a_new_version(team, "/deploy v1.4.0 hotfix INC-1 because it lets them in")
    await team.submits("ana", Title="v1.4.0", Notes="- Everything")
    await team.passes("PT5S")
    card = next(row for row in await team.channel() if row.startswith("app v1.4.0"))
    assert card.splitlines()[1] == "Waiting for approval"
    assert "hotfix for INC-1" in card
    await presses(team, "ana", OFFER)
    await team.passes("PT1S")

    assert "v1.4.0 was dealt with already." in (await team.told("ana"))[-1]


async def test_mistakes_in_the_form_keep_it_open(team: Workspace) -> None:
    await asks_for_a_new_version(team)
    sent = await team.submits("ana", Title="   ", Notes="- Everything")
    assert sent["errors"]["title"].startswith("A title of up to 100 characters")
    assert (await team.get("/modal", **{"as": "ana"})) is not None


async def test_the_notes_of_a_release_are_changed_by_command(team: Workspace) -> None:
    assert "I read the notes of v1.2.1" in await team.types("ana", "/deployments notes v1.2.1")
    await team.passes("PT2S")
    await presses(team, "ana", "Edit Release Notes")
    form = await fields(team, "ana")
    assert "commit" not in form
    assert form["notes"]["initial_value"] == "Feature X, bug Y, dependency Z."
    await team.submits("ana", Notes="Feature X alone.")
    await team.passes("PT2S")

    assert release(team, "v1.2.1").body == "Feature X alone."
    assert "The release of v1.2.1 is written." in (await team.told("ana"))[-1]
    assert [row["method"] for row in await wrote(team, "/releases")] == ["PATCH"]


async def test_the_notes_are_changed_from_the_card(team: Workspace) -> None:
    await team.asks()
    await team.clicks("bo", "Notes")
    await team.passes("PT2S")
    await presses(team, "bo", "Edit Release Notes")
    await team.submits("bo", Notes="Feature X alone.")
    await team.passes("PT2S")

    assert release(team, "v1.2.1").body == "Feature X alone."
    assert await team.state() == "Waiting for approval"


async def test_notes_that_changed_at_github_are_not_written_over(team: Workspace) -> None:
    await team.types("ana", "/deployments notes v1.2.1")
    await team.passes("PT2S")
    await presses(team, "ana", "Edit Release Notes")
    release(team, "v1.2.1").body = "Dee wrote this at GitHub."
    await team.submits("ana", Notes="Feature X alone.")
    await team.passes("PT2S")

    assert release(team, "v1.2.1").body == "Dee wrote this at GitHub."
    assert "its notes were changed at GitHub meanwhile" in (await team.told("ana"))[-1]


async def test_a_tag_without_a_release_gets_one(team: Workspace) -> None:
    await team.post("/github/tag", name="v1.2.5", sha=digest("commit", "acme/app", "c7"))
    await team.types("ana", "/deployments notes v1.2.5 app")
    await team.passes("PT2S")
    await presses(team, "ana", "Write Release Notes")
    await team.submits("ana", Notes="As before.")
    await team.passes("PT2S")

    assert release(team, "v1.2.5").body == "As before."


async def test_words_that_are_no_version_are_refused(team: Workspace) -> None:
    assert "Notes of which version?" in await team.types("ana", "/deployments notes")
    assert "“1.2.1” is no version. Did you mean v1.2.1?" in await team.types(
        "ana", "/deployments notes 1.2.1"
    )
    assert "I do not understand “ap”. Did you mean “app”?" in await team.types(
        "ana", "/deployments notes v1.2.1 ap"
    )
