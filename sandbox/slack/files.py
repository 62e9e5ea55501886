"""Files: uploaded by the bot in three steps; messages show them once Slack has worked on them."""

from __future__ import annotations

import itertools
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.clock import Clock
from sandbox.edge import edge

if TYPE_CHECKING:
    from sandbox.world import World

PROCESSING = timedelta(seconds=1.5)
"""A file that is complete cannot be shown at once; Slack works on it first."""

PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}


@dataclass
class File:
    """One file; `content` is None until it arrived, `complete_at` until the upload was finished."""

    id: str
    name: str
    length: int
    alt: str
    key: str
    content: bytes | None = None
    complete_at: datetime | None = None

    @property
    def kind(self) -> str:
        """Its content type, as its first bytes tell."""
        content = self.content or b""
        known = (kind for head, kind in PICTURES.items() if content.startswith(head))
        return next(known, "application/octet-stream")


class Files:
    """Everything that was uploaded or is about to be."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._files: dict[str, File] = {}
        self._numbers = itertools.count(1)

    def begin(self, name: str, length: int, alt: str) -> File:
        file = File(f"F{next(self._numbers):09}", name, length, alt, secrets.token_urlsafe(12))
        self._files[file.id] = file
        return file

    def get(self, file_id: str) -> File | None:
        return self._files.get(file_id)

    def at(self, key: str) -> File | None:
        """The file that is awaited at an upload address."""
        return next((one for one in self._files.values() if one.key == key), None)

    def complete(self, file: File) -> None:
        file.complete_at = file.complete_at or self._clock.now()

    def is_shown(self, file_id: object) -> bool:
        """Whether a message may show it: a picture, complete, and worked on."""
        file = self._files.get(str(file_id))
        if file is None or file.complete_at is None or not file.kind.startswith("image/"):
            return False
        return self._clock.now() >= file.complete_at + PROCESSING


def application(world: World) -> web.Application:
    """The sub-application to mount at /slack/files: uploads, and the pictures for the page."""

    async def upload(request: web.Request) -> web.Response:
        file = world.slack.files.at(request.match_info["key"])
        content = await request.read()
        if file is None or len(content) != file.length:
            return web.Response(status=400, text="not what was announced")
        file.content = content
        return web.Response(text=f"OK - {len(content)}")

    async def show(request: web.Request) -> web.Response:
        file = world.slack.files.get(request.match_info["file"])
        if file is None or file.content is None:
            raise web.HTTPNotFound
        return web.Response(body=file.content, content_type=file.kind)

    uploads = web.Application(middlewares=[edge("slack", world, mount="/slack/files")])
    uploads.router.add_post("/{key}", upload)
    app = web.Application()
    app.add_subapp("/upload", uploads)
    app.router.add_get("/{file}", show)
    return app
