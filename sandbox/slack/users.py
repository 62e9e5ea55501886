"""Users of the workspace: people, guests and bots."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.seeds.people import Person
from sandbox.slack.identity import APP_ID, BOT_ID, BOT_NAME, BOT_USER_ID, TEAM_ID


@dataclass(frozen=True)
class User:
    """One member of the workspace."""

    id: str
    name: str
    real_name: str
    guest: bool = False
    bot: bool = False
    time_zone: str = "UTC"

    @classmethod
    def of(cls, person: Person) -> User:
        return cls(
            person.id, person.name, person.real_name, person.guest, person.bot, person.time_zone
        )

    def as_slack(self) -> dict[str, object]:
        """The user object of users.info."""
        profile = {
            "real_name": self.real_name,
            "display_name": self.name,
            "real_name_normalized": self.real_name,
            "display_name_normalized": self.name,
            "team": TEAM_ID,
        }
        if self.id == BOT_USER_ID:
            profile |= {"bot_id": BOT_ID, "api_app_id": APP_ID}
        return {
            "id": self.id,
            "team_id": TEAM_ID,
            "name": self.name,
            "deleted": False,
            "real_name": self.real_name,
            "tz": self.time_zone,
            "profile": profile,
            "is_admin": False,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": self.guest,
            "is_ultra_restricted": False,
            "is_bot": self.bot,
            "is_app_user": False,
            "updated": 0,
        }


GONOGO = User(BOT_USER_ID, BOT_NAME, BOT_NAME, bot=True)
