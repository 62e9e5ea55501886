"""Logs: one JSON object a line on stderr, in which no secret is readable."""

import logging
import re
import sys
from collections.abc import Iterable, Mapping
from typing import TextIO

import structlog
from slack_bolt.logger.messages import (
    warning_client_prioritized_and_token_skipped,
    warning_token_skipped,
)
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "[redacted]"
SHORTEST_SECRET = 8
"""Values shorter than this are words, and would blot out the logs."""

PATTERNS = re.compile(
    r"""
      xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]+                    # Slack tokens
    | xapp-[A-Za-z0-9-]+
    | gh[pousr]_[A-Za-z0-9_.-]+                                # GitHub tokens
    | github_pat_[A-Za-z0-9_]+
    | (?<![A-Za-z0-9])AKIA[0-9A-Z]{16}                         # AWS access keys
    | -----BEGIN[ ][A-Z ]*PRIVATE[ ]KEY-----.*?(?:-----END[ ][A-Z ]*PRIVATE[ ]KEY-----|\Z)
    | https?://hooks\.slack(?:-gov)?\.com/[^\s"'<>\\]+         # response URLs
    | (?<=://)[^\s/"'<>\\]+(?=@)                               # user and password in a URL
    | (?<=(?i:bearer)[ ])[A-Za-z0-9._~+/=-]+
    | (?i:authorization)["']?\s*[:=]\s*["']?(?:\w+\s+)?[^\s"',}]+
    | (?<=["'](?i:token)["']:[ ])["'][^"']*["']                # in a payload printed whole
    """,
    re.VERBOSE | re.DOTALL,
)
SECRET_NAMES = re.compile(
    r"(?i)token|secret|password|passwd|api_?key|private_?key|authorization|cookie|response_url"
)

MISLEADING = (warning_client_prioritized_and_token_skipped(), warning_token_skipped())
"""What Bolt says where SLACK_BOT_TOKEN is set, of its own use of it: ours is by the client."""


class Redaction:
    """Cuts secrets out of whatever is logged: by form, by name of the field, and by exact value."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        values = {value for value in secrets if len(value) >= SHORTEST_SECRET}
        longest_first = sorted(values, key=len, reverse=True)
        self._values = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def text(self, text: str) -> str:
        """The text without secrets."""
        return PATTERNS.sub(HIDDEN, self._values.sub(HIDDEN, text))

    def value(self, value: object) -> object:
        """Any value without secrets; what is neither plain data nor text becomes its repr."""
        match value:
            case None | bool() | int() | float():
                return value
            case str():
                return self.text(value)
            case bytes():
                return self.text(value.decode(errors="backslashreplace"))
            case Mapping():
                return {self.text(str(key)): self._field(str(key), v) for key, v in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self.value(item) for item in value]
            case _:
                return self.text(repr(value))

    def _field(self, name: str, value: object) -> object:
        return HIDDEN if value and SECRET_NAMES.search(name) else self.value(value)

    def __call__(self, logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        """As a structlog processor."""
        return {key: self._field(key, value) for key, value in event.items()}


def configure(
    secrets: Iterable[str] = (), *, level: int = logging.INFO, stream: TextIO | None = None
) -> None:
    """Send structlog and the standard library's loggers to `stream` (stderr), redacted.

    Control characters leave as JSON escapes, so a line is always one entry.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            Redaction(secrets),
            structlog.processors.EventRenamer("message"),
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.captureWarnings(True)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)  # else it tells of every tick
    logging.getLogger("httpx").setLevel(logging.WARNING)  # else it tells of every address
    logging.getLogger("slack_bolt.AsyncApp").addFilter(_leads_nobody_astray)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def _leads_nobody_astray(record: logging.LogRecord) -> bool:
    return record.getMessage() not in MISLEADING
