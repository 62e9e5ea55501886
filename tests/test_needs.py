"""What the configuration asks of the environment is told in one go, whatever else is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot import config, needs
from bot.__main__ import main
from bot.app import Bot
from bot.config import ConfigError
from bot.settings import Settings

EXAMPLE = Path(__file__).parent.parent / "gonogo.example.yaml"
SLACK_AND_GITHUB = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_APP_TOKEN": "xapp-1",
    "GITHUB_TOKEN": "ghp_1",
}
ASKED = [
    "POSTHOG_API_KEY: is missing (monitors of kind posthog, annotations of kind posthog)",
    "SENTRY_TOKEN: is missing (monitors of kind sentry, annotations of kind sentry)",
    "UPTIME_KUMA_URL: is missing (monitors of kind uptime_kuma)",
    "PAGERDUTY_ROUTING_KEY: is missing (annotations of kind pagerduty)",
    "BUGSINK_API_URL: is missing (monitors of kind bugsink)",
    "BUGSINK_TOKEN: is missing (monitors of kind bugsink)",
    "DOCKER_SSH_KEY_FILE: is missing (target web-1, target workers-1)",
    "DOCKER_SSH_KNOWN_HOSTS: is missing (target web-1, target workers-1)",
    "VERCEL_TOKEN: is missing (target web)",
    "DIGITALOCEAN_TOKEN: is missing (target api, backups of app)",
    "STATUSPAGE_API_KEY: is missing (status_page of kind statuspage)",
]


def told(monkeypatch: pytest.MonkeyPatch, command: str, **variables: str) -> list[str]:
    """What `gonogo` says with that environment and the example configuration."""
    for name in (*SLACK_AND_GITHUB, *Settings.model_fields):
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in {**variables, "GONOGO_CONFIG": str(EXAMPLE)}.items():
        monkeypatch.setenv(name, value)
    ended = CliRunner().invoke(main, [command])
    assert ended.exit_code == 2
    return [line.removeprefix("gonogo: ") for line in ended.stderr.splitlines()]


@pytest.mark.parametrize("command", ["serve", "check"])
def test_all_of_it_is_told_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str
) -> None:
    monkeypatch.chdir(tmp_path)  # where the database is
    assert sorted(told(monkeypatch, command, **SLACK_AND_GITHUB)) == sorted(ASKED)


def test_beside_what_is_wrong_with_the_settings_themselves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = told(monkeypatch, "check", PORT="http", vercel_token="v")
    assert {line for line in found if "VERCEL" in line} == set()
    assert {line.partition(":")[0] for line in found} >= {
        *("PORT", "SLACK_BOT_TOKEN", "GITHUB_TOKEN"),
        *("POSTHOG_API_KEY", "DIGITALOCEAN_TOKEN", "STATUSPAGE_API_KEY"),
    }


def test_a_key_for_hosts_that_cannot_be_used_is_told_with_what_is_missing(tmp_path: Path) -> None:
    ssh = {
        "docker_ssh_key_file": tmp_path / "gone",
        "docker_ssh_known_hosts": "web-1 ssh-ed25519 AAAA",
    }
    given = {name.lower(): value for name, value in SLACK_AND_GITHUB.items()}
    with pytest.raises(ConfigError) as wrong:
        Bot(Settings.model_validate({**given, **ssh}), config.load(EXAMPLE))
    assert len(wrong.value.problems) == len(ASKED) - 1
    assert wrong.value.problems[-1].startswith(
        "DOCKER_SSH_KEY_FILE and DOCKER_SSH_KNOWN_HOSTS cannot be used: "
    )


def test_everything_that_needs_nothing_needs_nothing() -> None:
    bare = (
        "people: {dee: {slack: U0DEE}}\nroles: {deployer: [dee], approver: [dee], admin: [dee]}\n"
    )
    loaded = config.parse(f"{bare}services: {{app: {{repo: acme/app}}}}\n")
    assert needs.missing(loaded, lambda name: False) == []
