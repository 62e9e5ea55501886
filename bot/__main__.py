"""The command line: `gonogo serve` and what stands around it."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Annotated

import structlog
import typer

from bot import config, logs, manifest, needs, settings
from bot.adapters.store import AlreadyRunning, Unusable, is_current, only_instance, revisions
from bot.app import Bot
from bot.cli import stored
from bot.cli.ending import BUSY, CLEAN, NEGATIVE, WRONG_CONFIGURATION, stop
from bot.doctor import doctor, outage_doctor, outside_doctor, preflight
from bot.domain.closures import windows
from bot.domain.deployments.states import Kind
from bot.introduction import Refused

log = structlog.get_logger()
REFUSED = preflight.REFUSED

main = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__
)
main.add_typer(stored.db, name="db")
main.add_typer(stored.audit, name="audit")
main.add_typer(stored.history)


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gonogo {version('gonogo')}, tables {revisions()[-1]}")
        raise typer.Exit(CLEAN)


@main.callback()
def options(
    _: Annotated[
        bool,
        typer.Option(
            "--version",
            help="print the version, and the revision of the tables that it works with",
            callback=_tell_version,
            is_eager=True,
        ),
    ] = False,
) -> None:
    """What may stand before every command."""


@main.command()
def serve() -> None:
    """Run the bot until SIGTERM."""
    read, loaded = _configured()
    logs.configure(read.secrets())
    try:
        with only_instance(read.database_url):
            asyncio.run(_serve(read, loaded))
    except AlreadyRunning as busy:
        stop(BUSY, str(busy))
    except Refused as refused:
        stop(REFUSED, *map(str, refused.findings))
    except config.ConfigError as error:
        stop(WRONG_CONFIGURATION, *error.problems)
    except Unusable as error:
        stop(WRONG_CONFIGURATION, f"DATABASE_URL: {error}")


async def _serve(read: settings.Settings, loaded: config.Config) -> None:
    end = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end.set)
    bot = Bot(read, loaded)
    start = asyncio.create_task(bot.start(), name="start")
    told_to_end = asyncio.create_task(end.wait(), name="end")
    try:
        await asyncio.wait({start, told_to_end}, return_when=asyncio.FIRST_COMPLETED)
        if start.done():
            await start
            await told_to_end
    finally:
        start.cancel()
        await asyncio.wait({start})
        await bot.stop()
    # Not by returning: a thread that still waits for GitHub or a name server would hold up the end.
    sys.stderr.flush()
    os._exit(CLEAN)


@main.command()
def check() -> None:
    """Look at everything a real installation needs, and say what to do about what is missing."""
    read, loaded = _configured()
    logs.configure(read.secrets())
    try:
        findings = asyncio.run(_examine(read, loaded))
    except config.ConfigError as error:
        stop(WRONG_CONFIGURATION, *error.problems)
    width = max(len(finding.subject) for finding in findings)
    for finding in findings:
        word = {True: "ok", False: "PROBLEM", None: "unknown"}[finding.ok]
        action = f"\n{'':{width + 10}}→ {finding.action}" if finding.action else ""
        typer.echo(f"{finding.subject:<{width}}  {word:<7} {finding.text}{action}")
    raise typer.Exit(CLEAN if all(finding.ok for finding in findings) else NEGATIVE)


async def _examine(read: settings.Settings, loaded: config.Config) -> Sequence[preflight.Finding]:
    bot = Bot(read, loaded)
    app_token = read.slack_app_token

    async def database() -> str:
        return (
            ""
            if await is_current(read.database_url)
            else "its tables are not those of this version"
        )

    try:
        asked = await preflight.preflight(
            bot.chat,
            bot.github,
            bot_token=read.slack_bot_token.get_secret_value(),
            app_token=app_token.get_secret_value() if app_token else None,
        )
        found = await doctor.examine(
            loaded,
            chat=bot.chat,
            github=bot.github,
            rights=bot.github.rights,
            mirrors=bot.github.mirrors,
            probes=bot.probes,
            database=database,
        )
        now = bot.clock.now()
        around = await outside_doctor.look(bot.monitors.made, bot.targets.made, now)
        around += await outside_doctor.annotations(bot.annotators.made)
        if source := bot.targets.backups:
            around += await outside_doctor.backups(loaded, source, now)
        outage = await outage_doctor.look(
            loaded,
            bot.chat,
            bot.pagers.values(),
            bot.status_page,
            hears_monitors=bool(read.uptime_kuma_webhook_token),
        )
    finally:
        await bot.close()
    return (*asked, *found, *around, *outage)


@main.command("manifest")
def show_manifest(
    http: Annotated[
        str | None, typer.Option(help="public address of the bot, for HTTP mode")
    ] = None,
) -> None:
    """Print the Slack app manifest, with the command names of gonogo.yaml where there is one."""
    path = settings.config_path()
    try:
        commands = config.load_commands(path) if path.exists() else None
    except config.ConfigError as error:
        stop(WRONG_CONFIGURATION, *error.problems)
    typer.echo(manifest.render(commands, http_url=http), nl=False)


@main.command("windows")
def show_window(
    service: Annotated[str, typer.Option(help="its name in gonogo.yaml")],
    environment: Annotated[str, typer.Option(help="production or staging")],
    at: Annotated[str | None, typer.Option(help="2026-11-27T09:00:00Z; now, if left out")] = None,
    kind: Annotated[Kind, typer.Option(help="a rollback is never held up")] = Kind.RELEASE,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Say whether an environment may change at a time; if not, why, and from when on."""
    moment = datetime.now(UTC) if at is None else _instant(at)
    try:
        loaded = config.load(settings.config_path())
    except config.ConfigError as error:
        stop(WRONG_CONFIGURATION, *error.problems)
    for what, name, known in (
        ("service", service, tuple(loaded.services)),
        ("environment", environment, config.ENVIRONMENTS),
    ):
        if name not in known:
            stop(WRONG_CONFIGURATION, f"no {what} “{name}”; known: {', '.join(known)}")
    calendar = loaded.calendar(service, environment, moment)
    reasons = windows.closed_by(calendar, moment, kind) if calendar else ()
    opening = windows.next_open(calendar, moment) if calendar and reasons else None
    if as_json:
        told = opening.isoformat().replace("+00:00", "Z") if opening else None
        answer = {"allowed": not reasons, "blocked_by": reasons, "next_open": told}
        typer.echo(json.dumps(answer, ensure_ascii=False))
    else:
        typer.echo(
            windows.in_words(calendar, moment, kind) if calendar else "No windows: always open"
        )


