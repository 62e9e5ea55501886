"""App Homes: opened by a person, filled by the bot."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from sandbox.slack import payloads
from sandbox.slack.delivery import NotAcked, deliver
from sandbox.slack.payloads import Actor

if TYPE_CHECKING:
    from sandbox.world import World


async def open_home(world: World, actor: Actor) -> None:
    """Open the app's Home as a person; waits until the bot has taken note, as far as it does."""
    if "app_home_opened" not in world.manifest.events:
        return
    slack = world.slack
    event: dict[str, Any] = {
        "type": "app_home_opened",
        "user": actor.user.id,
        "channel": slack.direct_message(actor.user.id).id,
        "tab": "home",
        "event_ts": slack.next_ts(),
    }
    home = slack.views.home(actor.user.id)
    if home:
        event["view"] = home.as_slack()
    with contextlib.suppress(NotAcked):
        payload = payloads.event_callback(world, event, actor.team)
        await deliver(world, "events_api", payload)
