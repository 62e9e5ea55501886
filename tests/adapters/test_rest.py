"""What all JSON APIs have in common: who was never reached, and how long a limit lasts."""

from __future__ import annotations

import pytest

from bot.adapters.rest import Answer, Rest, wait
from bot.domain.errors import Fault
from bot.ports.fences import fenced

DATE = "Sun, 09 Sep 2001 01:46:40 GMT"  # the time 1000000000


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_nobody_there_means_that_nothing_was_sent(method: str) -> None:
    api = Rest("vercel", "http://127.0.0.1:1", "token", words=str)
    with pytest.raises(Fault) as raised:
        await (api.get(Answer, "/") if method == "GET" else api.change("POST", "/"))
    await api.close()

    assert (type(raised.value), raised.value.text) == (Fault, "not reachable (ConnectError)")


async def test_what_is_not_ours_any_more_is_not_sent() -> None:
    """A port at which nobody answers would say so: it was not even tried."""
    api = Rest("vercel", "http://127.0.0.1:1", "token", words=str)
    with fenced(lambda: False):
        with pytest.raises(Fault, match="another bot may do it") as raised:
            await api.change("POST", "/")
        assert type(raised.value) is Fault
        with pytest.raises(Fault, match="not reachable"):  # a look is free
            await api.get(Answer, "/")
    await api.close()


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7", "x-ratelimit-reset": "1"}, 7),
        ({"retry-after": "99999999"}, 3600),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, 60),
        ({"x-ratelimit-reset": "1000000090"}, 90),
        ({"ratelimit-reset": "1000000030"}, 30),
        ({"ratelimit-reset": "999999999"}, 1),
        ({"ratelimit-reset": "2000000000"}, 3600),
        ({"ratelimit-reset": "soon"}, 60),
        ({}, 60),
    ],
)
def test_a_limit_says_how_long_in_one_of_many_ways(headers: dict[str, str], seconds: float) -> None:
    assert wait(headers | {"date": DATE}) == seconds
