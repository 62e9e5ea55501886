"""Reports: what people read of the history, page by page, and who may not."""

import re
from pathlib import Path
from typing import Any

from sandbox.slack import payloads
from sandbox.slack.delivery import deliver
from sandbox.slack.payloads import Actor
from tests.scenarios.workspace import Workspace, workspace

NAMES = {"commands": {"deploy": "/ship", "deployments": "/log"}}


async def test_an_empty_page_says_what_is_empty(team: Workspace) -> None:
    for line, answer in (
        ("history app staging", "No deployments of app staging yet."),
        ("history failed @bo", "Nothing in the history is failed @bo."),
        (
            "history faild",
            "I do not understand “faild”. Did you mean “failed”? For example: "
            "/deployments history failed @ana since 2024-03-01",
        ),
        (
            "history @zoe",
            "I know nobody called zoe. People have the names of gonogo.yaml and of Slack; who has "
            "left has only their id there, such as @U012AB3CD.",
        ),
        ("history page 9", "The history has no page 9. It begins with /deployments history."),
        (
            "history app page 2",
            "The history of app has no page 2. It begins with /deployments history app.",
        ),
    ):
        assert await team.types("cy", f"/deployments {line}") == answer


async def test_only_members_read(team: Workspace) -> None:
    for line in ("status", "history", "show D1", "why D1"):
        assert "I do not know this account." in await team.types("eve", f"/deployments {line}")
    assert "app v1.2.0" in await team.types("cy", "/deployments history")
    assert len(await team.trail("command")) == 4


async def test_approvers_and_admins_read_who_did_what(team: Workspace) -> None:
    await team.asks_and_approves()
    await team.passes("PT5S")
    read = await team.types("bo", "/deployments audit D2")
    assert read.startswith("Audit trail of D2\n")
    lines = read.splitlines()
    assert any("gonogo dispatching D2: request id " in line for line in lines)
    assert any("@bo approved D2" in line for line in lines)
    assert "@ana requested D2" in lines[-2]
    whole = r"The chain holds: all \d+ rows up to row \d+, seal [0-9a-f]{12}(; \d+ newer .*)?\."
    assert re.fullmatch(whole, lines[-1])

    assert "Audit trail of D2 by @bo" in await team.types("dee", "/deployments audit @Bo D2")
    assert "Nothing is recorded here." in await team.types("dee", "/deployments audit INC-9")
    paged = await team.types("bo", "/deployments audit")
    assert "More: /deployments audit page 2" in paged
    assert "Audit trail, page 2" in await team.types("bo", "/deployments audit page 2")
    assert "It begins with /deployments audit D2." in (
        await team.types("bo", "/deployments audit D2 page 9")
    )
    assert "Nothing is recorded here." in await team.types("bo", "/deployments audit @U0LEFT99")
    assert "by gonogo" in await team.types("bo", "/deployments audit @GoNoGo")
    assert "I know nobody called zoe" in await team.types("bo", "/deployments audit @zoe")
    assert "Only people with the role approver or admin may" in (
        await team.types("ana", "/deployments audit D2")
    )
    await team.passes("PT5S")
    assert "@ana refused to command: code not_allowed" in (
        await team.types("bo", "/deployments audit @U0ANA")
    )


async def test_every_text_names_the_commands_as_the_team_does(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=NAMES) as team:
        for name, text, said in (
            ("/ship", "app", "Which version? For example: /ship v1.2.1"),
            ("/log", "show", "Which deployment? For example: /log show D12"),
            ("/log", "history page 3", "It begins with `/log history`."),
            ("/log", "help", "/ship v1.2.1 [service]"),
        ):
            assert said in await types(team, name, text)


async def types(team: Workspace, name: str, text: str) -> str:
    """Ana's command under a name that the sandbox's Slack does not know; what answers it."""
    ana = Actor(team.world.slack.named("ana"))
    channel = team.world.slack.channel_named("deployments")
    command: dict[str, Any] = payloads.slash_command(team.world, ana, channel, name, text)
    return str(
        (await deliver(team.world, "slash_commands", command, accepts_payload=True)).body["text"]
    )
