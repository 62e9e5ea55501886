"""HostStep: one command of an image on the host of a target, run once and found again there."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.errors import Declined
from bot.domain.rollbacks.targets import Artifact, Fate, Sight
from bot.domain.spans import span
from bot.ports import Clock, Jobs, Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class HostStep:
    """These words in that image. The host carries an operation out once, however often it is told;
    after `gives_up` its end is not awaited.
    """

    target: Jobs
    clock: Clock
    image: Artifact
    words: tuple[str, ...]
    gives_up: timedelta

    async def start(self, operation: str) -> Receipt:
        """Send it. Declined: nothing happened; Unanswered: look for it; another Fault: not sent."""
        image = self.image if self.image.id else (await self.target.plan(self.image)).wanted
        if image is None:
            raise Declined("ssh", f"nobody knows the image of {self.image.version}")
        return await self.target.start_job(image, self.words, operation, self.gives_up)

    async def watch(self, receipt: Receipt, began_at: datetime | None = None) -> Sight:
        """How far it is. What failed may have been done in part."""
        sight = await self.target.watch_job(receipt)
        if sight.fate is not None or began_at is None or sight.at - began_at < self.gives_up:
            return sight
        text = f"{sight.text} after {span(self.gives_up)}: look at the host before anything else"
        return Sight(fate=Fate.UNKNOWN, text=text, at=sight.at)

    async def find(self, operation: str, began_at: datetime) -> tuple[Receipt, Sight]:
        """After a lost answer. A sight whose fate is `failed_restored` with an empty receipt means
        that it never began, and that what was sent does not begin any more.
        """
        return await self.target.find_job(operation)
