"""Pictures: charts of the metrics that somebody asked for, or that a report carries."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Theme(StrEnum):
    """What a picture stands on; Slack does not tell which one its reader has chosen."""

    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureWish:
    """A picture to draw and to post: of which place and window, as known when, and for whom.

    `channel` may be a person's id. `thread_of` is the key of the message that it belongs to.
    """

    service: str
    environment: str
    start: datetime
    end: datetime
    as_of: datetime
    channel: str
    thread_of: str | None = None
    due_at: datetime
    failures: int = 0
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One chart: a value for each label, None where there is nothing to show.

    `goal` is a line that the values are measured against, `goal_text` what it says; `decimals` and
    `unit` are how a value is written.
    """

    title: str
    labels: tuple[str, ...]
    values: tuple[float | None, ...]
    is_bars: bool = False
    unit: str = ""
    decimals: int = 0
    goal: float | None = None
    goal_text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Charts below one another, to be read on a phone."""

    title: str
    subtitle: str
    panels: tuple[Panel, ...]
