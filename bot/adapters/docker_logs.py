"""DockerLogs: how many lines in the log of a container look like errors, in the newest past."""

from datetime import timedelta

from bot.domain.deployments.comparing import of_lines
from bot.domain.deployments.validation import Outcome, Reading
from bot.domain.rollbacks.targets import LogTail
from bot.domain.spans import span
from bot.domain.words import count
from bot.ports import Logs
from bot.ports.monitors import Question

MOST_LINES = 1000
"""As many as a target shows at once; of more in one span only the newest are counted, and said."""


class DockerLogs:
    """The log of one target, of this version alone: from before it went live nothing counts.

    A log that says nothing is no good news, because nobody knows whether it would.
    """

    what = "logs"
    pace = timedelta(seconds=30)

    def __init__(self, logs: Logs, target: str, *, span: timedelta, fails_from: int) -> None:
        self._logs = logs
        self._target = target
        self._span = span
        self._fails_from = fails_from

    async def close(self) -> None:
        """Nothing is its own: the target gives the connection back."""

    async def look(self, question: Question) -> Reading:
        """The errors of the newest span; before a deployment they are the baseline."""
        begin = question.now - self._span
        since = max(begin, question.since) if question.since else begin
        length = span(question.now - since)
        tail = await self._logs.logs(lines=MOST_LINES, since=since)
        before = question.before.value if question.before else None
        if not tail.text.strip():
            text = f"the log of {self._target} says nothing in {length}: nothing is known"
            return Reading(what=self.what, outcome=Outcome.NO_DATA, text=text, at=question.now)
        errors = len(tail.errors)
        outcome = Outcome.OK
        if question.since is not None:
            outcome = of_lines(errors, before, self._fails_from)
        return Reading(
            what=self.what,
            outcome=outcome,
            text=self._text(tail, before, length),
            at=question.now,
            value=float(errors),
            baseline=before,
            unit="lines",
        )

    def _text(self, tail: LogTail, before: float | None, length: str) -> str:
        where = f"in the log of {self._target} in {length}"
        if len(tail.text.splitlines()) >= MOST_LINES:
            where = f"in the newest {MOST_LINES} lines of the log of {self._target}"
        if not tail.errors:
            return f"no error {where}"
        was = "" if before is None else f" (before: {before:.0f})"
        last = f"the last “{tail.errors[-1][:120]}”"
        return f"{count(len(tail.errors), 'error line')} {where}{was}, {last}"
