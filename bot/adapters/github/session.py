"""Session: one thread's requests to GitHub, each sent once; PyGithub's client is not
thread-safe.
"""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.adapters.github.budget import Budget
from bot.adapters.github.credentials import Credentials
from bot.adapters.github.errors import TooLong, parsed, refused
from bot.adapters.github.kept import Answer, Kept
from bot.domain.errors import Fault

if TYPE_CHECKING:
    from github import Auth, Github

API_VERSION = "2022-11-28"
PER_PAGE = 100
MOST_PAGES = 20
_CANNOT_CHANGE = re.compile(r"/repos/[^/]+/[^/]+/compare/[0-9a-f]{40}\.\.\.[0-9a-f]{40}")
"""What lies between two commits, and not two names, is asked once, whoever asks at once."""

_SELDOM_CHANGES = re.compile(r"/repos/[^/]+/[^/]+")
"""The repository itself: its default branch is asked for with each of its workflows."""

KEPT_FOR = 60.0
"""Seconds for which what seldom changes is not asked for again."""


def client(url: str, auth: Auth.Auth, *, timeout: int) -> Github:
    """PyGithub's client, which sends a request once and at once."""
    # Late, because the import takes a while and the first answer does not need it.
    from github import Github

    return Github(
        auth=auth,
        base_url=url,
        api_version=API_VERSION,
        timeout=timeout,
        per_page=PER_PAGE,
        user_agent="gonogo",
        # Its own retries would send a failed POST eleven times, its own pauses would block.
        retry=None,
        seconds_between_requests=None,
        seconds_between_writes=None,
        lazy=True,
    )


class Session:
    """A client of its own, and the answers, credentials and limits that all sessions share.

    After `ends`, a time of `time.monotonic`, no further read is begun.
    """

    def __init__(
        self, client: Github, kept: Kept, credentials: Credentials, budget: Budget
    ) -> None:
        self._client = client
        self._kept = kept
        self._credentials = credentials
        self._budget = budget
        self.ends = math.inf

    def get(self, path: str, **query: object) -> Any:
        """The JSON at a path. Raises Fault, NotFound when there is nothing."""
        return self._ask(path, query)[0]

    def told(self, path: str) -> tuple[Any, Mapping[str, Any]]:
        """The JSON at a path and the headers of the answer, in lower case, read afresh."""
        status, headers, text = self._send("GET", path)
        if status != 200:
            raise refused(status, headers, parsed(text), write=False)
        return json.loads(text), headers

    def pages(
        self,
        path: str,
        rows: str | None = None,
        *,
        size: int = PER_PAGE,
        until: Callable[[Any], bool] = lambda row: False,
        **query: object,
    ) -> list[Any]:
        """The rows of all pages of a list; `rows` is the field that holds them.

        Nothing is asked for beyond the page with the row `until` which they are wanted. Raises
        TooLong for a list that is longer than we read: a part of it would pass for the whole.
        """
        found: list[Any] = []
        for page in range(1, MOST_PAGES + 1):
            data, more = self._ask(path, {**query, "per_page": size, "page": page})
            these = data[rows] if rows else data
            found += these
            if not more or any(map(until, these)):
                return found
        raise TooLong("github", f"more than {MOST_PAGES * size} rows in {path}, too many to read")

    def post(
        self, path: str, body: Mapping[str, Any] | None = None
    ) -> tuple[int, dict[str, Any], Any]:
        """One POST; see `write`."""
        return self.write("POST", path, body)

    def write(
        self, verb: str, path: str, body: Mapping[str, Any] | None = None
    ) -> tuple[int, dict[str, Any], Any]:
        """One request that changes something: status, headers in lower case, and the JSON of the
        answer or None.

        The status is the caller's to judge: PyGithub takes a redirect for a success.
        """
        status, headers, text = self._send(verb, path, input=body)
        return status, headers, parsed(text)

    def query(self, text: str, variables: Mapping[str, Any]) -> tuple[int, dict[str, Any], Any]:
        """One request to the GraphQL API, whose errors come with the status 200."""
        return self.post(
            self._client.requester.graphql_url, {"query": text, "variables": variables}
        )

    def close(self) -> None:
        """Begin nothing any more and give idle connections back; any thread may say so."""
        self.ends = -math.inf
        self._client.close()

    def _ask(self, path: str, query: Mapping[str, object]) -> tuple[Any, bool]:
        key = f"{path}?{json.dumps(query, sort_keys=True)}"
        if _CANNOT_CHANGE.fullmatch(path):
            with self._kept.turn(key):
                return self._asked(key, path, query)
        return self._asked(key, path, query)

    def _asked(self, key: str, path: str, query: Mapping[str, object]) -> tuple[Any, bool]:
        if time.monotonic() > self.ends:
            raise Fault("github", "no answer in time")
        kept = self._kept.get(key)
        if kept is not None and _is_good(kept, path):
            return json.loads(kept.text), kept.more
        etag = {"If-None-Match": kept.etag} if kept else {}
        status, headers, text = self._send("GET", path, parameters=dict(query), headers=etag)
        if status == 304 and kept is not None:
            self._kept.put(key, replace(kept, at=time.monotonic()))
            return json.loads(kept.text), kept.more
        if status != 200:
            raise refused(status, headers, parsed(text), write=False)
        data = json.loads(text)
        more = 'rel="next"' in headers.get("link", "")
        self._kept.put(key, Answer(headers.get("etag", ""), text, more, time.monotonic()))
        return data, more

    def _send(self, verb: str, path: str, **details: Any) -> tuple[int, dict[str, Any], str]:
        """One request; with another token once more where GitHub did not take this one, which it
        says before it does anything.
        """
        used = self._credentials.token()
        answer = self._client.requester.requestJson(verb, path, **details)
        if answer[0] == 401 and self._credentials.renew(used):
            answer = self._client.requester.requestJson(verb, path, **details)
        status, headers, text = answer
        self._budget.note(status, headers, parsed(text) if status in (403, 429) else None)
        return answer


def _is_good(kept: Answer, path: str) -> bool:
    """Whether GitHub would say the same again."""
    is_fresh = time.monotonic() - kept.at < KEPT_FOR
    return bool(_CANNOT_CHANGE.fullmatch(path) or (is_fresh and _SELDOM_CHANGES.fullmatch(path)))


def sent(session: Session, verb: str, path: str, body: Mapping[str, Any]) -> Any:
    """The JSON that answers a write. Raises Declined, Unanswered or Fault."""
    status, headers, data = session.write(verb, path, body)
    if status not in (200, 201) or not isinstance(data, dict):
        raise refused(status, headers, data, write=True)
    return data
