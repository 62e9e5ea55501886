"""Readiness: what is read of staging, QA, health, who watches and the way back, for their gates."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from bot.domain.deployments import response_times
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.sightings import LOST_SIGHT
from bot.domain.deployments.staging import ITEMS
from bot.domain.deployments.validation import Probe, Reading
from bot.domain.gates import Gate, Staged
from bot.domain.people import Role
from bot.domain.rollbacks.rehearsal import Rehearsal
from bot.domain.versions import is_same, shown
from bot.ports import Tx
from bot.services.deployments import proving, watches
from bot.services.desk import Desk
from bot.services.gates import monitoring, sighting, staging
from bot.services.rollbacks import rehearsing

T = TypeVar("T")
LOOK_BACK = 50
"""How many earlier deployments are looked through."""


class Ask(Protocol):
    """Waits for what a gate needs, and gives `otherwise` where that is not to be had."""

    async def __call__(self, gate: Gate, answer: Coroutine[Any, Any, T], otherwise: T) -> T: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """What was read; see `bot.domain.gates.Evidence` for what each field means."""

    staged: Staged | str | None
    on_qa: str | None
    health: str | None
    pace: Reading | None
    monitors: tuple[Reading, ...]
    watchers: tuple[str, ...] | None
    watchers_beyond: int
    on_call: tuple[str, ...] | None
    way_back: Rehearsal | None


async def look(desk: Desk, deployment: Deployment, commit: str, ask: Ask) -> Readiness:
    """Read it all, side by side, and then the monitors."""
    nobody: tuple[tuple[str, ...], int] = ((), 0)
    staged, probe, watching, on_call, on_qa, way_back = await asyncio.gather(
        ask(Gate.STAGING, _staged(desk, deployment), None),
        _health(desk, deployment),
        ask(Gate.WATCH, _watchers(desk, deployment.service), nobody),
        ask(Gate.ON_CALL, _on_call(desk), ()),
        desk.store.read(lambda tx: _on_qa(desk, tx, deployment, commit)),
        rehearsing.known(desk, deployment, commit),
    )
    return Readiness(
        staged=staged,
        on_qa=on_qa,
        health=probe.problem if probe else None,
        pace=await _pace(desk, deployment, probe),
        monitors=await monitoring.before(desk, deployment),  # last: right before a change
        watchers=watching and watching[0],
        watchers_beyond=watching[1] if watching else 0,
        on_call=on_call,
        way_back=way_back,
    )


async def _staged(desk: Desk, deployment: Deployment) -> Staged | str | None:
    """What staging runs, and whether the process's items were found good for that commit."""
    service = deployment.service
    settings = desk.config.environment(service, "staging")
    if settings is None:
        return None
    if settings.health and (trouble := await _trouble(desk, service, settings.health)):
        return trouble
    if settings.checks:
        checks = {str(item): one for item, one in settings.checks.items()}
        await staging.check(desk, service, checks)
    found = await desk.store.read(lambda tx: tx.on_staging(service))
    if found is None:
        return "It is not known what staging runs"
    left = len(found.open_items)
    problem = "" if found.is_validated else f"{left} of {len(ITEMS)} items are open"
    return Staged(version=found.version, commit=found.commit, problem=problem)


async def _trouble(desk: Desk, service: str, url: str) -> str:
    """What is wrong with staging at this moment, so that what was found before proves nothing."""
    probe = await desk.probes.health(url)
    if probe.problem:
        return f"Staging is not healthy: {probe.problem}"
    live = await desk.store.read(lambda tx: tx.live(service, "staging"))
    if live is None:  # so it runs what it tells
        await sighting.look(desk, service, "staging", url)
        return ""
    told = (await proving.as_expected(desk, live, probe)).version
    if told is None or is_same(told, live.version):
        return ""
    return f"Staging tells {shown(told)}, not {live.label}"


async def _health(desk: Desk, deployment: Deployment) -> Probe | None:
    url = desk.health_url(deployment)
    return await desk.probes.health(url) if url else None


async def pace(desk: Desk, deployment: Deployment) -> Reading | None:
    """The response times before something changes."""
    return await _pace(desk, deployment, await _health(desk, deployment))


async def _pace(desk: Desk, deployment: Deployment, probe: Probe | None) -> Reading | None:
    if probe is None:
        return None
    place = (deployment.service, deployment.environment)
    seen = await desk.store.read(lambda tx: tx.sighting(*place))
    is_fresh = seen is not None and desk.now() - seen.at <= LOST_SIGHT
    samples = seen.samples if seen and is_fresh else ()
    return response_times.before(samples, None if probe.problem else probe.ms, desk.now())


async def _watchers(desk: Desk, service: str) -> tuple[tuple[str, ...], int] | None:
    """The names of those who watch, and how many more there are."""
    found = await watches.people(desk, service)
    return None if found is None else (tuple(account.name for account in found[0]), found[1])


async def _on_call(desk: Desk) -> tuple[str, ...] | None:
    """The names of those whom a pager would wake first; where none can be asked, the members of
    the group that is called then, and None where there is no such group.
    """
    paging = desk.config.incidents.paging
    if pagers := [pager for pager in desk.pagers.values() if pager.sees_answers]:
        told = await asyncio.gather(*(one.on_call(paging.escalation_policy) for one in pagers))
        return tuple(dict.fromkeys(name for names in told for name in names))
    if paging.group is None:
        return None
    people, _ = await watches.members(desk, [], [paging.group])
    return tuple(account.name for account in people)


def _on_qa(desk: Desk, tx: Tx, deployment: Deployment, commit: str) -> str | None:
    """Who of QA signed this commit off, on this card or on an earlier one."""
    if not desk.config.roles.get(Role.QA):
        return None
    current = tx.deployment(deployment.id) or deployment
    earlier = tx.history(deployment.service, None, limit=LOOK_BACK)
    same = (d for d in earlier if d.binding and d.binding.commit == commit)
    for one in (current, *same):
        for signed in one.sign_offs:
            if signed.item == Gate.QA:
                return tx.name_of(signed.by)
    return ""
