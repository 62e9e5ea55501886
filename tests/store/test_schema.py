"""The migrations make exactly the tables that the store works with, and can be taken back."""

import asyncio
import re
import sys
import warnings
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import JSON, Column, Connection, DefaultClause, inspect, text

from bot.adapters.store import (
    Unusable,
    downgrade,
    is_current,
    make_current,
    open_store,
    revisions,
    tables,
    upgrade,
)
from bot.adapters.store.database import Database, open_database
from bot.domain.closures.freezes import SetFreeze
from bot.domain.closures.locks import Lock
from bot.domain.closures.windows import Freeze
from bot.domain.deployments.mirrors import Mirror
from bot.domain.deployments.sightings import Sighting
from bot.domain.deployments.staging import StagingCheck
from bot.domain.deployments.states import Kind
from bot.domain.metrics.homes import Figures
from bot.domain.people import Actor
from bot.domain.rollbacks.forerunners import Forerunner
from bot.ports import Tag, Tx
from tests.store.samples import (
    START,
    HandClock,
    a_card,
    a_page,
    a_picture_wish,
    a_post,
    a_release_draft,
    a_remedy,
    a_status_post,
    a_waiting_deployment,
    an_annotation,
    an_event,
    an_incident_record,
    an_inspection,
    an_own_channel,
)


@pytest.fixture
async def database(empty: str) -> AsyncIterator[Database]:
    opened = open_database(empty)
    yield opened
    await opened.close()


def defaults_differ(
    context: object, found: Column[Any], wanted: Column[Any], default: str | None, *_: object
) -> bool | None:
    """Of JSON columns by their text, because PostgreSQL cannot compare JSON; None leaves it to
    Alembic.
    """
    if not isinstance(wanted.type, JSON):
        return None
    text_of = wanted.server_default.arg if isinstance(wanted.server_default, DefaultClause) else ""
    return (default or "").partition("::")[0].strip("'") != str(text_of)


def differences(connection: Connection) -> list[object]:
    with warnings.catch_warnings(action="ignore"):  # an index over an expression is not compared
        context = MigrationContext.configure(
            connection, opts={"compare_server_default": defaults_differ}
        )
        return list(compare_metadata(context, tables.metadata))


def indexes(connection: Connection) -> dict[str, str]:
    """The definition of every index, predicates and expressions included."""
    listing = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
        "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    }
    rows = connection.execute(text(listing[connection.dialect.name]))
    return {name: re.sub(r"\s+", " ", sql) for name, sql in rows if name != "alembic_version_pkc"}


async def test_migrations_and_tables_are_the_same(empty: str, database: Database) -> None:
    await upgrade(empty)
    assert await database.transact(differences) == []
    migrated = await database.transact(indexes)
    await downgrade(empty, "base")
    await database.transact(tables.metadata.create_all)
    assert await database.transact(indexes) == migrated


async def test_a_database_is_current_only_after_the_upgrade(empty: str) -> None:
    assert not await is_current(empty)
    await upgrade(empty)
    await upgrade(empty)
    assert await is_current(empty)
    await downgrade(empty, "-1")
    assert not await is_current(empty)


async def test_what_a_newer_version_made_is_neither_used_nor_changed(
    empty: str, database: Database
) -> None:
    await upgrade(empty)
    newer = text("UPDATE alembic_version SET version_num = '9999'")
    await database.transact(lambda connection: connection.execute(newer))
    known = revisions()[-1]
    for use in (is_current, upgrade, make_current, lambda address: downgrade(address, known)):
        with pytest.raises(Unusable, match=rf"newer gonogo .*9999.*`gonogo db downgrade {known}`"):
            await use(empty)


async def test_what_is_older_is_not_taken_back_to_something_newer(empty: str) -> None:
    await upgrade(empty, "0040")
    with pytest.raises(Unusable, match="its tables are those of 0040, older than 0041"):
        await downgrade(empty, "0041")


UPGRADE = (
    "import asyncio, sys; from bot.adapters.store import upgrade; asyncio.run(upgrade(sys.argv[1]))"
)


async def test_two_replicas_may_upgrade_at_once(empty: str) -> None:
    command = (sys.executable, "-W", "error", "-c", UPGRADE, empty)
    upgrades = [await asyncio.create_subprocess_exec(*command) for _ in range(2)]
    assert [await one.wait() for one in upgrades] == [0, 0]
    assert await is_current(empty)


def fill(tx: Tx) -> None:
    """Something into every table."""
    deployment = tx.add(a_waiting_deployment())
    tx.keep_card(a_card(deployment))
    tx.sending(deployment.repo, deployment.workflow)
    tx.keep_lookout(deployment.repo, deployment.workflow, START)
    tx.keep_forerunners(
        [
            Forerunner(
                service="app",
                environment="production",
                run_id=7000,
                version="v1.1.0",
                kind=Kind.RELEASE,
                at=START,
            )
        ]
    )
    tx.keep_sighting(Sighting(service="app", environment="staging", at=START))
    check = StagingCheck(service="app", commit="a" * 40, item="loads", passed=True, at=START)
    tx.keep_staging_check(check)
    tx.first_time("Ev1", "events", "U0ANA")
    tx.post(a_post("card:1"))
    tx.audit("U0ANA", "requested", deployment.name)
    tx.keep_people([(Actor(slack_id="U0ANA"), "Ana")])
    tx.keep_tags("acme/app", [Tag(name="v1.2.1", object_sha="a" * 40, commit="b" * 40)])
    tx.add_lock(Lock(owner="U0ANA", reason="moving", set_at=START))
    year_end = Freeze(name="year-end", start=START, end=START + timedelta(days=9))
    tx.add_freeze(SetFreeze(freeze=year_end, set_by="U0DEE", set_at=START))
    tx.choose_letters("U0ANA", wanted=False)
    tx.keep_callback("acme/app", 7001, "production", "https://api.github.com/…")
    tx.set_duty("tags", START + timedelta(minutes=5))
    tx.add_mirror(Mirror(deployment=deployment.id, repo="acme/app", environment="production"))
    tx.set_twin_look(deployment.id, START)
    tx.add_release_draft(a_release_draft())
    tx.add_remedy(a_remedy())
    tx.add_inspection(an_inspection(1))
    tx.add_annotation(an_annotation(1))
    tx.want_picture(a_picture_wish())
    tx.want_home("U0ANA")
    tx.keep_figures([Figures(service="app", environment="staging", taken_at=START, days=28)])
    tx.bring_in((), [an_incident_record()])
    tx.add_event(an_event(1))
    tx.add_page(a_page(1))
    tx.add_status_post(a_status_post(1))
    tx.add_own_channel(an_own_channel(1))


async def test_a_database_in_use_goes_down_and_up_again(empty: str, database: Database) -> None:
    await upgrade(empty)
    store = open_store(empty, HandClock())
    await store.run(lambda tx: tx.seal())
    await store.run(fill)
    await store.run(lambda tx: tx.seal())
    await store.close()
    filled = await database.transact(row_counts)
    assert set(filled.values()) == {1}
    await downgrade(empty, "base")
    assert await database.transact(row_counts) == {"alembic_version": 0}
    await upgrade(empty)
    assert await is_current(empty)


def row_counts(connection: Connection) -> dict[str, int]:
    names = inspect(connection).get_table_names()
    return {
        name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()
        for name in names
    }
