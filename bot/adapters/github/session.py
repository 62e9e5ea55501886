"""Session: one thread's requests to GitHub, each sent once; PyGithub's client is not
thread-safe.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.adapters.github.errors import parsed, refused
from bot.adapters.github.kept import Answer, Kept
from bot.domain.errors import Fault

if TYPE_CHECKING:
    from github import Github

PER_PAGE = 100
MOST_PAGES = 20


class Session:
    """A client of its own, and the answers that all sessions share.

    After `ends`, a time of `time.monotonic`, no further read is begun.
    """

    def __init__(self, client: Github, kept: Kept) -> None:
        self._client = client
        self._kept = kept
        self.ends = math.inf

    def get(self, path: str, **query: object) -> Any:
        """The JSON at a path. Raises Fault, NotFound when there is nothing."""
        return self._ask(path, query)[0]

    def pages(self, path: str, rows: str | None = None, **query: object) -> list[Any]:
        """The rows of all pages of a list, at most 2000; `rows` is the field that holds them."""
        found: list[Any] = []
        for page in range(1, MOST_PAGES + 1):
            data, more = self._ask(path, {**query, "per_page": PER_PAGE, "page": page})
            found += data[rows] if rows else data
            if not more:
                break
        return found

    def post(
        self, path: str, body: Mapping[str, Any] | None = None
    ) -> tuple[int, dict[str, Any], Any]:
        """One POST: status, headers in lower case, and the JSON of the answer or None.

        The status is the caller's to judge: PyGithub takes a redirect for a success.
        """
        status, headers, text = self._client.requester.requestJson("POST", path, input=body)
        return status, headers, parsed(text)

    def close(self) -> None:
        """Begin nothing any more and give idle connections back; any thread may say so."""
        self.ends = -math.inf
        self._client.close()

    def _ask(self, path: str, query: Mapping[str, object]) -> tuple[Any, bool]:
        if time.monotonic() > self.ends:
            raise Fault("github", "no answer in time")
        key = f"{path}?{json.dumps(query, sort_keys=True)}"
        kept = self._kept.get(key)
        status, headers, text = self._client.requester.requestJson(
            "GET",
            path,
            parameters=dict(query),
            headers={"If-None-Match": kept.etag} if kept else {},
        )
        if status == 304 and kept is not None:
            return json.loads(kept.text), kept.more
        if status != 200:
            raise refused(status, headers, parsed(text), write=False)
        data = json.loads(text)
        more = 'rel="next"' in headers.get("link", "")
        self._kept.put(key, Answer(headers.get("etag", ""), text, more))
        return data, more
