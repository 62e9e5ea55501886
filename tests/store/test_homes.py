"""App Homes and figures in the store."""

from dataclasses import replace
from datetime import timedelta

from bot.adapters.store import SqlStore
from bot.domain.metrics.homes import Figures, Home
from tests.store.samples import START, HandClock

LATER = START + timedelta(seconds=15)


async def test_a_home_is_due_when_somebody_looks(store: SqlStore, clock: HandClock) -> None:
    await store.run(lambda tx: tx.want_home("U0ANA"))
    first = Home(slack_id="U0ANA", opened_at=START, due_at=START)
    assert await store.read(lambda tx: tx.home("U0ANA")) == first
    assert await store.read(lambda tx: tx.homes_due(START)) == ("U0ANA",)
    assert await store.read(lambda tx: tx.next_due()) == START

    await store.run(lambda tx: tx.keep_home(replace(first, due_at=LATER, shown="abc")))
    assert await store.read(lambda tx: tx.homes_due(START)) == ()
    assert await store.read(lambda tx: tx.homes_due(LATER)) == ("U0ANA",)
    assert await store.read(lambda tx: tx.next_due()) is None  # freshness holds nobody up

    now = clock.forward(seconds=3)
    await store.run(lambda tx: tx.want_home("U0ANA"))
    await store.run(lambda tx: tx.keep_home(replace(first, due_at=None)))  # of the earlier look
    again = Home(slack_id="U0ANA", opened_at=now, due_at=now, shown="abc")
    assert await store.read(lambda tx: tx.home("U0ANA")) == again


async def test_after_a_clock_that_was_set_back_a_home_is_shown_and_watched_from_now(
    store: SqlStore, clock: HandClock
) -> None:
    await store.run(lambda tx: tx.want_home("U0ANA"))
    now = clock.forward(hours=-1)
    await store.run(lambda tx: tx.bring_forward())
    assert await store.read(lambda tx: tx.homes_due(now)) == ("U0ANA",)
    assert await store.read(lambda tx: tx.home("U0ANA")) == Home(
        slack_id="U0ANA", opened_at=now, due_at=now
    )


async def test_the_newest_figures_count(store: SqlStore) -> None:
    one = Figures(
        service="app", environment="staging", taken_at=START, days=28, numbers={"rollbacks": 1}
    )
    other = replace(one, environment="production")
    await store.run(lambda tx: tx.keep_figures([one, other]))
    newer = replace(one, taken_at=LATER, numbers={"rollbacks": 2})
    await store.run(lambda tx: tx.keep_figures([newer]))
    assert await store.read(lambda tx: tx.figures()) == (other, newer)

    await store.run(lambda tx: tx.keep_figures_of([("app", "staging"), ("web", "production")]))
    assert await store.read(lambda tx: tx.figures()) == (newer,)