def _instant(text: str) -> datetime:
    """An aware time in UTC; a calendar reaches neither the first nor the last years there are."""
    with contextlib.suppress(ValueError):
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None and 1970 <= moment.year < 2200:
            return moment.astimezone(UTC)
    stop(WRONG_CONFIGURATION, f"--at must be a time such as 2026-11-27T09:00:00Z: “{text}”")


@main.command(
    context_settings={
        "allow_extra_args": True,
        "ignore_unknown_options": True,
        "help_option_names": [],
    }
)
def demo(context: typer.Context) -> None:
    """Run the bot against a local Slack and GitHub."""
    from sandbox.demo import run  # nothing but the demo needs the sandbox

    raise typer.Exit(run(context.args))


def _configured() -> tuple[settings.Settings, config.Config]:
    problems: list[str] = []
    read: settings.Settings | None = None
    loaded: config.Config | None = None
    try:
        read = settings.read()
    except config.ConfigError as error:
        problems += error.problems
    try:
        loaded = config.load(read.gonogo_config if read else settings.config_path())
    except config.ConfigError as error:
        problems += error.problems
    if loaded is not None and problems:
        problems += needs.missing(loaded, settings.is_given)
    if read is None or loaded is None:
        stop(WRONG_CONFIGURATION, *problems)
    return read, loaded


if __name__ == "__main__":
    main()
