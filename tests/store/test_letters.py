"""Letters in the store: people by their GitHub login, and who wants no letters."""

from bot.adapters.store import SqlStore
from bot.domain.people import Actor


async def test_people_are_found_by_login_whatever_its_case(store: SqlStore) -> None:
    ana, cy = Actor(slack_id="U0ANA", github="Ana-Acme"), Actor(slack_id="U0CY")
    await store.run(lambda tx: tx.keep_people([(ana, "Ana"), (cy, "Cy")]))
    assert await store.read(lambda tx: tx.people_of(["ana-ACME", "nobody"])) == (ana,)
    assert await store.read(lambda tx: tx.people_of([])) == ()


async def test_letters_are_wanted_until_somebody_says_no(store: SqlStore) -> None:
    assert await store.read(lambda tx: tx.wants_letters("U0ANA"))
    for _ in range(2):
        await store.run(lambda tx: tx.choose_letters("U0ANA", wanted=False))
    assert not await store.read(lambda tx: tx.wants_letters("U0ANA"))
    assert await store.read(lambda tx: tx.wants_letters("U0BO"))
    await store.run(lambda tx: tx.choose_letters("U0ANA", wanted=True))
    assert await store.read(lambda tx: tx.wants_letters("U0ANA"))
