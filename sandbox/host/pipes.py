"""Pipes: what a program on the host writes, on its way to whoever logged in."""

from __future__ import annotations

import asyncio
import contextlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncssh


async def pump(end: int, stream: asyncssh.SSHWriter[str], lost: asyncio.Event) -> None:
    """Pass on what is written to the other end, until that ends or the connection is lost."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    pipe, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(end, "rb")
    )
    gone = asyncio.create_task(lost.wait())
    try:
        while True:
            chunk = asyncio.create_task(reader.read(65536))
            await asyncio.wait({chunk, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not chunk.done() or not chunk.result():
                chunk.cancel()
                return
            with contextlib.suppress(OSError):
                stream.write(chunk.result().decode(errors="replace"))
    finally:
        gone.cancel()
        pipe.close()
