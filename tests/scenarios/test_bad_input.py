"""Bad input: a clear answer with the next action, nothing dispatched, nobody mentioned."""

import re
from pathlib import Path

import pytest

from sandbox.world import World
from tests.scenarios import outside
from tests.scenarios.workspace import Workspace, workspace

TYPED = [
    ("/deploy v1.2.1 ap", "“ap”, so nothing was deployed. Did you mean “app”?"),
    (
        "/deploy v1.2.1 to prodution",
        "no environment “prodution”. Did you mean “production”?",
    ),
    (
        "/deploy v1.2.1 to mars",
        "no environment “mars”. Known are: production, prod, staging.",
    ),
    (
        "/deploy v1.2.1 now please",
        "“now”, so nothing was deployed. Services are: app.",
    ),
    ("/deploy v1.2", "“v1.2” is no version"),
    ("/deploy 1.2.1", "“1.2.1” is no version"),
    ("/deploy app", "Which version? For example: /deploy v1.2.1"),
    ("/deploy v1.2.1 v1.2.0", "Two versions are named, and I take one."),
    ("/deploy v1.2.1 because", "“because” needs a reason after it."),
    ("/deploy v1.2.1 to", "To which environment? Say: to production, or to staging."),
    ("/deploy v1.2.1 to staging", "staging of app is deployed by merging to the main branch."),
    ("/deployments hstory", "I know no “hstory”. Did you mean “history”?"),
    ("/deployments show", "Which deployment? For example: /deployments show D12"),
    ("/deployments show D99", "There is no deployment D99."),
    ("/deployments why v1.2.1", "none called “v1.2.1”. For example: /deployments why D12"),
    ("/deployments show D9999999999999", "Which deployment? I know none called “D9999999999999”."),
]
EVIL = "<!channel> <!here> <@U0BO> <#C0GENERAL> <!subteam^S0REL> <http://evil.example|safe> @bo"
RTL = "\u202egnp.1.2.1v\u202c"
MENTIONS = ("<!channel", "<!here", "<!everyone", "<!subteam", "<#C", "<http://evil")


async def test_what_is_not_understood_is_refused_with_a_suggestion(team: Workspace) -> None:
    for line, answer in TYPED:
        assert answer in await team.types("ana", line)
    await team.passes("PT5S")

    assert await team.channel() == []
    assert await team.types("ana", "/deployments show D2") == "There is no deployment D2."


async def test_a_version_without_a_tag_is_refused_with_the_ones_there_are(team: Workspace) -> None:
    answer = await team.types("ana", "/deploy v9.9.9")
    assert "I have not seen the tag v9.9.9 yet and ask GitHub for it." in answer
    await team.passes("PT5S")

    told = (await team.told("ana"))[-1]
    assert told.startswith("app v9.9.9 → production was refused (D2); nothing was deployed.")
    assert "There is no tag v9.9.9 in acme/app. Known versions: v1.3.0, v1.2.1, v1.2.0" in told
    assert await team.channel() == []


async def test_an_older_version_is_refused_because_it_is_a_rollback(team: Workspace) -> None:
    await team.types("ana", "/deploy v1.1.0")
    await team.passes("PT5S")

    told = (await team.told("ana"))[-1]
    assert "v1.1.0 is older than v1.2.0, which is live." in told
    assert "Going back is a rollback; ask for that instead." in told


async def test_all_reasons_are_told_at_once(team: Workspace) -> None:
    await team.post("/github/tag", name="v1.4.0", sha=outside.repo(team.world).git.branches["dark"])
    outside.repo(team.world).disabled.add("release.yml")
    await team.types("ana", "/deploy v1.4.0")
    await team.passes("PT5S")

    told = (await team.told("ana"))[-1]
    assert "v1.4.0 → production was refused (D2); nothing was deployed." in told
    assert "• The commit is not on main. Merge it to main and tag the merged commit." in told
    assert "• The release workflow is disabled at GitHub. Enable it in the repository's" in told


async def test_who_may_not_deploy_is_told_whom_to_ask(team: Workspace) -> None:
    for person in ("cy", "dee"):
        answer = await team.types(person, "/deploy v1.2.1")
        assert answer.startswith("Only people with the role deployer may deploy. Ask")
    for person in ("eve", "gonogo-other-bot"):
        answer = await team.types(person, "/deploy v1.2.1")
        assert answer.startswith("I do not know this account. Ask an admin")
    await team.passes("PT5S")

    assert await team.channel() == []


