"""Slack's rate limits: one token bucket per method, and per channel for messages."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from sandbox.clock import Clock


@dataclass(frozen=True)
class Tier:
    """So many calls a minute in the long run, and so many at once."""

    per_minute: float
    burst: int


# Apps restart more often on a developer's machine than anywhere else, hence the wide burst of 1.
TIER_1 = Tier(1, 100)
TIER_2 = Tier(20, 20)
TIER_3 = Tier(50, 50)
TIER_4 = Tier(100, 100)
MESSAGES = Tier(60, 10)
ALL_MESSAGES = Tier(600, 300)
HUNDREDS = Tier(300, 300)

TIERS = {
    "apps.connections.open": TIER_1,
    "auth.test": HUNDREDS,
    "bots.info": TIER_3,
    "chat.delete": TIER_3,
    "chat.getPermalink": HUNDREDS,
    "chat.postEphemeral": TIER_4,
    "chat.postMessage": MESSAGES,
    "chat.update": TIER_3,
    "conversations.archive": TIER_2,
    "conversations.create": TIER_2,
    "conversations.history": TIER_3,
    "conversations.info": TIER_3,
    "conversations.invite": TIER_3,
    "conversations.list": TIER_2,
    "conversations.open": TIER_3,
    "conversations.replies": TIER_3,
    "conversations.setTopic": TIER_2,
    "team.info": TIER_3,
    "usergroups.list": TIER_2,
    "usergroups.users.list": TIER_2,
    "users.info": TIER_4,
    "users.list": TIER_2,
}


@dataclass
class Bucket:
    tier: Tier
    level: float
    at: datetime

    def take(self, now: datetime) -> float:
        """Seconds to wait; 0 when the call may go ahead."""
        rate = self.tier.per_minute / 60
        self.level = min(self.tier.burst, self.level + (now - self.at).total_seconds() * rate)
        self.at = now
        if self.level < 1:
            return (1 - self.level) / rate
        self.level -= 1
        return 0


class Rates:
    """The buckets of one app in one workspace; they fill with the workspace's time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def retry_after(self, method: str, channel: str) -> int:
        """Whole seconds to wait before this call is allowed; 0 when it is allowed now."""
        if method == "chat.postMessage":
            wait = self._take(method, channel, MESSAGES) or self._take(method, "", ALL_MESSAGES)
        else:
            wait = self._take(method, "", TIERS.get(method, TIER_4))
        return math.ceil(wait)

    def _take(self, method: str, channel: str, tier: Tier) -> float:
        now = self._clock.now()
        bucket = self._buckets.setdefault((method, channel), Bucket(tier, tier.burst, now))
        return bucket.take(now)
