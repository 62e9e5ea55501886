"""Rest: one outside system's JSON API; each request is sent once, each failure becomes a Fault."""

import asyncio
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ConfigDict, RootModel, ValidationError, model_validator

from bot.adapters.tls import trusted
from bot.domain.errors import Declined, Fault, NotFound, Unanswered
from bot.ports.fences import pass_fence
from bot.ports.silences import awaited

Form = TypeVar("Form", bound="Answer")
Model = TypeVar("Model", bound=BaseModel)
TIMEOUT = 15.0
"""Seconds for the whole of a request."""

LIMITED = (420, httpx.codes.TOO_MANY_REQUESTS)
"""How a limit is answered; the first is Statuspage's."""

SHORTEST_WAIT = 60.0
"""Seconds to wait for a limit that does not say how long."""

LONGEST_WAIT = 3600.0
LONGEST_TEXT = 300
NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)


class Answer(BaseModel):
    """What an answer has for us; the rest of it is ignored, and a null is as good as nothing."""

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {name: value for name, value in data.items() if value is not None}


class Rest:
    """Requests to `url`, with a bearer token or another `scheme` of authorization, or with none for
    an empty token; `words` finds what an answer that says no means, `sign` signs each request.

    A read that fails is a Fault. A write is Declined on a definite no, a plain Fault when it surely
    was not carried out and may be sent later (no connection, or a limit, then with `retry_after`),
    and Unanswered for everything else. NotFound is a read's word for what is not there.
    """

    def __init__(
        self,
        system: str,
        url: str,
        token: str,
        *,
        words: Callable[[Mapping[str, Any]], str],
        timeout: float = TIMEOUT,
        scheme: str = "Bearer",
        sign: httpx.Auth | None = None,
    ) -> None:
        self._system = system
        self._words = words
        self._timeout = timeout
        authorization = {"Authorization": f"{scheme} {token}"} if token else {}
        self._client = httpx.AsyncClient(
            base_url=url,
            verify=trusted(),
            timeout=timeout,
            follow_redirects=False,
            auth=sign,
            headers={**authorization, "User-Agent": "gonogo"},
        )

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()

    async def get(self, form: type[Form], path: str, **query: str | int) -> Form:
        """The answer of a GET, in that form."""
        answer = await self._send("GET", path, query, None, write=False)
        return self._read(form, answer, write=False)

    async def list(self, form: type[Form], path: str, **query: str | int) -> list[Form]:
        """The answer of a GET that is a list, each of its items in that form."""
        answer = await self._send("GET", path, query, None, write=False)
        return self._read(RootModel[list[form]], answer, write=False).root  # type: ignore[valid-type]

    async def ask(self, form: type[Form], path: str, body: Mapping[str, object]) -> Form:
        """The answer of a POST that only asks, and changes nothing."""
        answer = await self._send("POST", path, {}, body, write=False)
        return self._read(form, answer, write=False)

    async def make(self, form: type[Form], path: str, body: Mapping[str, object]) -> Form:
        """Change something, and the answer in that form."""
        answer = await self._send("POST", path, {}, body, write=True)
        return self._read(form, answer, write=True)

    async def change(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, object] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> int:
        """Change something whose answer has nothing to tell but its status."""
        return (await self._send(method, path, query or {}, body, write=True)).status_code

    async def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str | int],
        body: Mapping[str, object] | None,
        *,
        write: bool,
    ) -> httpx.Response:
        unclear = Unanswered if write else Fault
        if write:
            pass_fence(self._system)
        try:
            async with asyncio.timeout(self._timeout):
                with awaited(self._system):
                    answer = await self._client.request(
                        method, path, params=dict(query) or None, json=body
                    )
        except NEVER_SENT as error:
            raise Fault(self._system, f"not reachable ({type(error).__name__})") from error
        except (TimeoutError, httpx.TimeoutException) as error:
            raise unclear(self._system, "no answer in time") from error
        except httpx.HTTPError as error:
            raise unclear(self._system, f"no usable answer ({type(error).__name__})") from error
        if answer.is_success:
            return answer
        raise self._refused(answer, write=write)

    def _read(self, form: type[Model], answer: httpx.Response, *, write: bool) -> Model:
        try:
            return form.model_validate_json(answer.content)
        except ValidationError as error:
            text = f"no usable answer ({form.__name__}: {error.error_count()} mistakes)"
            # From None: the mistakes quote the answer, which may hold anything.
            raise (Unanswered if write else Fault)(self._system, text) from None

    def _refused(self, answer: httpx.Response, *, write: bool) -> Fault:
        status = answer.status_code
        said = self._said(answer)
        text = f"{status} {said}" if said else f"HTTP {status}"
        if status in LIMITED:
            return Fault(self._system, f"rate limit ({text})", retry_after=wait(answer.headers))
        if not write and status in (httpx.codes.NOT_FOUND, httpx.codes.GONE):
            return NotFound(self._system, text)
        if answer.is_client_error and status != httpx.codes.REQUEST_TIMEOUT:
            return Declined(self._system, text)
        return (Unanswered if write else Fault)(self._system, text)

    def _said(self, answer: httpx.Response) -> str:
        """The other side's own words; gateways answer in HTML, and then there are none."""
        try:
            data = answer.json()
            return self._words(data)[:LONGEST_TEXT] if isinstance(data, Mapping) else ""
        except (ValueError, TypeError, AttributeError):
            return ""


def wait(headers: Mapping[str, str]) -> float:
    """Seconds until a limit is over, as `Retry-After` or the time of a reset say."""
    told = headers.get("retry-after", "")
    if told.isdecimal():
        return min(float(told), LONGEST_WAIT)
    reset = headers.get("x-ratelimit-reset") or headers.get("ratelimit-reset") or ""
    if reset.isdecimal():
        return min(max(1.0, float(reset) - _date(headers.get("date"))), LONGEST_WAIT)
    return SHORTEST_WAIT


def _date(text: str | None) -> float:
    """The other side's own time of the answer: our clock may be wrong."""
    try:
        return parsedate_to_datetime(text or "").timestamp()
    except ValueError:
        return time.time()
