"""DigitalOceanBackups: the backups of a managed database cluster."""

from typing import Annotated
from urllib.parse import quote

from pydantic import AfterValidator, AwareDatetime, Field, TypeAdapter

from bot.adapters.rest import Answer, Rest
from bot.domain.deployments.backups import Backup

_moment = TypeAdapter(AwareDatetime).validate_python


def _a_moment(text: str) -> str:
    _moment(text)
    return text


class One(Answer):
    """A backup. It has no id of its own: whoever restores one names its time, letter by letter."""

    created_at: Annotated[str, AfterValidator(_a_moment)]
    size_gigabytes: float | None = None

    def backup(self) -> Backup:
        at = _moment(self.created_at)
        return Backup(id=self.created_at, at=at, gigabytes=self.size_gigabytes)


class BackupsAnswer(Answer):
    backups: list[One] = Field(default_factory=list)


class DigitalOceanBackups:
    """Reads the list of a cluster's backups."""

    def __init__(self, api: Rest) -> None:
        self._api = api

    async def newest(self, database: str) -> Backup | None:
        """The newest backup; None when there is none yet."""
        path = f"/v2/databases/{quote(database, safe='')}/backups"
        answer = await self._api.get(BackupsAnswer, path)
        return max((one.backup() for one in answer.backups), key=lambda b: b.at, default=None)
