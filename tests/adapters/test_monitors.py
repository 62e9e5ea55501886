"""Monitors over HTTP: each one well, bad, slow, down, without data, in a wrong shape, and stale."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from bot.adapters.uptime_kuma import monitor as kuma
from bot.domain.deployments.validation import Outcome, Reading
from bot.domain.errors import Fault
from bot.ports import Monitor, Question
from sandbox.kuma.host import Beat
from sandbox.trackers import Issue
from sandbox.world import World
from tests.adapters.monitors import (
    DOWN,
    HASTE,
    MAINTENANCE,
    UP,
    VERSION,
    Prepare,
    all_of,
    beat,
    cached,
    deployed,
    errors,
    fault,
    health,
    heard,
    heard_long_ago,
    nothing,
    of_bugsink,
    of_kuma,
    of_page,
    of_posthog,
    of_sentry,
    of_sentry_anywhere,
    only_made,
    set_up,
    told_by,
)

OK, BAD, WARN = Outcome.OK, Outcome.BAD, Outcome.DEGRADED
NO_DATA, UNKNOWN = Outcome.NO_DATA, Outcome.UNKNOWN
CASES: list[tuple[str, Callable[[World], Monitor], Prepare, Outcome | None, str]] = [
    ("posthog ok", of_posthog, errors(0.004), OK, "0.4 % (baseline 0.4 %)"),
    ("posthog bad", of_posthog, errors(0.032), BAD, "3.2 % (baseline 0.4 %)"),
    ("posthog worse", of_posthog, errors(0.01), WARN, "1.0 % (baseline 0.4 %)"),
    ("posthog no data", of_posthog, errors(0.5, views=5), NO_DATA, "not enough data (25 page"),
    ("posthog slow", of_posthog, fault("posthog", "slow:2"), None, "no answer in time"),
    ("posthog down", of_posthog, fault("posthog", "reset_before"), None, "ReadError"),
    ("posthog 503", of_posthog, fault("posthog", "status:503"), None, "503"),
    ("posthog limit", of_posthog, fault("posthog", "status:429:retry_after=7"), None, "limit"),
    ("posthog shape", of_posthog, set_up("posthog", broken=True), None, "no usable answer"),
    ("posthog no json", of_posthog, fault("posthog", "bad_json"), None, "no usable answer"),
    ("posthog stale", of_posthog, set_up("posthog", cached=True), None, "from its cache"),
    ("sentry ok", of_sentry, heard(), OK, "no new issues"),
    ("sentry one", of_sentry, heard("KeyError: x"), WARN, "1 new issue: KeyError: x"),
    ("sentry bad", of_sentry, heard("A", "B", "C"), BAD, "3 new issues: A; B"),
    ("sentry no data", of_sentry, nothing, NO_DATA, "Sentry has not heard of v1.2.1"),
    ("sentry stale", of_sentry, only_made, NO_DATA, "Sentry has not heard of v1.2.1"),
    ("sentry staging", of_sentry, told_by(1, "staging"), NO_DATA, "of v1.2.1 in production"),
    ("sentry other", of_sentry, told_by(2, "production"), NO_DATA, "of v1.2.1 in production"),
    ("sentry told", of_sentry, told_by(1, "production"), OK, "no new issues"),
    ("sentry deploy", of_sentry, deployed, NO_DATA, "Sentry has not heard of v1.2.1"),
    (
        "sentry staging and deploy",
        of_sentry,
        all_of(told_by(1, "staging"), deployed),
        OK,
        "no new issues (heard of from production, or by a deploy to it)",
    ),
    ("sentry any", of_sentry_anywhere, told_by(1, "staging"), OK, "issues (in any environment)"),
    ("sentry any other", of_sentry_anywhere, told_by(2, "staging"), NO_DATA, "not heard of v1.2.1"),
    ("sentry slow", of_sentry, fault("sentry", "slow:2"), None, "no answer in time"),
    ("sentry down", of_sentry, fault("sentry", "reset_before"), None, "ReadError"),
    ("sentry shape", of_sentry, all_of(heard(), set_up("sentry", broken=True)), None, "no usable"),
    ("bugsink ok", of_bugsink, heard(), OK, "no new issues"),
    ("bugsink one", of_bugsink, heard("KeyError: x"), WARN, "1 new issue: KeyError"),
    ("bugsink bad", of_bugsink, heard("A", "B", "C"), BAD, "3 new issues: C; B"),
    ("bugsink no data", of_bugsink, nothing, NO_DATA, "Bugsink has not heard of v1.2.1"),
    ("bugsink stale", of_bugsink, heard_long_ago, OK, "no new issues"),
    ("bugsink slow", of_bugsink, fault("bugsink", "slow:2"), None, "no answer in time"),
    ("bugsink down", of_bugsink, fault("bugsink", "reset_before"), None, "ReadError"),
    (
        "bugsink shape",
        of_bugsink,
        all_of(heard(), set_up("sentry", broken=True)),
        None,
        "no usable answer",
    ),
    ("kuma ok", of_kuma, nothing, OK, "up"),
    ("kuma bad", of_kuma, beat("down"), BAD, "down"),
    ("kuma pending", of_kuma, beat("pending"), WARN, "pending"),
    ("kuma maintenance", of_kuma, beat("maintenance"), UNKNOWN, "under maintenance"),
    ("kuma slow", of_kuma, fault("kuma", "slow:2"), None, "no answer in time"),
    ("kuma down", of_kuma, fault("kuma", "reset_before"), None, "ReadError"),
    ("kuma shape", of_kuma, fault("kuma", "bad_json"), None, "no usable answer"),
    ("page ok", of_page, nothing, OK, " ms"),
    ("page bad", of_page, health("bad"), BAD, "HTTP 500, expected 200"),
    ("page slow", of_page, fault("health", "slow:0.7"), WARN, "500 are allowed"),
    ("page very slow", of_page, fault("health", "slow:2"), BAD, "no answer within 1 s"),
    ("page down", of_page, health("down"), BAD, "cut off"),
    ("page stale", of_page, cached(3600), UNKNOWN, "from before the deployment, 3600 s old"),
    ("page cached since", of_page, cached(60), OK, " ms"),
    ("page shape", of_page, fault("health", "bad_json"), BAD, "status is not there, expected ok"),
]


async def looked(
    world: World, make: Callable[[World], Monitor], since: datetime, earlier: float = 0.004
) -> Reading:
    before = Reading(what="before", outcome=OK, text="", at=since, value=earlier)
    monitor = make(world)
    now = world.clock.now()
    question = Question(version=VERSION, now=now, since=since, before=before)
    try:
        return await monitor.look(question)
    finally:
        await monitor.close()


@pytest.mark.parametrize(
    ("make", "prepare", "outcome", "text"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
async def test_what_is_not_seen_to_be_well_is_not_well(
    world: World,
    make: Callable[[World], Monitor],
    prepare: Prepare,
    outcome: Outcome | None,
    text: str,
) -> None:
    """Where there is no outcome it is a Fault, which whoever asks reads as unknown."""
    since = world.clock.now() - timedelta(minutes=10)
    prepare(world)
    if outcome is None:
        with pytest.raises(Fault, match=text):
            await looked(world, make, since)
        return
    found = await looked(world, make, since)
    assert text in found.text
    assert found.outcome is outcome
    assert found.url.startswith("http")


@pytest.mark.parametrize("what", ["error", "session"])
async def test_an_error_or_a_session_is_a_word_of_the_app(world: World, what: str) -> None:
    """Either is enough for Sentry's monitor to speak of a release."""
    only_made(world)
    if what == "error":
        world.sentry.issues.append(Issue(1, "KeyError: x", VERSION, world.clock.now()))
    else:
        world.sentry.releases.add(VERSION)
    found = await looked(world, of_sentry, world.clock.now() - timedelta(minutes=10))
    assert found.outcome is (WARN if what == "error" else OK)


