"""Spans: lengths of time as people type and read them."""

import re
from datetime import timedelta

_UNITS = {"d": "days", "h": "hours", "m": "minutes"}
_PART = r"[1-9][0-9]{0,3}(?:days?|hours?|minutes?|mins?|d|h|m)"


def parse_span(text: str) -> timedelta | None:
    """The length that `2h`, `90min`, `1h30m` or `2 days` names; None when it is none."""
    joined = "".join(text.split()).lower()
    if not re.fullmatch(f"(?:{_PART})+", joined):
        return None
    parts = re.findall(r"([0-9]+)([a-z])", joined)
    return sum((timedelta(**{_UNITS[unit]: int(n)}) for n, unit in parts), timedelta(0))


def span(length: timedelta) -> str:
    """A duration as people say it: 45 s, 12 min, 3 h 5 min, 2 d 4 h."""
    seconds = max(0, round(length.total_seconds()))
    if seconds < 90:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    if minutes < 120:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h {minutes % 60} min" if hours < 48 else f"{hours // 24} d {hours % 24} h"
