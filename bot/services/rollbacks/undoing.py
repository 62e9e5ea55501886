"""Undoing: what is asked of the database on the way back, by a workflow of the repository or in the
image of the newer version.
"""

from dataclasses import replace
from datetime import timedelta

from bot.config import Config
from bot.config.databases import DatabaseImage
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.migrations import Migration
from bot.domain.errors import Refusal
from bot.domain.gates.items import BACKUP
from bot.domain.rollbacks import undoing
from bot.domain.rollbacks.target_steps import TargetStep
from bot.domain.rollbacks.targets import Artifact
from bot.domain.rollbacks.undoing import Undoing
from bot.ports import Jobs, Tx
from bot.services.desk import Desk
from bot.services.rollbacks.host_step import HostStep
from bot.services.runs.workflow_step import WorkflowStep


def between(tx: Tx, takes_back: str | None, version: str) -> tuple[Migration, ...] | None:
    """The migrations since that version, as the rehearsal of what is taken back found them."""
    taken = named(tx, takes_back)
    return undoing.between(taken.rehearsal if taken else None, version)


def unread(tx: Tx, config: Config, service: str, takes_back: str | None, version: str) -> str:
    """Why the migrations since that version are not known, empty where they are."""
    if config.services[service].migrations is None or between(tx, takes_back, version) is not None:
        return ""
    taken = named(tx, takes_back)
    rehearsal = taken.rehearsal if taken else None
    is_of_it = rehearsal is not None and rehearsal.version == version
    return (is_of_it and rehearsal and rehearsal.unread) or "this way back was not rehearsed"


def offered(tx: Tx, config: Config, service: str, takes_back: str | None, version: str) -> int:
    """How many migrations could be undone before the code goes back; 0 where that is not offered.

    Of what never went live nobody knows how many of them were done, and what an earlier rollback
    of it began to undo is not undone again.
    """
    taken, found = named(tx, takes_back), between(tx, takes_back, version)
    settings = config.services[service].migrations
    if taken is None or taken.live_at is None or settings is None or not settings.can_ask:
        return 0
    if before(tx, takes_back):
        return 0
    return len(found) if found and all(one.has_down for one in found) else 0


def plan(
    tx: Tx, config: Config, service: str, takes_back: str | None, version: str, count: int
) -> Undoing | None:
    """What a person confirmed, compared with what is in between now; else what an earlier rollback
    did. Refuses what cannot be.
    """
    if not count:
        return before(tx, takes_back)
    undoing.require_reversible(between(tx, takes_back, version) or ())
    now = offered(tx, config, service, takes_back, version)
    taken, settings = named(tx, takes_back), config.services[service].migrations
    if now != count or taken is None or settings is None:
        raise Refusal(
            "migrations_changed",
            "Meanwhile {now} migrations could be undone, and not {then}. Nothing was done; ask "
            "again with {rollback}.",
            now=now,
            then=count,
        )
    people = config.people
    return Undoing(
        count=count,
        version=taken.version,
        commit=taken.binding.commit if taken.binding else "",
        backup=_backup(taken),
        call=tuple(people[n].slack if n in people else n for n in settings.call),
    )


async def step(
    desk: Desk, deployment: Deployment, one: TargetStep
) -> WorkflowStep | HostStep | None:
    """What one step is carried out by; None when that is no longer configured."""
    service = desk.config.services.get(deployment.service)
    settings = service.migrations if service else None
    if settings is None:
        return None
    if settings.image is not None:
        return await _on_host(desk, deployment, one, settings.image, settings.deadline)
    if settings.workflow is None:
        return None
    wish = deployment.undoing
    inputs = {"version": wish.version if wish else deployment.version, "command": one.command}
    commit = wish.commit if wish else (deployment.binding.commit if deployment.binding else "")
    if commit:
        inputs["sha"] = commit
    if one.command == "down" and wish:
        inputs["count"] = str(wish.count)
    return WorkflowStep(
        github=desk.github,
        clock=desk.clock,
        repo=deployment.repo,
        file=settings.workflow,
        job=settings.job,
        inputs=inputs,
        gives_up=settings.deadline,
        must_show=True,
    )


async def _on_host(
    desk: Desk, deployment: Deployment, one: TargetStep, asked: DatabaseImage, gives_up: timedelta
) -> HostStep | None:
    """In the image of the newer version: it alone has the files of the way down."""
    target = dict(desk.targets_of(deployment)).get(asked.target)
    if not isinstance(target, Jobs):
        return None
    wish, newer = deployment.undoing, deployment
    version, commit = newer.version, newer.binding.commit if newer.binding else None
    if wish is not None:
        version, commit = wish.version, wish.commit or None
        taken = await desk.store.read(lambda tx: named(tx, deployment.rolls_back))
        newer = taken or newer
    digest = newer.ran.get(asked.target, "") if newer.version == version else ""
    return HostStep(
        target=target,
        clock=desk.clock,
        image=Artifact(id=digest, version=version, commit=commit),
        words=asked.words(one.command, wish.count if wish else 0),
        gives_up=gives_up,
    )


def before(tx: Tx, takes_back: str | None) -> Undoing | None:
    """What an earlier rollback of it began to take back, whatever became of that rollback."""
    taken = named(tx, takes_back)
    if taken is None:
        return None
    there = tx.history(taken.service, taken.environment, limit=200)
    began = (d for d in there if d.rolls_back == taken.in_history and undoing.was_begun(d.steps))
    one = next(began, None)
    if one is None or one.undoing is None:
        return None
    return replace(
        one.undoing,
        count=0 if undoing.is_untouched(one.steps) else one.undoing.count,
        done_by=one.name,
        is_certain=undoing.was_done(one.steps),
        is_half_back=False,
    )


def named(tx: Tx, name: str | None) -> Deployment | None:
    """The deployment that histories know by that name; None where there is none."""
    return tx.deployment_in_history(name) if name else None


def _backup(live: Deployment) -> str:
    """The backup that somebody named when the migrations were approved, or that was read of."""
    named = (s.note for s in reversed(live.sign_offs) if s.item == BACKUP and s.note)
    return next(named, live.backup.id if live.backup else "")
