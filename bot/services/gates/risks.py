"""Risks: the facts of the risk line, from what was gathered and from the history."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.risk import LOOKS_BACK, Risk, failures, local_time
from bot.domain.deployments.states import Kind, State
from bot.domain.gates import Evidence
from bot.services.desk import Desk


async def risk(
    desk: Desk, deployment: Deployment, found: Evidence, live: Deployment | None
) -> Risk:
    """What it brings, at which hour, and how the last ones went."""
    now = desk.now()
    calendar = desk.config.calendar(deployment.service, deployment.environment, now)
    earlier = await desk.store.read(
        lambda tx: tx.history(deployment.service, deployment.environment, limit=3 * LOOKS_BACK)
    )
    failed, of = failures(_went_well(earlier))
    changes = found.changes
    return Risk(
        commits=changes.commits,
        files=changes.files,
        authors=len(changes.authors),
        migrations=None if found.migrations is None else len(found.migrations),
        local=local_time(now, calendar.zone if calendar else ZoneInfo("UTC")),
        live_at=live.live_at if live else None,
        failed=failed,
        of=of,
    )


def _went_well(newest_first: tuple[Deployment, ...]) -> Iterator[bool]:
    """For each that changed something: whether it succeeded, and was not rolled back next."""
    rolled_back = False
    for one in newest_first:
        if one.kind is Kind.ROLLBACK:
            rolled_back = rolled_back or one.state is State.SUCCEEDED
        elif _has_changed_something(one):
            yield one.state is State.SUCCEEDED and not rolled_back
            rolled_back = False


def _has_changed_something(one: Deployment) -> bool:
    is_ours = one.kind in (Kind.RELEASE, Kind.HOTFIX)
    has_ended = one.state in (State.SUCCEEDED, State.FAILED)
    return is_ours and has_ended and (one.run_id is not None or one.live_at is not None)
