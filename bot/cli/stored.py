"""Stored: the commands that need nothing but the store."""

import asyncio
import gc
import json
import sys
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from bot import exchange, settings
from bot.adapters.clocks import SystemClock
from bot.adapters.store import (
    SqlStore,
    downgrade,
    is_current,
    only_instance,
    open_store,
    revisions,
    upgrade,
)
from bot.cli.ending import CLEAN, NEGATIVE, WRONG_CONFIGURATION, database_errors, stop
from bot.domain.metrics.metrics import Window
from bot.domain.rollbacks.rollback_target import choose
from bot.messages.knowing import figures
from bot.services.knowing import exchanging
from bot.services.knowing.measuring import measure
from bot.services.rollbacks.past import past

T = TypeVar("T")
Service = Annotated[str, typer.Option(help="its name")]
Environment = Annotated[str, typer.Option(help="production or staging")]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON")]

db = typer.Typer(no_args_is_help=True, help="The database.")
audit = typer.Typer(no_args_is_help=True, help="The audit trail.")
history = typer.Typer()


@db.command("upgrade")
def db_upgrade() -> None:
    """Create or upgrade the tables of DATABASE_URL."""
    with database_errors():
        asyncio.run(upgrade(settings.database_url()))


@db.command("downgrade")
def db_downgrade(
    revision: Annotated[str, typer.Argument(help="the one that the older gonogo names")],
) -> None:
    """Take the tables back for an older gonogo; what only the newer ones hold is lost.

    Stop every gonogo on this database and back it up first.
    """
    known = revisions()
    if revision not in known:
        text = f"there is no revision “{revision}”; known are {known[0]} to {known[-1]}"
        stop(WRONG_CONFIGURATION, text)
    with database_errors():
        address = settings.database_url()
        with only_instance(address):
            asyncio.run(downgrade(address, revision))
    typer.echo(f"the tables are those of {revision}")


@audit.command("verify")
def audit_verify(as_json: AsJson = False) -> None:
    """Recompute the hash chain of the audit trail."""
    found = _on_store(lambda store: store.verify_audit())
    if as_json:
        typer.echo(json.dumps(found))
    elif found["ok"]:
        typer.echo(f"{found['rows']} rows, head {found['head']}")
    else:
        typer.echo(f"row {found['row']}: {found['why']}")
    raise typer.Exit(CLEAN if found["ok"] else NEGATIVE)


@history.command("import")
def take_in(file: Annotated[Path, typer.Argument(help="JSON Lines, - for standard input")]) -> None:
    """Take in history, all of it or nothing; what is known already changes nothing."""
    gc.disable()  # it would look through all of the history again and again
    try:
        with nullcontext(sys.stdin.buffer) if str(file) == "-" else file.open("rb") as lines:
            found = exchange.read(lines)
    except OSError as error:
        stop(NEGATIVE, f"{file}: {error.strerror}")
    try:
        taken = _on_store(
            lambda store: store.run(
                lambda tx: exchanging.take_in(
                    tx, found.deployments, found.incidents, found.problems, found.unread
                )
            )
        )
    except exchanging.Unfit as error:
        stop(NEGATIVE, *error.problems)
    typer.echo(f"{taken.new} taken in, {taken.known} known already")


@history.command("export")
def give_out() -> None:
    """Print the whole history as JSON Lines."""
    records, incidents = _on_store(lambda store: store.read(lambda tx: tx.all_records()))
    for line in exchange.write(records, incidents):
        sys.stdout.write(f"{line}\n")


@history.command("metrics")
def show_metrics(
    service: Service,
    environment: Environment,
    start: Annotated[str, typer.Option("--from", help="first day, 2024-03-18")],
    end: Annotated[str, typer.Option("--to", help="the day after the last")],
    as_of: Annotated[
        str | None, typer.Option(help="2024-04-01T12:00:00Z; now, if left out")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print how often and how fast a service is delivered, and how often that fails."""
    first, last = _midnight(start, "--from"), _midnight(end, "--to")
    if last <= first:
        stop(WRONG_CONFIGURATION, "--to must be a later day than --from")
    seen = datetime.now(UTC) if as_of is None else _instant(as_of)
    window = Window(start=first, end=last, as_of=seen)
    found = _on_store(
        lambda store: store.read(lambda tx: measure(tx, service, environment, window))
    )
    if as_json:
        typer.echo(json.dumps(figures.as_plain(found), ensure_ascii=False))
    else:
        typer.echo(figures.as_lines(found))


@history.command("rollback-target")
def show_target(service: Service, environment: Environment, as_json: AsJson = False) -> None:
    """Print which version a rollback would go to."""
    records = _on_store(lambda store: store.read(lambda tx: past(tx, service, environment)))
    found = choose(records)
    answer = {name: asdict(found)[name] for name in ("live", "target", "refuse", "tainted")}
    if as_json:
        typer.echo(json.dumps(answer))
    elif found.refuse:
        typer.echo(f"{found.live or 'nothing'} is live; no target: {found.refuse}")
    else:
        typer.echo(f"{found.live} is live; a rollback goes to {found.target}")


def _on_store(work: Callable[[SqlStore], Awaitable[T]]) -> T:
    async def do(address: str) -> T:
        if not await is_current(address):
            text = "the database has no tables of this version; run: gonogo db upgrade"
            stop(WRONG_CONFIGURATION, text)
        store = open_store(address, SystemClock(), answers_within=None)
        try:
            return await work(store)
        finally:
            await store.close()

    with database_errors():
        return asyncio.run(do(settings.database_url()))


def _midnight(text: str, option: str) -> datetime:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        stop(WRONG_CONFIGURATION, f"{option} must be a day such as 2024-03-18: “{text}”")
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _instant(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        example = "2024-04-01T12:00:00Z"
        stop(WRONG_CONFIGURATION, f"--as-of must be a time such as {example}: “{text}”")
    return moment.astimezone(UTC)
