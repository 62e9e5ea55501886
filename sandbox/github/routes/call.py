"""One request to the API: who asks, for what, and how the answer is paged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from aiohttp import web

from sandbox.github.accounts import Account
from sandbox.github.errors import NotFound, Refused
from sandbox.github.host import GitHub
from sandbox.github.repository import Repository
from sandbox.github.runs import Run
from sandbox.github.views.site import Json, Site

T = TypeVar("T")
MOST_PER_PAGE = 100


@dataclass(frozen=True)
class Reply:
    """An answer with a status other than 200; no body is sent when it is None."""

    status: int
    body: object = None


@dataclass
class Call:
    """What a route works with. Routes are plain functions: all state is in memory.

    `path` is the one below the API's root, as faults and the journal know it.
    """

    request: web.Request
    github: GitHub
    site: Site
    viewer: Account
    body: Json
    path: str
    links: list[str] = field(default_factory=list)

    def part(self, name: str) -> str:
        """A named part of the path."""
        return self.request.match_info[name]

    def number(self, name: str) -> int:
        """A numeric part of the path; anything else is not found."""
        if not self.part(name).isascii() or not self.part(name).isdecimal():
            raise NotFound
        return int(self.part(name))

    def query(self, name: str, default: str = "") -> str:
        return self.request.query.get(name, default)

    @property
    def token(self) -> str:
        return self.request.headers.get("Authorization", "").partition(" ")[2].strip()

    @property
    def repo(self) -> Repository:
        return self.github.repository(f"{self.part('owner')}/{self.part('repo')}")

    @property
    def run(self) -> Run:
        return self.github.run(self.repo, self.number("run_id"))

    def field(self, name: str) -> Any:
        """A required field of the body."""
        if name not in self.body:
            raise Refused(422, f'Invalid request.\n\n"{name}" wasn\'t supplied.')
        return self.body[name]

    def paging(self, default: int = 30, most: int = MOST_PER_PAGE) -> tuple[int, int]:
        """(page, per_page), both at least 1."""
        page, size = self.query("page", "1"), self.query("per_page", str(default))
        if not (page.isdecimal() and size.isdecimal()):
            return 1, default
        return max(int(page), 1), max(min(int(size), most), 1)

    def paged(self, items: Sequence[T]) -> Sequence[T]:
        """The items of the page asked for; the Link header names the others."""
        page, size = self.paging()
        self.link(page, size, len(items))
        return items[(page - 1) * size : page * size]

    def link(self, page: int, size: int, total: int) -> None:
        last = max(-(-total // size), 1)
        if page < last:
            self._link("next", page + 1)
            self._link("last", last)
        if page > 1:
            self._link("prev", page - 1)
            self._link("first", 1)

    def _link(self, relation: str, page: int) -> None:
        query = dict(self.request.query) | {"page": str(page)}
        url = self.request.url.with_query(query)
        self.links.append(f'<{url}>; rel="{relation}"')


Route = Callable[[Call], object]
Table = Sequence[tuple[str, str, Route]]
