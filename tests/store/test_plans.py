"""What is asked all the time is answered from an index, however long the history is."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection, event

from bot.adapters.store.database import open_database
from bot.adapters.store.store import Transaction
from bot.domain.deployments.searches import Search
from bot.domain.deployments.states import State
from bot.ports import Tx
from tests.store.samples import START
from tests.store.test_history import a_record

QUESTIONS: dict[str, tuple[Callable[[Tx], object], str]] = {
    "holder": (lambda tx: tx.holder("app", "production"), "deployments_slot"),
    "dry run": (lambda tx: tx.dry_run("U0ANA", "app", "production"), "deployments_dry_run"),
    "unfinished": (lambda tx: tx.unfinished(), "deployments_unfinished"),
    "due": (lambda tx: tx.due(START), "deployments_unfinished"),
    "next due": (lambda tx: tx.next_due(), "deployments_unfinished"),
    "chores": (
        lambda tx: tx.chores(),
        "deployments_unfinished.*deployments_stale_card.*outbox_open.*incidents_due.*"
        "incidents_stale_room.*pages_due.*status_posts_due.*own_channels_due.*incidents_draft",
    ),
    "sending": (lambda tx: tx.sending("acme/app", "release.yml"), "deployments_unfinished"),
    "pinned": (lambda tx: tx.pinned(), "deployments_pinned"),
    "annotations due": (lambda tx: tx.annotations_due(START), "annotations_due"),
    "live": (lambda tx: tx.live("app", "production"), "deployments_live"),
    "standings": (
        lambda tx: tx.standings([("app", "production"), ("web", "staging")]),
        "deployments_live.*deployments_(unfinished|slot)",
    ),
    "history": (lambda tx: tx.history(None, None, limit=10), "deployments_history"),
    "history of a service": (
        lambda tx: tx.history("app", "production", limit=10),
        "deployments_service_history",
    ),
    "all of the history": (lambda tx: tx.search(Search(), limit=10), "deployments_history"),
    "what a person asked for": (
        lambda tx: tx.search(Search(person="U0ANA"), limit=10),
        "deployments_of_requested_by",
    ),
    "where a version went": (
        lambda tx: tx.search(Search(version="v1.2.1"), limit=10),
        "deployments_of_version",
    ),
    "what failed": (
        lambda tx: tx.search(Search(states=frozenset({State.FAILED})), limit=10),
        "deployments_not_succeeded",
    ),
    "claimed runs": (lambda tx: tx.claimed_runs("acme/app"), "deployments_run"),
    "stale cards": (lambda tx: tx.stale_cards(), "deployments_stale_card"),
    "posts due": (lambda tx: tx.posts_due(START), "outbox_open"),
    "pages due": (lambda tx: tx.pages_due(START), "pages_due"),
    "status posts due": (lambda tx: tx.status_posts_due(START), "status_posts_due"),
    "status post": (lambda tx: tx.status_post(1), "status_posts_incident"),
    "maintenance": (lambda tx: tx.maintenance(1), "status_posts_deployment"),
    "maintenances": (lambda tx: tx.maintenances(), "status_posts_maintenance"),
    "maintenances over": (lambda tx: tx.maintenances_over(), "status_posts_maintenance"),
    "pages of an incident": (lambda tx: tx.pages(1), "pages_pager"),
    "stale rooms": (lambda tx: tx.stale_rooms(), "incidents_touched_room"),
    "resolved incidents": (lambda tx: tx.resolved_incidents(), "incidents_resolved"),
    "trail": (lambda tx: tx.trail("D1"), "audit_subject"),
    "audited subject": (lambda tx: tx.audited("D1", None, limit=10), "audit_subject"),
    "audited person": (lambda tx: tx.audited(None, "U0ANA", limit=10), "audit_actor"),
    "forgotten requests": (lambda tx: tx.forget_requests(START), "ix_inbox_received_at"),
}


def plan(
    connection: Connection, ask: Callable[[Tx], object], now: datetime, *, is_empty: bool = True
) -> str:
    """How the database answers what a question asks it."""
    asked: list[tuple[str, Any]] = []

    def listen(_c: object, _cursor: object, sql: str, values: Any, *_: object) -> None:
        asked.append((sql, values))

    event.listen(connection, "before_cursor_execute", listen)
    ask(Transaction(connection, now))
    event.remove(connection, "before_cursor_execute", listen)
    explain = "EXPLAIN QUERY PLAN"
    if connection.dialect.name == "postgresql":
        explain = "EXPLAIN"
        # Each is right for an empty table.
        for other in ("seqscan", "bitmapscan") if is_empty else ():
            connection.exec_driver_sql(f"SET enable_{other} = off")
    plans = [connection.exec_driver_sql(f"{explain} {sql}", values) for sql, values in asked]
    return "\n".join(str(row[-1]) for rows in plans for row in rows)


@pytest.mark.parametrize(("ask", "index"), QUESTIONS.values(), ids=QUESTIONS)
async def test_an_index_answers(address: str, ask: Callable[[Tx], object], index: str) -> None:
    database = open_database(address)
    found = await database.transact(lambda connection: plan(connection, ask, START))
    await database.close()
    assert re.search(index, found, re.DOTALL), found


@pytest.mark.parametrize("question", ["unfinished", "pinned"])
async def test_a_long_history_that_was_just_taken_in_is_not_looked_through(
    address: str, question: str
) -> None:
    """Of thousands of rows none is unfinished, and the database knows that at once."""
    ask, index = QUESTIONS[question]
    database = open_database(address)

    def take_in(connection: Connection) -> str:
        records = [a_record(id=f"D{number}") for number in range(1, 3001)]
        Transaction(connection, START).bring_in(records, ())
        return plan(connection, ask, START, is_empty=False)

    found = await database.transact(take_in)
    await database.close()
    assert re.search(index, found), found