async def test_beats_from_before_the_deployment_and_old_ones_tell_nothing(world: World) -> None:
    now = world.clock.now()
    assert (await looked(world, of_kuma, now + timedelta(minutes=1))).text == (
        "no beat since the deployment"
    )
    late = Question(version=VERSION, now=now + timedelta(minutes=10), since=now - timedelta(days=1))
    monitor = of_kuma(world)
    found = await monitor.look(late)
    await monitor.close()
    assert (found.outcome, found.text) == (UNKNOWN, "its newest beat is old")


@pytest.mark.parametrize(
    ("before", "outcome", "text"),
    [
        (1.0, WARN, "up (75.0% of the time, before 100.0%)"),
        (0.7, OK, "up (75.0% of the time, before 70.0%)"),
    ],
)
async def test_what_was_down_meanwhile_and_is_up_again_is_less_up_than_before(
    world: World, before: float, outcome: Outcome, text: str
) -> None:
    since, monitor = world.clock.now() - timedelta(seconds=20), world.kuma.monitors[0]
    monitor.interval = timedelta(minutes=1)
    for seconds, status in ((1, UP), (4, DOWN), (8, MAINTENANCE), (12, UP), (16, UP)):
        monitor.see(Beat(since + timedelta(seconds=seconds), status))
    found = await looked(world, of_kuma, since, before)
    assert (found.outcome, found.value, found.baseline) == (outcome, 0.75, before)
    assert found.text.startswith(text)


