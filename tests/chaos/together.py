"""Together: what goes on beside a story until the story is over."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any


@asynccontextmanager
async def together(*acts: Coroutine[Any, Any, object]) -> AsyncIterator[None]:
    """All of them at once, stopped at the end; what went wrong in one is raised then."""
    tasks = [asyncio.create_task(act) for act in acts]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    for error in ended:
        if isinstance(error, Exception):
            raise error
