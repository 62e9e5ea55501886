"""The manifest: what the repository holds is what is written, and it asks for what is used."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema_rs
import pytest
import yaml
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import Commands
from bot.manifest import OPTIONAL_SCOPES, SCOPES, render

ROOT = Path(__file__).parents[1]
SCHEMA = ROOT.parent / "shared/data/slack-manifest.schema.2.0.0.json"
CHANNELS = {"channels:read", "groups:read"}
HISTORY = {"channels:history", "groups:history"}
NEEDS: dict[str, set[str]] = {
    "apps_connections_open": set(),  # connections:write of the app-level token
    "auth_test": set(),
    "bots_info": {"users:read"},
    "chat_getPermalink": set(),
    "chat_postEphemeral": {"chat:write"},
    "chat_postMessage": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_archive": {"channels:manage"},
    "conversations_create": {"channels:manage"},
    "conversations_history": HISTORY,
    "conversations_info": CHANNELS,
    "conversations_invite": {"channels:manage"},
    "conversations_list": CHANNELS,
    "conversations_replies": HISTORY,
    "conversations_setTopic": {"channels:manage"},
    "files_completeUploadExternal": {"files:write"},
    "files_getUploadURLExternal": {"files:write"},
    "usergroups_list": {"usergroups:read"},
    "usergroups_users_list": {"usergroups:read"},
    "users_info": {"users:read"},
    "views_open": set(),
    "views_publish": set(),
}
"""The scopes of each method of the Web API, as Slack documents them."""

OF_EVENTS = {*HISTORY, "pins:read"}
"""The scopes of the events that the app subscribes to."""


def manifest(**options: Any) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(render(**options))
    return read


def methods_called() -> set[str]:
    """The methods of the Web API that the code names."""
    sources = [
        path.read_text() for part in ("bot", "handlers") for path in ROOT.glob(f"{part}/**/*.py")
    ]
    named = {name for source in sources for name in re.findall(r"\bclient\.(\w+_\w+)", source)}
    return {name for name in named if hasattr(AsyncWebClient, name)}


def test_the_file_is_what_the_command_prints() -> None:
    assert (ROOT / "manifest.yaml").read_text() == render()


def test_the_scopes_are_those_that_the_code_needs() -> None:
    called = methods_called()
    assert called == NEEDS.keys()
    needed = {"commands"}.union(*(NEEDS[method] for method in called), OF_EVENTS)
    asked = SCOPES.keys() | OPTIONAL_SCOPES.keys()
    assert set(manifest()["oauth_config"]["scopes"]["bot"]) == needed == asked


def test_socket_mode_needs_no_address() -> None:
    settings = manifest()["settings"]
    assert settings["socket_mode_enabled"] and settings["interactivity"] == {"is_enabled": True}
    assert "url" not in render()


def test_http_mode_has_one_address() -> None:
    app = manifest(http_url="https://gonogo.example.com/")
    commands = app["features"]["slash_commands"]
    interactivity = app["settings"]["interactivity"]
    addresses = [command["url"] for command in commands]
    addresses += [interactivity["request_url"], interactivity["message_menu_options_url"]]
    addresses.append(app["settings"]["event_subscriptions"]["request_url"])
    assert set(addresses) == {"https://gonogo.example.com/slack/events"}
    assert urlsplit(addresses[0]).scheme == "https"
    assert not app["settings"]["socket_mode_enabled"]


def test_the_commands_are_the_teams() -> None:
    named = Commands(deploy="/ship", deployments="/ships", incident="/fire")
    written = manifest(commands=named)
    commands = written["features"]["slash_commands"]
    names = ["/ship", "/rollback", "/ships", "/fire"]
    assert [command["command"] for command in commands] == names
    assert "Type /ship v1.2.1" in written["display_information"]["long_description"]


def test_they_are_read_before_there_is_anything_else_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "gonogo.yaml").write_text("commands: {deploy: /ship}\n")
    told = subprocess.run(
        [Path(sys.executable).with_name("gonogo"), "manifest"],
        env={"PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout == render(commands=Commands(deploy="/ship"))


def test_every_command_of_the_configuration_is_in_it() -> None:
    commands = {one["command"] for one in manifest()["features"]["slash_commands"]}
    assert commands == set(Commands().model_dump().values())


@pytest.mark.parametrize("http_url", [None, "https://gonogo.example.com"])
def test_slacks_own_schema_accepts_it(http_url: str | None) -> None:
    if not SCHEMA.exists():
        pytest.skip("missing Slack's manifest schema: slack-manifest.schema.2.0.0.json")
    schema = json.loads(SCHEMA.read_text())
    validator = jsonschema_rs.validator_for(schema)
    assert [error.message for error in validator.iter_errors(manifest(http_url=http_url))] == []
    broken = manifest(http_url=http_url)
    broken["features"]["slash_commands"][0]["usage"] = "x"
    assert not validator.is_valid(broken)