@pytest.mark.parametrize(
    ("make", "prepare", "earlier", "text"),
    [
        (of_sentry, heard("KeyError: x"), 4, "1 new issue: KeyError: x (before: 4 within 24 h)"),
        (of_bugsink, heard("KeyError: x"), 4, "1 new issue: KeyError (before: 4 within 24 h)"),
        (of_page, nothing, 90, " ms (before: 90 ms)"),
    ],
)
async def test_what_was_read_before_stands_beside_what_is_read(
    world: World,
    make: Callable[[World], Monitor],
    prepare: Prepare,
    earlier: float,
    text: str,
) -> None:
    since = world.clock.now() - timedelta(minutes=10)
    prepare(world)
    found = await looked(world, make, since, earlier)
    assert found.baseline == earlier
    assert found.value is not None
    assert found.text.endswith(text)


async def test_a_page_that_shows_no_such_monitor_is_no_good_news(world: World) -> None:
    monitor = kuma.connect(f"{world.base_url}/kuma", "default-page", "shop", HASTE)
    with pytest.raises(Fault, match="shows no monitor shop"):
        await monitor.look(Question(version=VERSION, now=world.clock.now()))
    await monitor.close()
    other = kuma.connect(f"{world.base_url}/kuma", "no-such-page", "app", HASTE)
    with pytest.raises(Fault, match="Status Page Not Found"):
        await other.look(Question(version=VERSION, now=world.clock.now()))
    await other.close()


@pytest.mark.parametrize("make", [of_posthog, of_sentry, of_bugsink])
async def test_a_wrong_key_is_said_and_is_no_good_news(
    world: World, make: Callable[[World, str], Monitor]
) -> None:
    monitor = make(world, "wrong")
    since = world.clock.now() - timedelta(minutes=10)
    with pytest.raises(Fault, match="401"):
        await monitor.look(Question(version=VERSION, now=world.clock.now(), since=since))
    await monitor.close()


@pytest.mark.parametrize(
    ("make", "where"),
    [(of_sentry, ""), (of_sentry_anywhere, " (in any environment)"), (of_bugsink, "")],
)
async def test_before_a_deployment_a_tracker_tells_what_is_new_of_late(
    world: World, make: Callable[[World], Monitor], where: str
) -> None:
    async def told() -> tuple[Outcome, str]:
        monitor = make(world)
        found = await monitor.look(Question(version=VERSION, now=world.clock.now()))
        await monitor.close()
        return found.outcome, found.text

    late = f" (first seen within 24 h, unresolved){where}"
    assert await told() == (OK, f"no new issues{late}")
    hours = timedelta(hours=25), timedelta(hours=23)
    world.sentry.issues = [
        Issue(number, "KeyError", "v1.0.0", world.clock.now() - age)
        for number, age in enumerate(hours, 1)
    ]
    assert await told() == (WARN, f"1 new issue: KeyError{late}")


async def test_the_baseline_of_the_error_rate_is_the_hour_before(world: World) -> None:
    monitor = of_posthog(world)
    found = await monitor.look(Question(version=VERSION, now=world.clock.now()))
    await monitor.close()
    assert found.outcome is OK
    assert found.value == pytest.approx(0.004)
