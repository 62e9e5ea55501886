"""A card is stale when its deployment changed since it was shown, and only where a card is due."""

from datetime import timedelta

import pytest

from bot.adapters.store import SqlStore
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from bot.ports import StaleCard, Tx
from bot.ports.silences import Silence
from tests.store.samples import START, a_card, a_deployment, a_post, a_waiting_deployment


def unseen(deployment: Deployment) -> StaleCard:
    return StaleCard(deployment=deployment.id, state=deployment.state)


async def test_a_deployment_past_its_checks_wants_a_card(store: SqlStore) -> None:
    waiting = await store.run(lambda tx: tx.add(a_waiting_deployment()))
    assert await store.run(lambda tx: tx.stale_cards()) == (unseen(waiting),)
    assert await store.run(lambda tx: tx.card(waiting.id)) is None


async def test_what_a_card_shows_is_not_stale(store: SqlStore) -> None:
    waiting = await store.run(lambda tx: tx.add(a_waiting_deployment()))
    card = a_card(waiting)
    await store.run(lambda tx: tx.keep_card(card))
    assert await store.run(lambda tx: tx.stale_cards()) == ()
    assert await store.run(lambda tx: tx.card(waiting.id)) == card


async def test_who_is_silent_is_kept_with_the_card_and_touches_no_revision(store: SqlStore) -> None:
    waiting = await store.run(lambda tx: tx.add(a_waiting_deployment()))
    card = a_card(waiting, silence=Silence("github", waiting.revision))
    await store.run(lambda tx: tx.keep_card(card))
    assert await store.run(lambda tx: tx.card(waiting.id)) == card
    assert await store.run(lambda tx: tx.deployment(waiting.id)) == waiting
    await store.run(lambda tx: tx.keep_card(a_card(waiting)))
    assert await store.run(lambda tx: tx.card(waiting.id)) == a_card(waiting)


async def test_a_change_makes_the_card_stale_until_it_is_shown(store: SqlStore) -> None:
    old = await store.run(lambda tx: tx.add(a_waiting_deployment()))
    card = a_card(old)

    def show_and_change(tx: Tx) -> None:
        tx.keep_card(card)
        tx.save(old, old.end(State.EXPIRED, START, "expired", "Nobody decided."))

    await store.run(show_and_change)
    (stale,) = await store.run(lambda tx: tx.stale_cards())
    assert (stale.deployment, stale.state, stale.shown_at) == (old.id, State.EXPIRED, card.shown_at)
    changed = await store.run(lambda tx: tx.deployment(old.id))
    assert changed is not None
    newer = a_card(changed, shown="77aa", shown_at=START + timedelta(seconds=3))
    await store.run(lambda tx: tx.keep_card(newer))
    assert await store.run(lambda tx: tx.card(old.id)) == newer
    assert await store.run(lambda tx: tx.stale_cards()) == ()


@pytest.mark.parametrize(
    "without",
    [
        a_deployment(),
        a_deployment(state=State.CHECKING),
        a_deployment(state=State.REFUSED),
        a_deployment(state=State.CANCELLED),
        a_waiting_deployment(dry_run=True),
        a_deployment(state=State.SUCCEEDED, adopted=True),
    ],
    ids=["requested", "checking", "refused", "cancelled early", "dry run", "adopted"],
)
async def test_these_have_no_card(store: SqlStore, without: object) -> None:
    await store.run(lambda tx: tx.add(without))  # type: ignore[arg-type]
    assert await store.run(lambda tx: tx.stale_cards()) == ()


async def test_a_card_says_when_its_deployment_was_cancelled(store: SqlStore) -> None:
    waiting = await store.run(lambda tx: tx.add(a_waiting_deployment()))
    await store.run(lambda tx: tx.keep_card(a_card(waiting)))
    cancelled = waiting.end(State.CANCELLED, START, "cancelled", "", by="U0ANA")
    await store.run(lambda tx: tx.save(waiting, cancelled))
    (stale,) = await store.run(lambda tx: tx.stale_cards())
    assert stale.state is State.CANCELLED


async def test_a_deployment_cancelled_while_its_first_card_is_on_its_way_says_so(
    store: SqlStore,
) -> None:
    waiting = await store.run(lambda tx: tx.add(a_waiting_deployment()))
    waiting = await store.run(lambda tx: tx.save(waiting, waiting))

    def post_and_cancel(tx: Tx) -> None:
        tx.post(a_post("card:1"))
        tx.mark_shown(waiting.id, 0)
        tx.save(waiting, waiting.end(State.CANCELLED, START, "cancelled", "", by="U0ANA"))

    await store.run(post_and_cancel)
    assert await store.run(lambda tx: tx.stale_cards()) == ()
    (post,) = await store.run(lambda tx: tx.posts_due(tx.now))
    await store.run(lambda tx: tx.mark_sent(post, "C0DEPLOY", "17.1"))
    (stale,) = await store.run(lambda tx: tx.stale_cards())
    assert (stale.state, stale.shown_at) == (State.CANCELLED, None)


async def test_a_card_whose_post_was_given_up_is_wanted_still(store: SqlStore) -> None:
    waiting = await store.run(lambda tx: tx.add(a_waiting_deployment()))
    await store.run(lambda tx: tx.post(a_post(f"card:{waiting.id}")))
    (post,) = await store.run(lambda tx: tx.posts_due(tx.now))
    assert await store.run(lambda tx: tx.stale_cards()) == ()
    await store.run(lambda tx: tx.drop(post, "is_archived"))
    assert await store.run(lambda tx: tx.stale_cards()) == (unseen(waiting),)


async def test_a_card_that_is_lost_is_wanted_again(store: SqlStore) -> None:
    waiting = await store.run(lambda tx: tx.add(a_waiting_deployment()))
    waiting = await store.run(lambda tx: tx.save(waiting, waiting))
    await store.run(lambda tx: tx.keep_card(a_card(waiting)))

    def lose(tx: Tx) -> None:
        tx.lose_card(waiting.id)
        tx.mark_shown(waiting.id, 0)

    await store.run(lose)
    assert await store.run(lambda tx: tx.card(waiting.id)) is None
    assert await store.run(lambda tx: tx.stale_cards()) == (unseen(waiting),)
