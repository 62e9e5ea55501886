"""HttpCheck: a page or an API of the app: its status, its text, a value in its JSON, its time."""

import json
from datetime import timedelta
from typing import Any

from bot.adapters.health import HealthProbe, Page
from bot.domain.deployments.validation import Outcome, Reading
from bot.ports.monitors import Question

MILLISECOND = timedelta(milliseconds=1)


class HttpCheck:
    """One address, asked like a health URL; what it answers too slowly is a warning."""

    pace = timedelta(seconds=15)

    def __init__(
        self,
        probe: HealthProbe,
        name: str,
        url: str,
        *,
        status: int = 200,
        contains: str = "",
        json_path: str = "",
        equals: str = "",
        within: timedelta | None = None,
        proves: tuple[str, ...] = (),
    ) -> None:
        self._probe = probe
        self.what = f"check_{name}"
        self.url = url
        self._status = status
        self._contains = contains
        self._json_path = json_path
        self._equals = equals
        self._within = within
        self._proves = proves

    async def close(self) -> None:
        """The connections are the probe's."""

    async def look(self, question: Question) -> Reading:
        """One GET, judged by everything that is asked of it."""
        page = await self._probe.fetch(self.url)
        problem = page.problem or self._wrong(page)
        before = question.before.value if question.before else None
        was = "" if before is None else f" (before: {before:.0f} ms)"
        text = problem or f"{page.ms:.0f} ms{was}"
        outcome = Outcome.BAD if problem else Outcome.OK
        if not problem and self._within is not None and page.ms > self._within / MILLISECOND:
            outcome = Outcome.DEGRADED
            text = f"{page.ms:.0f} ms, {self._within / MILLISECOND:.0f} are allowed{was}"
        if question.since and timedelta(seconds=page.age) > question.now - question.since:
            outcome = Outcome.UNKNOWN
            text = f"a cache answered with a page from before the deployment, {page.age} s old"
        return Reading(
            what=self.what,
            outcome=outcome,
            text=text,
            at=question.now,
            value=None if problem else page.ms,
            baseline=before,
            unit="ms",
            url=self.url,
            proves=self._proves,
        )

    def _wrong(self, page: Page) -> str:
        if page.status != self._status:
            return f"HTTP {page.status}, expected {self._status}"
        if self._contains and self._contains not in page.body.decode(errors="replace"):
            return f"“{self._contains}” is not in the answer"
        if self._json_path:
            found = _at(page.body, self._json_path)
            if found != self._equals:
                return f"{self._json_path} is {found or 'not there'}, expected {self._equals}"
        return ""


def _at(body: bytes, path: str) -> str:
    """The value at a path such as data.0.state, as text; empty where there is none."""
    try:
        found: Any = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    for part in path.split("."):
        if isinstance(found, dict):
            found = found.get(part)
        elif isinstance(found, list) and part.isdigit() and int(part) < len(found):
            found = found[int(part)]
        else:
            return ""
    if isinstance(found, bool):
        return str(found).lower()
    return str(found)[:100] if isinstance(found, str | int | float) else ""
