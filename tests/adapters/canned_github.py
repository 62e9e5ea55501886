"""A GitHub that says what a test puts into its mouth: answers that the sandbox does not give."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.adapters.github import PyGithubAdapter


@dataclass(frozen=True)
class Says:
    """An answer: JSON, or a text as it is."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> web.Response:
        text = self.body if isinstance(self.body, str) else json.dumps(self.body)
        return web.Response(text=text, status=self.status, headers=self.headers)


@dataclass
class Canned:
    """The adapter before such a GitHub. `answers` are by path, with its query or without.

    A tuple of answers is given in turn. What is not canned is not found.
    """

    answers: Mapping[str, Any]
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    github: PyGithubAdapter = field(init=False)

    async def answer(self, request: web.Request) -> web.Response:
        sent = await request.text()
        self.asked.append((request.method, request.path_qs, json.loads(sent) if sent else None))
        found = self.answers.get(request.path_qs, self.answers.get(request.path))
        if isinstance(found, Iterator):
            found = next(found)
        if found is None:
            found = Says({"message": "Not Found"}, 404)
        return (found if isinstance(found, Says) else Says(found)).response()


@asynccontextmanager
async def canned(answers: Mapping[str, Any]) -> AsyncIterator[Canned]:
    made = Canned({p: iter(a) if isinstance(a, tuple) else a for p, a in answers.items()})
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", made.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.github = PyGithubAdapter(f"http://127.0.0.1:{runner.addresses[0][1]}", "ghp_x", timeout=10)
    try:
        yield made
    finally:
        await made.github.close()
        await runner.cleanup()
