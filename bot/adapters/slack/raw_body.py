"""Raw body: the bytes of an incoming request, up to a limit of size and time."""

import asyncio

from aiohttp import web

PATIENCE = 10.0  # seconds for the whole body
CHUNK = 64 * 1024


async def raw_body(request: web.Request, limit: int, patience: float = PATIENCE) -> bytes:
    """The body as it was signed.

    Raises 413 above `limit` bytes, 408 for a sender that dawdles, 400 for one that breaks off.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(patience):
            async for chunk in request.content.iter_chunked(CHUNK):
                body += chunk
                if len(body) > limit:
                    raise web.HTTPRequestEntityTooLarge(max_size=limit, actual_size=len(body))
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except (web.RequestPayloadError, ConnectionResetError):
        raise web.HTTPBadRequest from None
    return bytes(body)
