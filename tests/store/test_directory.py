"""People and tags are kept as they were last read."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.adapters.store import SqlStore
from bot.domain.people import Actor, Role, Standing
from bot.ports import Tag
from tests.store.samples import START, HandClock

BO = Actor(
    slack_id="U0BO",
    github="bo-acme",
    standing=Standing.MEMBER,
    roles=frozenset({Role.DEPLOYER, Role.APPROVER}),
)
DEE = Actor(slack_id="U0DEE", standing=Standing.MEMBER, roles=frozenset({Role.APPROVER}))
EVE = replace(DEE, slack_id="U0EVE", standing=Standing.GUEST)


async def test_a_person_is_known_with_the_time_of_reading(store: SqlStore) -> None:
    await store.run(lambda tx: tx.keep_people([(BO, "Bo"), (DEE, "Dee")]))
    assert await store.run(lambda tx: tx.actor("U0BO")) == (BO, START)


async def test_a_stranger_is_unknown(store: SqlStore) -> None:
    actor, read_at = await store.run(lambda tx: tx.actor("U0NEW"))
    assert (actor, read_at) == (Actor(slack_id="U0NEW"), None)
    assert actor.standing is Standing.UNKNOWN


async def test_a_person_has_the_name_that_slack_shows(store: SqlStore) -> None:
    await store.run(lambda tx: tx.keep_people([(BO, "Bo Berg")]))
    assert await store.run(lambda tx: tx.name_of("U0BO")) == "Bo Berg"
    assert await store.run(lambda tx: tx.name_of("U0NEW")) == "U0NEW"


async def test_a_new_reading_replaces_the_directory(store: SqlStore, clock: HandClock) -> None:
    await store.run(lambda tx: tx.keep_people([(BO, "Bo"), (DEE, "Dee")]))
    later = clock.forward(minutes=5)
    await store.run(lambda tx: tx.keep_people([(BO, "Bo")]))
    assert await store.run(lambda tx: tx.actor("U0BO")) == (BO, later)
    assert await store.run(lambda tx: tx.actor("U0DEE")) == (Actor(slack_id="U0DEE"), None)
    await store.run(lambda tx: tx.keep_people([]))
    assert await store.run(lambda tx: tx.members("approver")) == ()


async def test_who_was_not_read_this_time_keeps_the_row_or_gets_one(
    store: SqlStore, clock: HandClock
) -> None:
    await store.run(lambda tx: tx.keep_people([(BO, "Bo"), (DEE, "Dee"), (EVE, "Eve")]))
    later = clock.forward(minutes=5)
    others = {"U0BO", "U0DEE", "U0NEW"}
    await store.run(lambda tx: tx.keep_people([(BO, "Bo Berg")], others=others))

    assert await store.read(lambda tx: tx.actor("U0BO")) == (BO, later)
    assert await store.read(lambda tx: tx.actor("U0DEE")) == (DEE, START)
    assert await store.read(lambda tx: tx.actor("U0EVE")) == (Actor(slack_id="U0EVE"), None)
    new, read_at = await store.read(lambda tx: tx.actor("U0NEW"))
    assert new == Actor(slack_id="U0NEW") and read_at is not None and read_at < START
    assert await store.read(lambda tx: tx.people_seen()) == {"U0BO": later, "U0DEE": START}
    assert await store.read(lambda tx: tx.name_of("U0BO")) == "Bo Berg"


async def test_nobody_was_read_while_all_stand_in_line(store: SqlStore) -> None:
    await store.run(lambda tx: tx.keep_people([], others={"U0BO"}))
    assert await store.read(lambda tx: tx.people_seen_at()) is None


async def test_members_of_a_role_are_those_who_may_act_in_it(store: SqlStore) -> None:
    await store.run(lambda tx: tx.keep_people([(EVE, "Eve"), (DEE, "Dee"), (BO, "Bo")]))
    assert await store.run(lambda tx: tx.members("approver")) == ("U0BO", "U0DEE")
    assert await store.run(lambda tx: tx.members("deployer")) == ("U0BO",)
    assert await store.run(lambda tx: tx.members("admin")) == ()


def tag(name: str, dated: datetime | None = None) -> Tag:
    return Tag(name=name, object_sha="0" * 40, commit="c" * 40, dated=dated)


async def test_tags_are_told_newest_version_first(store: SqlStore) -> None:
    dated = datetime(2024, 3, 20, 9, 30, tzinfo=UTC)
    kept = [tag("v1.9.0"), tag("latest"), tag("v1.10.0", dated), tag("v1.10.0-rc.1")]
    await store.run(lambda tx: tx.keep_tags("acme/app", kept))
    assert await store.run(lambda tx: tx.tags("acme/app")) == (
        tag("v1.10.0", dated),
        tag("v1.10.0-rc.1"),
        tag("v1.9.0"),
        tag("latest"),
    )


async def test_tags_are_replaced_in_their_own_repository(store: SqlStore) -> None:
    await store.run(lambda tx: tx.keep_tags("acme/app", [tag("v1.0.0"), tag("v1.1.0")]))
    await store.run(lambda tx: tx.keep_tags("acme/web", [tag("v7.0.0")]))
    await store.run(lambda tx: tx.keep_tags("acme/app", [tag("v1.1.0")]))
    assert await store.run(lambda tx: tx.tags("acme/app")) == (tag("v1.1.0"),)
    await store.run(lambda tx: tx.keep_tags("acme/app", []))
    assert await store.run(lambda tx: tx.tags("acme/app")) == ()
    assert await store.run(lambda tx: tx.tags("acme/web")) == (tag("v7.0.0"),)


async def test_a_duty_is_due_when_it_was_set(store: SqlStore) -> None:
    assert await store.run(lambda tx: tx.duty("tags")) is None
    await store.run(lambda tx: tx.set_duty("tags", START))
    assert await store.run(lambda tx: tx.duty("tags")) == START
    later = START + timedelta(minutes=5)
    await store.run(lambda tx: tx.set_duty("tags", later))
    assert await store.run(lambda tx: tx.duty("tags")) == later


async def test_it_is_known_when_people_were_read(store: SqlStore, clock: HandClock) -> None:
    assert await store.run(lambda tx: tx.people_seen_at()) is None
    await store.run(lambda tx: tx.keep_people([(BO, "Bo"), (DEE, "Dee")]))
    clock.forward(minutes=5)
    assert await store.read(lambda tx: tx.people_seen_at()) == START
