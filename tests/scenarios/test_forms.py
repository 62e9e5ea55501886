"""Forms and strange requests: the modal of /deploy, and what an old or foreign client may send."""

from pathlib import Path
from typing import Any

from sandbox.slack import payloads
from sandbox.slack.delivery import Ack, deliver
from sandbox.slack.payloads import Actor
from tests.scenarios.workspace import Workspace, workspace

CHOICE = {"Version": "v1.2.1", "Reason": "it is time"}


async def test_deploy_without_words_opens_a_form_that_deploys(team: Workspace) -> None:
    assert await team.types("ana", "/deploy") == ""
    sent = await team.submits("ana", **CHOICE)
    await team.passes("PT1S")

    assert sent.get("errors") is None
    assert await team.state() == "Waiting for approval"
    assert "reason: “it is time”" in await team.card()
    assert "Checking app v1.2.1 → production (D2)." in (await team.told("ana"))[0]


async def test_the_versions_to_choose_from_are_the_tags_newest_first(team: Workspace) -> None:
    await team.types("ana", "/deploy")
    offered = await team.get("/options", **{"as": "ana", "action_id": "version", "query": "1."})

    names = [option["text"]["text"].split()[0] for option in offered["options"]]
    assert names == ["v1.3.0", "v1.2.1", "v1.2.0", "v1.1.0", "v1.0.0"]


async def test_no_versions_are_offered_before_it_is_known_of_which_service(tmp_path: Path) -> None:
    other = {"repo": "acme/tools", "environments": {"production": {"workflow": "release.yml"}}}
    async with workspace(tmp_path, rules={"services": {"zoo": other}}) as team:
        await team.types("ana", "/deploy")
        assert "Choose the service first." in str(await team.get("/modal", **{"as": "ana"}))
        offered = await team.get("/options", **{"as": "ana", "action_id": "version", "query": "1."})
        assert offered["options"] == []

        await team.submits("ana", Service="app", Version="v1.2.1", **{"Hotfix for incident": "x"})
        sent = await team.submits("ana", Service="zoo", **{"Hotfix for incident": ""})
        assert sent["errors"] == {"version": "zoo has no tag v1.2.1. Choose one of its own."}


async def test_mistakes_stand_under_their_fields_and_the_form_stays_open(team: Workspace) -> None:
    await team.asks()
    await team.types("ana", "/deploy")
    sent = await team.submits("ana", **CHOICE)

    assert sent["response_action"] == "errors"
    [(field, said)] = sent["errors"].items()
    assert field == "service"
    assert said.startswith("app production is taken by D2 (v1.2.1, Waiting for approval), ")
    assert "requested by ana at 2024-03-26 10:00 UTC. Wait for it" in said
    [row] = await team.trail("form")
    assert (row.actor, row.action, row.detail["code"]) == ("U0ANA", "refused_to", "slot_taken")
    assert (await team.get("/modal", **{"as": "ana"})) is not None


async def test_a_form_sent_by_somebody_without_the_role_deploys_nothing(team: Workspace) -> None:
    await team.types("cy", "/deploy")
    sent = await team.submits("cy", **CHOICE)
    await team.passes("PT5S")

    assert "Only people with the role deployer may deploy." in sent["errors"]["service"]
    assert await team.channel() == []


async def test_a_form_with_a_mistake_may_be_sent_again_as_it_is(team: Workspace) -> None:
    await team.asks()
    await team.types("ana", "/deploy")
    assert (await team.submits("ana", **CHOICE))["response_action"] == "errors"
    await team.clicks("ana", "Cancel")
    await team.passes("PT1S")
    sent = await team.submits("ana", **CHOICE)
    await team.passes("PT1S")

    assert sent.get("errors") is None
    assert "Checking app v1.2.1 → production (D3)." in (await team.told("ana"))[-1]


async def test_a_rejection_with_too_long_a_reason_stays_open(team: Workspace) -> None:
    await team.asks()
    await team.clicks("bo", "Reject")
    sent = await team.submits("bo", Reason="\u0958" * 400)  # two characters each, once normalised
    await team.passes("PT2S")

    assert sent["errors"]["reason"].startswith("The reason has 800 characters; 500 are enough.")
    assert await team.state() == "Waiting for approval"
    assert [row.detail["code"] for row in await team.trail("form")] == ["reason_too_long"]


async def test_a_form_that_slack_does_not_open_is_answered_with_the_line_to_type(
    team: Workspace,
) -> None:
    hint = "The form did not open in time. Type it instead, for example: /deploy v1.2.1"
    for kind in ("status:500", "reset_before", "timeout"):
        await team.fault("slack", kind, path="views.open")
        assert await team.types("ana", "/deploy") == hint


async def test_a_rejection_whose_form_does_not_open_says_so(team: Workspace) -> None:
    await team.asks()
    await team.fault("slack", "timeout", path="views.open")
    clicked = await team.clicks("bo", "Reject")
    await team.passes("PT2S")

    assert clicked.get("error") is None
    assert (await team.told("bo"))[-1] == "The form did not open in time. Press Reject once more."


async def test_what_nobody_knows_is_acknowledged_and_changes_nothing(team: Workspace) -> None:
    await team.asks()
    ana = Actor(team.world.slack.named("ana"))
    channel = team.world.slack.channel_named("deployments")
    command = payloads.slash_command(team.world, ana, channel, "/launch", "v1.2.1")
    answer = await sends(team, "slash_commands", command)
    assert "I do not know this command. I answer `/deploy`, `/rollback`" in answer.body["text"]

    message = next(iter(channel.messages.values()))
    for action_id, value in (("explode", "2"), ("approve", "D2"), ("approve", "99999999999999")):
        action = {"type": "button", "action_id": action_id, "block_id": "b", "value": value}
        press = payloads.message_action(team.world, ana, channel, action, message)
        await sends(team, "interactive", press)
    await team.passes("PT5S")

    assert await team.state() == "Waiting for approval"
    assert "There is no deployment D0." in (await team.told("ana"))[-1]


async def test_help_lists_every_command_and_who_may_what(team: Workspace) -> None:
    shown = await team.types("cy", "/deployments help")

    assert "/deploy v1.2.1 [service]" in shown
    assert "/deployments status | show D12 | why D12" in shown
    assert "/deployments history [service] [environment]" in shown
    assert "Deployers: @ana @bo" in shown
    assert "Approvers: @bo @dee" in shown


async def sends(team: Workspace, kind: str, payload: dict[str, Any]) -> Ack:
    """Slack delivers a payload that its own surface would not produce now."""
    return await deliver(team.world, kind, payload, accepts_payload=True)
