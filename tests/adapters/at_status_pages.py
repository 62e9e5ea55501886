"""Notices as the tests publish them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.domain.incidents.publishing import Health, Phase
from bot.ports.status_pages import Notice


def notice(
    text: str = "We are looking into it.",
    phase: Phase = Phase.INVESTIGATING,
    health: Health = Health.OUTAGE,
    title: str = "Service outage detected (INC-7)",
    components: Mapping[str, Health] | None = None,
    between: tuple[datetime, datetime] | None = None,
) -> Notice:
    return Notice(
        title=title,
        text=text,
        phase=phase,
        health=health,
        components=components or {},
        between=between,
    )
