"""The shared clock: it goes at 1x, jumps in order of what is due, and takes the bot along."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from sandbox.clock import Clock, iso
from sandbox.clock_link import routes
from tests.sandbox.slack_stage import Stage, until

TUESDAY = datetime(2024, 3, 26, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


async def test_what_is_due_happens_in_order_and_at_its_moment() -> None:
    clock, happened = Clock(TUESDAY), list[tuple[str, datetime]]()

    def later() -> None:
        happened.append(("first", clock.now()))
        clock.call_at(TUESDAY + 3 * MINUTE, lambda: happened.append(("third", clock.now())))

    clock.call_at(TUESDAY + 2 * MINUTE, lambda: happened.append(("second", clock.now())))
    clock.call_at(TUESDAY + MINUTE, later)
    clock.call_at(TUESDAY + MINUTE, lambda: happened.append(("never", clock.now()))).cancel()
    clock.call_at(TUESDAY + 20 * MINUTE, lambda: happened.append(("not yet", clock.now())))
    now, reached = await clock.advance(10 * MINUTE)
    assert happened == [
        ("first", TUESDAY + MINUTE),
        ("second", TUESDAY + 2 * MINUTE),
        ("third", TUESDAY + 3 * MINUTE),
    ]
    assert reached and timedelta(0) <= now - (TUESDAY + 10 * MINUTE) < timedelta(seconds=1)


async def test_between_advances_it_runs() -> None:
    clock, rung = Clock(TUESDAY), asyncio.Event()
    clock.call_at(TUESDAY + timedelta(milliseconds=30), rung.set)
    await asyncio.wait_for(rung.wait(), 30)
    assert clock.now() >= TUESDAY + timedelta(milliseconds=30)


def test_it_tells_utc_wherever_it_starts() -> None:
    berlin = datetime.fromisoformat("2024-03-26T11:00+01:00")
    assert Clock(berlin).now().utcoffset() == timedelta(0)
    assert Clock(berlin).now() - TUESDAY < MINUTE


@pytest.fixture
async def bot(stage: Stage) -> AsyncIterator[asyncio.Task[None]]:
    """A bot that has something to do every four minutes."""

    async def walk() -> None:
        number = 0
        while True:
            poll = {"after": str(number), "wait": "20"}
            async with stage.control.get("/clock", params=poll) as answer:
                face = await answer.json()
            if face["advance"] == number or face["target"] is None:
                continue
            number, now = face["advance"], datetime.fromisoformat(face["now"])
            target = datetime.fromisoformat(face["target"])
            while (now := now + 4 * MINUTE) < target:
                async with stage.control.post("/clock/step", json={"to": iso(now)}) as answer:
                    assert (await answer.json())["now"] == iso(now)
            async with stage.control.post("/clock/done", json={"advance": number}) as answer:
                assert (await answer.json())["now"] == iso(target)

    task = asyncio.create_task(walk())
    await until(lambda: bool(stage.world.clock.followers))
    yield task
    task.cancel()
    await asyncio.wait([task])


async def test_the_bot_walks_along(stage: Stage, bot: asyncio.Task[None]) -> None:
    clock = stage.world.clock
    moments: list[datetime] = []
    start = clock.now()
    for minutes in (3, 6, 9):
        clock.call_at(start + minutes * MINUTE, lambda: moments.append(clock.now()))
    answer = await stage.post("/clock", advance="PT10M")
    assert answer["reached"] is True
    assert moments == [start + 3 * MINUTE, start + 6 * MINUTE, start + 9 * MINUTE]
    assert (await stage.post("/clock", advance="PT1H"))["reached"] is True
    assert not bot.done()


async def test_a_bot_that_is_late_is_waited_for_and_not_taken_for_gone(stage: Stage) -> None:
    clock = stage.world.clock
    clock.patience, clock.followers.still_there = 0.1, 30

    async def face_after(number: int) -> None:
        poll = {"after": str(number), "wait": "20"}
        async with stage.control.get("/clock", params=poll) as answer:
            assert (await answer.json())["advance"] == number + 1

    async def tell(what: str, **body: object) -> None:
        async with stage.control.post(f"/clock/{what}", json=body) as answer:
            assert answer.status == 200

    worked = asyncio.Event()

    async def walk_slowly() -> None:
        await face_after(0)
        await tell("step", to=iso(TUESDAY))
        await worked.wait()
        await tell("done", advance=1)
        await face_after(1)
        await tell("done", advance=2)

    bot = asyncio.create_task(walk_slowly())
    await until(lambda: bool(stage.world.clock.followers))
    assert (await stage.post("/clock", advance="PT1H"))["reached"] is False
    clock.patience = 30
    again = asyncio.create_task(stage.post("/clock", advance="PT1H"))
    await stage.get("/clock")
    worked.set()
    assert (await again)["reached"] is True
    await bot


@pytest.mark.parametrize("text", ["15M", "PT", "P", "PT1X", "-PT1M", "", "P9999D", "P99999999999D"])
async def test_only_durations_move_it(stage: Stage, text: str) -> None:
    assert await stage.refused("/clock", advance=text) == "bad_duration"


class Walker:
    """One of several bots on the clock, moved by hand."""

    def __init__(self, stage: Stage, name: str) -> None:
        self.stage, self.name = stage, name

    async def listens(self, after: int) -> None:
        """Until an advance has begun."""
        poll = {"bot": self.name, "after": str(after), "wait": "20"}
        async with self.stage.control.get("/clock", params=poll) as answer:
            assert (await answer.json())["advance"] == after + 1

    async def says(self, what: str, **body: object) -> datetime:
        """What the time is then."""
        call = self.stage.control.post(f"/clock/{what}", params={"bot": self.name}, json=body)
        async with call as answer:
            return datetime.fromisoformat((await answer.json())["now"])


async def test_of_two_bots_the_slower_one_is_waited_for(stage: Stage) -> None:
    clock, [one, two] = stage.world.clock, [Walker(stage, "one"), Walker(stage, "two")]
    async with asyncio.TaskGroup() as both:
        both.create_task(one.listens(0))
        both.create_task(two.listens(0))
        await until(lambda: clock.followers.listening == {"one", "two"})
        advance = asyncio.create_task(stage.post("/clock", advance="PT10M"))
    start = await one.says("step", to=iso(TUESDAY))
    await one.says("done", advance=1)
    assert not advance.done()
    assert await two.says("step", to=iso(start + MINUTE)) == start + MINUTE
    assert await two.says("done", advance=1) == start + 10 * MINUTE
    assert (await advance)["reached"] is True


async def test_a_bot_that_has_died_does_not_take_the_others_with_it(stage: Stage) -> None:
    clock, [one, two] = stage.world.clock, [Walker(stage, "one"), Walker(stage, "two")]
    polls = [asyncio.create_task(bot.listens(0)) for bot in (one, two)]
    await until(lambda: clock.followers.listening == {"one", "two"})
    first = asyncio.create_task(stage.post("/clock", advance="PT1S"))
    await asyncio.gather(*polls)
    for bot in (one, two):
        await bot.says("done", advance=1)
    assert (await first)["reached"] is True
    again = asyncio.create_task(one.listens(1))
    await until(lambda: clock.followers.listening == {"one"})
    again.cancel()
    await until(lambda: not clock.followers.listening)
    advance = asyncio.create_task(stage.post("/clock", advance="PT10M"))
    await stage.get("/clock")
    assert not advance.done()  # two is at work
    await two.listens(1)
    await two.says("done", advance=2)
    assert (await advance)["reached"] is True


class Watched(Clock):
    """Notes who still listened when a bot was said to have died."""

    def left(self, who: str | None = None) -> None:
        super().left(who)
        self.listened = self.followers.listening


async def test_a_bot_that_has_died_listens_no_more() -> None:
    clock = Watched(TUESDAY)

    async def told() -> None: ...

    application = web.Application()
    application.add_routes(routes(clock, told))
    runner = web.AppRunner(application, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /clock?after=0&wait=20&bot=one HTTP/1.1\r\nHost: clock\r\n\r\n")
        await until(lambda: clock.followers.listening == {"one"})
        writer.close()
        await until(lambda: hasattr(clock, "listened"))
        # Else the next advance may wait for it.
        assert clock.listened == frozenset()
    finally:
        await runner.cleanup()
