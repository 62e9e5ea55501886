"""Session: one connection to Uptime Kuma by Socket.IO, logged in: the only way to write to it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

from bot.adapters.rest import LONGEST_TEXT, SHORTEST_WAIT, TIMEOUT
from bot.domain.errors import Declined, Fault, Unanswered

if TYPE_CHECKING:
    from socketio import AsyncClient

READY = ("loginRequired", "autoLogin", "setup")
"""What it sends once it listens; whatever is said before is lost without an answer."""

BUSY = "too frequently"
KNOWN = {
    "authIncorrectCreds": "wrong user name or password",
    "authUserInactiveOrDeleted": "no user",
}
"""Answers that are keys of its translations."""


class Session:
    """Connects when it is used, and stays: at most 20 logins a minute are allowed to all users of a
    Kuma together. The token of the first login serves the later ones, which are not counted.
    """

    def __init__(self, url: str, username: str, password: str, timeout: float = TIMEOUT) -> None:
        parts = urlsplit(url)
        self._url = f"{parts.scheme}://{parts.netloc}"
        self._path = f"{parts.path.strip('/')}/socket.io".lstrip("/")
        self._credentials = {"username": username, "password": password, "token": ""}
        self._timeout = timeout
        self._token = ""
        self._client: AsyncClient | None = None
        self._gone = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()

    async def close(self) -> None:
        """Give the connection back."""
        client, self._client = self._client, None
        if client is not None:
            await client.disconnect()

    async def call(self, event: str, *words: object) -> Mapping[str, Any]:
        """The answer to that event. Declined when it says no, Unanswered when there is none, a
        plain Fault when the event was not sent.
        """
        async with self._one_at_a_time:
            client = await self._connected()
            answer = await self._ask(client, event, *words)
        if not answer.get("ok"):
            _refuse(answer)
        return answer

    async def told(self, event: str, answer: str) -> Mapping[str, Any]:
        """What it tells by an event of its own when it is asked by that one. Raises Fault."""
        async with self._one_at_a_time:
            client = await self._connected()
            heard: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

            async def hear(*words: Any) -> None:
                if not heard.done():
                    heard.set_result(words[0] if words else None)

            client.on(answer, hear)
            said = await self._ask(client, event, write=False)
            if not said.get("ok"):
                _refuse(said)
            try:
                async with asyncio.timeout(self._timeout):
                    data = await heard
            except TimeoutError:
                raise Fault("kuma", f"no answer in time ({answer})") from None
        if not isinstance(data, Mapping):
            raise Fault("kuma", f"no usable answer ({type(data).__name__})")
        return data

    async def _connected(self) -> AsyncClient:
        """A connection that is logged in. Raises Fault."""
        if self._client is not None and not self._gone.is_set():
            return self._client
        await self.close()
        import socketio  # late: most bots have no Kuma to write to

        client = socketio.AsyncClient(reconnection=False, handle_sigint=False)
        ready, self._gone = asyncio.Event(), asyncio.Event()
        for name in READY:
            client.on(name, _setter(ready))
        client.on("disconnect", _setter(self._gone))
        self._client = client
        try:
            async with asyncio.timeout(self._timeout):
                await client.connect(
                    self._url,
                    transports=["websocket"],
                    socketio_path=self._path,
                    wait_timeout=self._timeout,
                )
                await ready.wait()
        except TimeoutError:
            await self.close()
            raise Fault("kuma", "not reachable (no answer in time)") from None
        except (socketio.exceptions.ConnectionError, OSError) as error:
            await self.close()
            raise Fault("kuma", f"not reachable ({type(error).__name__})") from error
        try:
            await self._login(client)
        except Fault:
            await self.close()
            raise
        return client

    async def _login(self, client: AsyncClient) -> None:
        if self._token:
            answer = await self._ask(client, "loginByToken", self._token, write=False)
            if answer.get("ok"):
                return
            self._token = ""
        answer = await self._ask(client, "login", self._credentials, write=False)
        if answer.get("tokenRequired"):
            raise Declined("kuma", "this account wants a second factor, which a bot does not have")
        if not answer.get("ok"):
            _refuse(answer)
        self._token = str(answer.get("token", ""))

    async def _ask(
        self, client: AsyncClient, event: str, *words: object, write: bool = True
    ) -> Mapping[str, Any]:
        unclear = Unanswered if write else Fault
        told: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def hear(*answer: Any) -> None:
            if not told.done():
                told.set_result(answer[0] if answer else {})

        await client.emit(event, words or None, callback=hear)
        gone = asyncio.ensure_future(self._gone.wait())
        try:
            await asyncio.wait(
                {told, gone}, timeout=self._timeout, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            gone.cancel()
        if not told.done():
            text = "the connection broke" if self._gone.is_set() else "no answer in time"
            await self.close()
            raise unclear("kuma", text)
        answer = told.result()
        if not isinstance(answer, Mapping):
            raise unclear("kuma", f"no usable answer ({type(answer).__name__})")
        return answer


def _setter(event: asyncio.Event) -> Any:
    async def heard(*words: object) -> None:
        event.set()

    return heard


def _refuse(answer: Mapping[str, Any]) -> NoReturn:
    text = str(answer.get("msg") or "it gives no reason")[:LONGEST_TEXT]
    if BUSY in text.lower():
        raise Fault("kuma", f"rate limit ({text})", retry_after=SHORTEST_WAIT)
    raise Declined("kuma", KNOWN.get(text, text))
