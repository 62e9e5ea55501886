"""Preflight: a token that is refused ends the start, a system that is away does not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from bot.adapters.github import Installation, PyGithubAdapter
from bot.adapters.slack.slack import SlackChat
from bot.doctor.preflight import Finding, preflight, refusals, unknowns
from bot.manifest import SCOPES
from sandbox import app
from sandbox.seeds import Seed
from sandbox.slack.manifest import Manifest
from sandbox.world import World

NOWHERE = "http://127.0.0.1:1"


@dataclass
class Start:
    """A start of the bot in a world, with the tokens that it was given."""

    world: World
    bot_token: str = "xoxb-local-bot"
    app_token: str | None = "xapp-local-app"
    github_token: str = "ghp_local_token"
    slack_at: str = ""
    github_at: str = ""

    def credentials(self, url: str) -> Installation | str:
        app = self.world.github.app
        if self.world.github_as == "token":
            return self.github_token
        return Installation(
            url, app_id=str(app.id), private_key=app.pem(), installation_id=app.installation
        )

    async def look(self) -> dict[str, Finding]:
        chat = SlackChat(self.bot_token, api_url=f"{self.slack_at or self.world.base_url}/api/")
        url = f"{self.github_at or self.world.base_url}/github"
        github = PyGithubAdapter(url, self.credentials(url))
        try:
            found = await preflight(
                chat, github, bot_token=self.bot_token, app_token=self.app_token
            )
        finally:
            await chat.close()
            await github.close()
        return {finding.subject: finding for finding in found}


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    world = World(Seed.named("default"))
    runner = await app.start(world)
    yield Start(world)
    await runner.cleanup()


async def test_all_is_well(start: Start) -> None:
    found = await start.look()
    assert {finding.ok for finding in found.values()} == {True}
    assert str(found["GitHub"]).startswith("GitHub: runs are started as gonogo-bot; 4,999 of 5,000")
    assert not refusals(found.values()) and not unknowns(found.values())


async def test_in_http_mode_there_is_no_app_token(start: Start) -> None:
    start.app_token = None
    assert "Slack app token" not in await start.look()


@pytest.mark.parametrize("token", ["xapp-local-app", "local", "xoxp-user"])
async def test_a_token_of_another_kind_is_refused_before_it_is_sent(
    start: Start, token: str
) -> None:
    start.bot_token = token
    finding = (await start.look())["Slack bot token"]
    assert finding.ok is False
    assert "SLACK_BOT_TOKEN" in finding.action
    assert token not in str(finding)
    assert not [e for e in start.world.journal.entries("slack") if e["path"] == "/auth.test"]


async def test_a_bot_token_that_slack_refuses(start: Start) -> None:
    start.bot_token = "xoxb-revoked"
    found = await start.look()
    assert [one.subject for one in refusals(found.values())] == ["Slack bot token"]
    assert "invalid_auth" in found["Slack bot token"].text


@pytest.mark.parametrize("token", ["xapp-revoked", "xoxb-local-bot"])
async def test_an_app_token_that_does_not_open_socket_mode(start: Start, token: str) -> None:
    start.app_token = token
    found = await start.look()
    assert [one.subject for one in refusals(found.values())] == ["Slack app token"]
    assert "SLACK_APP_TOKEN" in found["Slack app token"].action


async def test_a_github_token_that_is_refused(start: Start) -> None:
    start.github_token = "ghp_revoked"
    found = await start.look()
    assert [one.subject for one in refusals(found.values())] == ["GitHub"]
    assert "GITHUB_TOKEN" in found["GitHub"].action


async def test_what_the_app_was_not_granted_is_named(start: Start) -> None:
    start.world.github_as = "app"
    assert str((await start.look())["GitHub"]) == (
        "GitHub: runs are started as gonogo[bot], installed at acme"
    )
    assert str((await start.look())["GitHub permissions"]) == "GitHub permissions: all granted"

    granted = start.world.github.app.permissions
    granted |= {"deployments": "read"}
    finding = (await start.look())["GitHub permissions"]
    assert finding.ok is True
    assert finding.text == "not granted: deployments: write; what needs them says so"

    granted |= {"actions": "read"}
    finding = (await start.look())["GitHub permissions"]
    assert (finding.ok, finding.text) == (False, "missing actions: write")
    assert "accept it where it is installed" in finding.action


@pytest.mark.parametrize("scope", sorted(SCOPES))
async def test_a_missing_scope_is_named(start: Start, scope: str) -> None:
    start.world.slack.manifest = Manifest(frozenset(SCOPES) - {scope})
    found = await start.look()
    assert found["Slack scopes"].ok is False
    assert found["Slack scopes"].text == f"missing {scope}"


async def test_without_an_optional_scope_the_bot_starts_and_says_what_it_cannot_do(
    start: Start,
) -> None:
    start.world.slack.manifest = Manifest(frozenset(SCOPES))
    finding = (await start.look())["Slack scopes"]
    assert finding.ok is True
    assert finding.text == (
        "without channels:manage: cannot give an incident a channel of its own; "
        "without files:write: cannot upload the charts of the metrics"
    )


async def test_where_slack_does_not_tell_the_scopes_they_are_not_checked(start: Start) -> None:
    start.world.slack.manifest = Manifest(frozenset(), tells_scopes=False)
    finding = (await start.look())["Slack scopes"]
    assert (finding.ok, finding.text) == (True, "not checked: Slack did not tell them")


async def test_what_is_away_is_no_refusal(start: Start) -> None:
    start.slack_at = start.github_at = NOWHERE
    found = await start.look()
    assert not refusals(found.values())
    subjects = [one.subject for one in unknowns(found.values())]
    assert subjects == ["Slack bot token", "GitHub", "Slack app token"]
    assert "cannot connect to 127.0.0.1" in found["Slack bot token"].text


@pytest.mark.parametrize("kind", ["status:500", "status:429:retry_after=3"])
async def test_what_is_ill_is_no_refusal(start: Start, kind: str) -> None:
    for system in ("slack", "github"):
        start.world.faults.add(system=system, kind=kind, count=100)
    found = await start.look()
    assert not refusals(found.values())
    assert len(unknowns(found.values())) == 3
