"""Rehearsing: how a version could be gone back from, asked of every place without changing
anything.
"""

import asyncio
from dataclasses import replace

from bot.config.gates import gate_rules
from bot.domain.deployments import migrations
from bot.domain.deployments.changes import MOST_FILES
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind, State
from bot.domain.errors import Fault, NotFound
from bot.domain.gates import Gate, Policy
from bot.domain.metrics.history import Record, Result
from bot.domain.rollbacks.expectations import Expected
from bot.domain.rollbacks.rehearsal import Place, Rehearsal
from bot.domain.rollbacks.rollback_target import choose
from bot.domain.rollbacks.targets import Artifact
from bot.ports import Tag, Target, Tx
from bot.services.desk import Desk
from bot.services.rollbacks import artifacts, environments, expecting, rolling_back
from bot.services.rollbacks.past import blaming
from bot.services.runs import inputs

ANSWERS_WITHIN = 10.0
"""Seconds of real time for one place to say whether it could go back."""

WORKFLOW = "github_workflow"


async def known(desk: Desk, deployment: Deployment, commit: str = "") -> Rehearsal | None:
    """The rehearsal as it is known, asked anew when it is due; None where nobody wants one."""
    policy = _policy(desk, deployment)
    kept = deployment.rehearsal
    if policy is Policy.OFF or deployment.kind is Kind.ROLLBACK:
        return kept
    waits = deployment.state in (State.CHECKING, State.AWAITING_APPROVAL)
    if kept is not None and (desk.now() < kept.due_at or not (waits or policy is Policy.BLOCK)):
        return kept
    return await rehearse(desk, deployment, commit)


async def rehearse(desk: Desk, deployment: Deployment, commit: str = "") -> Rehearsal:
    """Where one would go back to from this version, and whether every place could; `commit` is what
    the version stands for, where that is not stored yet.
    """
    record, earlier = await desk.store.read(lambda tx: _history(tx, deployment))
    now = desk.now()
    if record is None:
        return Rehearsal(at=now)
    tag, why = await _tag(desk, deployment, record.version)
    ways = desk.targets_of(deployment)
    if ways:
        version, back = record.version, tag.commit if tag else None
        asked = [
            _target(desk, deployment, name, target, artifacts.known(earlier, version, back, name))
            for name, target in ways
        ]
        places = await asyncio.gather(*asked)
    else:
        places = [_untagged(deployment, why) if tag is None else await _workflow(desk, deployment)]
    bound = deployment.binding.commit if deployment.binding else deployment.version
    expected = expecting.after(earlier, desk.config, deployment.service, deployment.environment)
    named = {one.name: one for one in expected}
    between, unread = await _between(desk, deployment, tag, why, commit or bound)
    return Rehearsal(
        at=desk.now(),
        version=record.version,
        ran_as=record.id,
        places=tuple(_timed(p, named.get(p.name) if ways else expected[0]) for p in places),
        migrations=between,
        unread=unread,
    )


def _policy(desk: Desk, deployment: Deployment) -> Policy:
    rules = gate_rules(desk.config, deployment.service, deployment.environment)
    return rules.policy(Gate.WAY_BACK)


def _history(tx: Tx, deployment: Deployment) -> tuple[Record | None, tuple[Deployment, ...]]:
    """The record to go back to if this version went live and were bad, and what ran before it."""
    service, environment = deployment.service, deployment.environment
    records = blaming(tx, tx.records(service, environment))
    ended = [r for r in records if r.result is not None]
    bad = Record(
        id=deployment.name,
        service=service,
        environment=environment,
        version=deployment.version,
        result=Result.SUCCESS,
        requested_at=deployment.requested_at,
    )
    target = choose([*ended, bad]).target
    good = (r for r in reversed(ended) if r.result is Result.SUCCESS and r.version == target)
    return next(good, None), tx.history(service, environment, limit=expecting.LOOK_BACK)


async def _tag(desk: Desk, deployment: Deployment, version: str) -> tuple[Tag | None, str]:
    """The tag of the version, else why there is none; an empty reason where it is gone."""
    try:
        return await desk.github.tag(deployment.repo, version), ""
    except NotFound:
        return None, ""
    except Fault as fault:
        return None, f"{fault.system}: {fault.text}"


async def _target(
    desk: Desk, deployment: Deployment, name: str, target: Target, wanted: Artifact
) -> Place:
    settings = desk.config.environment(deployment.service, deployment.environment)
    kinds = {one.name: one.kind for one in settings.targets} if settings else {}
    place = Place(name=name, kind=kinds.get(name, ""), possible=None)
    try:
        async with asyncio.timeout(ANSWERS_WITHIN):
            plan = await artifacts.plan(target, wanted)
    except TimeoutError:
        return replace(place, text=f"no answer within {ANSWERS_WITHIN:g} s")
    except Fault as fault:
        return replace(place, text=fault.text)
    is_possible = not plan.obstacle and plan.wanted is not None
    return replace(
        place,
        possible=None if is_possible and plan.doubt else is_possible,
        text=plan.obstacle or plan.doubt,
        facts=plan.facts,
        takes=plan.takes,
        pinned=plan.current.pinned if plan.current else "",
    )


def _untagged(deployment: Deployment, why: str) -> Place:
    place = Place(name="workflow", kind=WORKFLOW, possible=None if why else False)
    return replace(place, text=why or f"{deployment.repo} has no such tag any more")


async def _workflow(desk: Desk, deployment: Deployment) -> Place:
    """Whether the workflow that goes back could be started, and what would hold its run back."""
    service = desk.config.services[deployment.service]
    name = service.rollback_workflow
    place = Place(name=name, kind=WORKFLOW, possible=None)
    try:
        found = await rolling_back.first_there(desk, deployment.repo, (name, service.workflow))
        if found is None:
            gone = f"{deployment.repo} has neither {name} nor its release workflow"
            return replace(place, possible=False, text=gone)
        places = await environments.of(desk.github, deployment.repo, found)
    except Fault as fault:
        return replace(place, text=f"{fault.system}: {fault.text}")
    place = replace(place, name=found.file)
    if not found.active:
        return replace(place, possible=False, text=f"{found.file} is disabled at GitHub")
    if missing := inputs.missing(found):
        needs = f"{found.file} needs inputs that I cannot fill: {', '.join(missing)}"
        return replace(place, possible=False, text=needs)
    possible = None if places.doubt else True
    return replace(place, possible=possible, text=places.doubt, facts=places.facts)


async def _between(
    desk: Desk, deployment: Deployment, tag: Tag | None, why: str, head: str
) -> tuple[tuple[migrations.Migration, ...] | None, str]:
    """The database changes between that version and this one, or why nobody can list them."""
    settings = desk.config.services.get(deployment.service)
    if settings is None or settings.migrations is None:
        return None, ""
    if tag is None:
        return (), why or "its tag is gone"
    try:
        found = await desk.github.compared(deployment.repo, tag.commit, head)
    except Fault as fault:
        return (), f"{fault.system}: {fault.text}"
    unread = "" if found.names_all_files else f"GitHub names only {MOST_FILES} of the files"
    return migrations.find(found.touched, settings.migrations.rule()), unread


def _timed(place: Place, expected: Expected | None) -> Place:
    """With how long it takes there: as it did the last time, as the place itself expects it now,
    else as is stated.
    """
    if place.possible is False or expected is None:
        return place
    takes = expected.takes if expected.was_timed else place.takes or expected.takes
    return replace(place, takes=takes, was_timed=expected.was_timed)
