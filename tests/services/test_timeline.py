"""The timeline reads as people read: a message that is pinned or edited names whom it mentions."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from bot.domain.incidents.incidents import Severity
from bot.domain.incidents.timeline import in_order
from bot.ports import Tx
from handlers import timeline
from handlers.payloads import Office
from handlers.people_messages import MessageEvent
from tests.services.incidents import a_team, opens
from tests.services.team import PEOPLE, Team


async def happens(team: Team, what: Literal["pinned", "edited"], text: str) -> str:
    """Something becomes of a message in the thread; what the timeline says of it."""
    told = MessageEvent(
        what=what,
        event_id=what,
        user=PEOPLE["bo"],
        channel="C0DEPLOY",
        ts="1711447201.0",
        thread_ts="1711447200.0",
        text=text,
    )

    def act(tx: Tx) -> None:
        timeline.happened(told, Office(tx=tx, config=team.config, usages=[]))

    await team.store.run(act)
    events = await team.store.read(lambda tx: in_order(tx.events(1)))
    return next(event.text for event in events if event.source)


async def test_who_is_mentioned_is_named(migrated: Path) -> None:
    async with a_team(migrated) as team:
        await opens(team, Severity.OUTAGE)

        def posted(tx: Tx) -> None:
            root = next(post for post in tx.posts_due(tx.now) if post.key == "room:1")
            tx.mark_sent(root, "C0DEPLOY", "1711447200.0")

        await team.store.run(posted)
        name = await team.store.read(lambda tx: tx.name_of(PEOPLE["ana"]))
        said = await happens(team, "pinned", f"<@{PEOPLE['ana']}> sees a full queue")
        assert said == f"@{name} sees a full queue"
        said = await happens(team, "edited", f"<@{PEOPLE['ana']}> sees two full queues")
        assert said == f"@{name} sees two full queues"
