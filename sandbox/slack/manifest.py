"""What the app's manifest says: scopes, commands, shortcuts and events."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same in C, where it was built
MANIFEST = Path(__file__).parents[2] / "manifest.yaml"
SCOPES = frozenset(
    {
        "bookmarks:read",
        "bookmarks:write",
        "canvases:write",
        "channels:history",
        "channels:join",
        "channels:manage",
        "channels:read",
        "chat:write",
        "chat:write.public",
        "commands",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "pins:read",
        "pins:write",
        "reactions:read",
        "reactions:write",
        "team:read",
        "usergroups:read",
        "users:read",
        "users:read.email",
    }
)


@dataclass(frozen=True)
class Manifest:
    """The app as it is installed. Without `commands` every command is taken for the app's."""

    scopes: frozenset[str] = SCOPES
    commands: tuple[dict[str, Any], ...] = ()
    shortcuts: tuple[dict[str, Any], ...] = ()
    events: frozenset[str] = frozenset({"app_home_opened"})
    tells_scopes: bool = True

    @classmethod
    def load(cls, path: Path = MANIFEST) -> Manifest:
        """Read manifest.yaml; an app with every scope when there is no such file."""
        if not path.exists():
            return cls()
        data = yaml.load(path.read_text(), Loader=Loader)
        features, settings = data.get("features", {}), data.get("settings", {})
        scopes = data.get("oauth_config", {}).get("scopes", {})
        return cls(
            frozenset(scopes.get("bot", [])) | frozenset(scopes.get("bot_optional", [])),
            tuple(features.get("slash_commands", ())),
            tuple(features.get("shortcuts", ())),
            frozenset(settings.get("event_subscriptions", {}).get("bot_events", ())),
        )

    def command(self, name: str) -> dict[str, Any] | None:
        """A command of the app, by its name with the slash."""
        if not self.commands:
            return {"command": name, "description": ""}
        return next((one for one in self.commands if one["command"] == name), None)

    def shortcut(self, name: str, kind: str) -> dict[str, Any] | None:
        """A shortcut by its visible name or callback_id; `kind` is message or global."""
        if not self.shortcuts:
            return {"name": name, "type": kind, "callback_id": name}
        ours = (one for one in self.shortcuts if name in (one["name"], one["callback_id"]))
        return next((one for one in ours if one["type"] == kind), None)
