"""Errors: what PyGithub and its HTTP library raise, as our own; translated in this one place."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import Any

from bot.domain.errors import Declined, Fault, NotFound, Unanswered

SHORTEST_WAIT = 60.0
"""Seconds to wait for a limit that does not say how long, as GitHub asks for."""

LONGEST_WAIT = 3600.0
"""GitHub counts requests by the hour."""

GONE = "No commit found"
"""How GitHub says with a 422 that there is no such commit."""


class TooLong(Fault):
    """A list that is longer than we read; asking again at once would not make it shorter."""


@contextmanager
def translated(*, write: bool) -> Iterator[None]:
    """Raise Fault and its kinds for whatever goes wrong inside.

    A read that fails is a Fault. A write is Declined on a definite no, a plain Fault when it surely
    was not executed and may be sent later (no connection, or a limit, then with `retry_after`), and
    Unanswered for everything else.
    """
    import requests

    try:
        yield
    except (
        requests.RequestException,
        # PyGithub asserts on addresses of other hosts and raises RuntimeError where it is sent to
        # one; the others are answers of a wrong shape.
        AssertionError,
        RuntimeError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
    ) as error:
        if _was_never_sent(error):
            raise Fault("github", f"not reachable ({type(error).__name__})") from error
        text = f"no usable answer ({type(error).__name__})"
        raise (Unanswered if write else Fault)("github", text) from error


def refused(status: int, headers: Mapping[str, Any], data: object, *, write: bool) -> Fault:
    """The error of an answer with this status, with GitHub's own words; headers in lower case."""
    said = _said(data)
    text = f"{status} {said}" if said else f"HTTP {status}"
    if (wait := limited(status, headers, data)) is not None:
        return Fault("github", f"rate limit ({status})", retry_after=wait)
    if status in (404, 410) or (not write and status == 422 and said.startswith(GONE)):
        return NotFound("github", text)
    if 400 <= status < 500 and status != 408:
        permission = headers.get("x-accepted-github-permissions")
        needs = f" (needs {permission})" if permission and status == 403 else ""
        return Declined("github", text + needs)
    return (Unanswered if write else Fault)("github", text)


def failed_query(data: Mapping[str, Any]) -> Fault | None:
    """The error of a GraphQL answer to a write; those that GitHub gives a type did nothing."""
    errors = data.get("errors") or ()
    if not errors:
        return None
    first = errors[0]
    kind, said = first.get("type"), str(first.get("message") or "no reason given")
    if kind == "RATE_LIMITED":
        return Fault("github", "rate limit (GraphQL)", retry_after=SHORTEST_WAIT)
    if kind == "NOT_FOUND":
        return NotFound("github", said)
    return (Declined if kind in DEFINITE else Unanswered)("github", said)


DEFINITE = frozenset({"FORBIDDEN", "INSUFFICIENT_SCOPES", "UNPROCESSABLE"})
"""What GraphQL calls a no before anything happened; anything else may be trouble half-way."""


def parsed(text: str) -> Any:
    """The JSON of an answer, None when it is none: gateways answer in HTML."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def _was_never_sent(error: BaseException) -> bool:
    """Whether no connection came about, so that nobody can have acted on the request."""
    import requests
    from urllib3.exceptions import NewConnectionError

    if isinstance(error, requests.ConnectTimeout):
        return True
    return any(isinstance(getattr(a, "reason", None), NewConnectionError) for a in error.args)


def limited(status: int, headers: Mapping[str, Any], data: object) -> float | None:
    """Seconds until a limit is over, the hourly one or that on bursts; None when the answer is
    none.
    """
    wait = _wait(status, headers, _said(data)) if status in (403, 429) else None
    return None if wait is None else min(wait, LONGEST_WAIT)


def _said(data: object) -> str:
    """GitHub's words; of what it did not accept, its reason as well."""
    if not isinstance(data, Mapping):
        return ""
    errors = data.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else None
    why = first.get("message") if isinstance(first, Mapping) else None
    return ": ".join(str(part) for part in (data.get("message"), why) if part)


def _wait(status: int, headers: Mapping[str, Any], said: str) -> float | None:
    if "retry-after" in headers:
        return _seconds(headers["retry-after"])
    if headers.get("x-ratelimit-remaining") == "0":
        now = answered_at(headers)
        return max(1.0, _seconds(headers.get("x-ratelimit-reset"), now + SHORTEST_WAIT) - now)
    return SHORTEST_WAIT if status == 429 or "rate limit" in said.lower() else None


def _seconds(text: object, otherwise: float = SHORTEST_WAIT) -> float:
    return float(str(text)) if str(text).isdecimal() else otherwise


def answered_at(headers: Mapping[str, Any]) -> float:
    """GitHub's own time of an answer, in seconds since the epoch: our clock may be wrong."""
    try:
        return parsedate_to_datetime(headers.get("date") or "").timestamp()
    except ValueError:
        return time.time()