@pytest.mark.parametrize(
    ("slack_id", "answer"),
    [
        ("U0EVE", "Guests of the workspace cannot do this. Ask a member of the team."),
        ("U0OTHERBOT", "Bots cannot do this; a person has to."),
    ],
)
async def test_a_role_makes_no_member_of_guests_and_bots(
    tmp_path: Path, slack_id: str, answer: str
) -> None:
    rules = {"people": {"x": {"slack": slack_id}}, "roles": {"deployer": ["x", "ana"]}}
    name = "eve" if slack_id == "U0EVE" else "gonogo-other-bot"
    async with workspace(tmp_path, rules=rules) as team:
        assert await team.types(name, "/deploy v1.2.1") == answer


async def test_another_workspace_commands_and_presses_nothing_and_is_told_so(
    team: Workspace,
) -> None:
    answer = await team.types("ana", "/deploy v1.2.1", team="T0OTHER")
    assert answer == "This command came from another workspace, so nothing was done."
    assert await team.channel() == []
    await team.asks()
    pressed = await team.clicks("bo", "Approve", team="T0OTHER")
    assert pressed.get("error") is None
    await team.passes("PT5S")

    told = "That was pressed in another workspace, so nothing was done."
    assert await team.told("bo") == [told]
    assert await team.state() == "Waiting for approval"
    assert await team.dispatches() == []


async def test_a_reason_of_three_thousand_characters_is_refused(team: Workspace) -> None:
    answer = await team.types("ana", f"/deploy v1.2.1 because {'x' * 3000}")
    assert "The reason has 3000 characters; 500 are enough." in answer
    await team.passes("PT5S")

    assert await team.channel() == []


async def test_markup_in_a_reason_mentions_nobody(team: Workspace) -> None:
    await team.asks(f"/deploy v1.2.1 because {EVIL} {RTL}")
    card = await team.card()
    await team.clicks("dee", "Reject")
    await team.submits("dee", Reason=f"{EVIL} {RTL}")
    await team.passes("PT5S")

    assert "<!channel> <!here>" in card
    assert mentioned(await team.sent("/chat.postMessage", "/chat.update")) <= TEAM
    assert "\u202e" not in str(await team.sent("/chat.postMessage", "/chat.update"))


async def test_no_free_text_reaches_the_workflow(team: Workspace) -> None:
    await team.asks_and_approves("/deploy v1.2.1 because $(reboot) `id` ${{ secrets.KEY }}")
    await team.passes("PT10S")

    [sent] = await team.dispatches()
    inputs = sent["body"]["inputs"]
    assert set(inputs) == {"version", "sha", "request_id", "requested_by"}
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", value) for value in inputs.values()), inputs


async def test_markup_in_titles_of_pull_requests_and_commits_mentions_nobody(
    tmp_path: Path,
) -> None:
    def somebody_is_funny(world: World) -> None:
        outside.repo(world).pulls[4].title = f"{EVIL} {RTL} *bold* `code`"
        sha = outside.commit(world, f"{EVIL} {RTL}")
        outside.tag(world, "v1.4.0", sha)

    async with workspace(tmp_path, begin=somebody_is_funny) as team:
        await team.asks_and_approves("/deploy v1.4.0")
        await team.passes("PT45S")

        _, success = await team.channel()
        assert "- <!channel> <!here> <@U0BO>" in success
        assert mentioned(await team.sent("/chat.postMessage", "/chat.update")) <= TEAM
        await team.types("ana", "/deployments show D2")
        answers = [row["blocks"] for row in await team.messages(**{"as": "ana"})]
        assert mentioned(answers) <= TEAM


async def test_markup_where_words_are_expected_mentions_nobody(team: Workspace) -> None:
    for line in (f"/deploy {EVIL}", f"/deployments {EVIL}", f"/deploy v1.2.1 to {EVIL}"):
        await team.types("ana", line)

    shown = [row["text"] for row in await team.messages(**{"as": "ana"})]
    assert len(shown) == 3
    assert mentioned(shown) == set()


TEAM = {"<@U0ANA>", "<@U0BO>", "<@U0DEE>"}


def mentioned(content: object) -> set[str]:
    """Every reference to people, groups, channels or foreign addresses that Slack would act on."""
    text = str(content)
    people = {f"<@{part.partition('>')[0]}>" for part in text.split("<@")[1:]}
    return people | {mark for mark in MENTIONS if mark in text}
