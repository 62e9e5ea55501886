"""Errors: what PyGithub and its HTTP library raise, as our own; translated in this one place."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from bot.domain.errors import Declined, Fault, NotFound, Unanswered

LIMITED = (403, 429)
SHORTEST_WAIT = 60.0
"""Seconds to wait for a limit that does not say how long, as GitHub asks for."""


@contextmanager
def translated(*, write: bool) -> Iterator[None]:
    """Raise Fault and its kinds for whatever goes wrong inside.

    A read that fails is a Fault. A write is Declined on a definite no, a Fault with `retry_after`
    when a limit kept it from being executed, and Unanswered for everything else.
    """
    import requests
    from github import GithubException

    try:
        yield
    except GithubException as error:
        raise refused(error.status, error.headers or {}, error.data, write=write) from error
    except (requests.RequestException, AssertionError, ValueError, KeyError, TypeError) as error:
        # PyGithub asserts on addresses of other hosts, and trips over answers of a wrong shape.
        text = f"no usable answer ({type(error).__name__})"
        raise (Unanswered if write else Fault)("github", text) from error


def refused(status: int, headers: Mapping[str, Any], data: object, *, write: bool) -> Fault:
    """The error of an answer with this status, with GitHub's own words."""
    low = {str(name).lower(): str(value) for name, value in headers.items()}
    said = data.get("message") if isinstance(data, Mapping) else None
    text = f"{status} {said}" if said else f"HTTP {status}"
    if status in LIMITED and (wait := _wait(low, str(said or ""))) is not None:
        return Fault("github", f"rate limit ({status})", retry_after=wait)
    if status == 404:
        return NotFound("github", text)
    if 400 <= status < 500:
        permission = low.get("x-accepted-github-permissions")
        return Declined(
            "github", f"{text} (needs {permission})" if permission and status == 403 else text
        )
    return (Unanswered if write else Fault)("github", text)


def _wait(headers: Mapping[str, str], said: str) -> float | None:
    """Seconds until a limit is over, None when the answer is no limit."""
    if "retry-after" in headers:
        return _number(headers["retry-after"])
    if headers.get("x-ratelimit-remaining") == "0":
        return max(1.0, _number(headers.get("x-ratelimit-reset", "")) - time.time())
    return SHORTEST_WAIT if "rate limit" in said.lower() else None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return SHORTEST_WAIT
