"""Proving: what the end of a run tells about production, before production itself is asked."""

from dataclasses import replace
from datetime import datetime

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.runs import Progress, deployed_at
from bot.domain.deployments.validation import Outcome, Probe, Reading, Rule, Validation
from bot.domain.errors import NotFound
from bot.domain.rollbacks import switching
from bot.domain.versions import is_same
from bot.services.desk import Desk


async def begin(desk: Desk, deployment: Deployment) -> Validation:
    """The validation after a run that ended well, with what the run proved. Raises Fault."""
    progress = deployment.progress or Progress(status="completed")
    commit, workflow = await _commit(desk, deployment), _workflow(deployment, desk.now())
    now, rule, job = desk.now(), desk.rule(deployment), desk.deploy_job(deployment)
    readings = (
        *switching.readings(deployment.steps),
        _deploy_job(progress, job, now),
        _smoke(progress, rule, now),
        commit,
        workflow,
    )
    return Validation(
        started_at=now,
        deployed_at=deployed_at(progress, job),
        readings=tuple(filter(None, readings)),
    )


async def live_since(desk: Desk, deployment: Deployment) -> datetime | None:
    """Since when production runs this version although its run failed; None when it does not.

    What production tells outweighs the job that deployed.
    """
    progress = deployment.progress or Progress(status="completed")
    done = deployed_at(progress, desk.deploy_job(deployment))
    url = desk.health_url(deployment)
    if done is None or url is None:
        return done
    probe = await as_expected(desk, deployment, await desk.probes.health(url))
    is_theirs = not deployment.version or is_same(probe.version or "", deployment.version)
    if probe.version is None or is_theirs:
        return done
    return None


async def as_expected(desk: Desk, deployment: Deployment, probe: Probe) -> Probe:
    """The probe, with our own name for the version where it tells the commit or another tag of
    it.
    """
    told, bound = probe.version, deployment.binding
    if told is None or bound is None or is_same(told, deployment.version):
        return probe
    tags = await desk.store.read(lambda tx: tx.tags(deployment.repo))
    is_ours = is_same(told, deployment.version, bound.commit) or any(
        tag.commit == bound.commit and is_same(told, tag.name) for tag in tags
    )
    return replace(probe, version=deployment.version) if is_ours else probe


def _deploy_job(progress: Progress, name: str | None, now: datetime) -> Reading | None:
    if name is None or progress.stage(name) is not None:
        return None
    text = f"no job {name} in the run"
    return Reading(what="deploy_job", outcome=Outcome.NO_DATA, text=text, at=now)


def _smoke(progress: Progress, rule: Rule | None, now: datetime) -> Reading | None:
    """How the configured smoke test, a job or a step of the run, turned out."""
    name = rule.smoke if rule else None
    if rule is None or name is None:
        return None
    match progress.conclusion_of(name):
        case "success":
            outcome, text = Outcome.OK, "passed"
        case None:
            outcome, text = Outcome.NO_DATA, f"no job or step {name} in the run"
        case conclusion:
            outcome, text = Outcome.BAD, f"{name} was {conclusion}"
    return Reading(what="smoke", outcome=outcome, text=text, at=now, proves=rule.smoke_proves)


async def _commit(desk: Desk, deployment: Deployment) -> Reading | None:
    """Whether the tag stayed where it was approved, unless the run itself compared the commit."""
    approved, intent = deployment.binding, deployment.dispatch
    if approved is None or intent is None or intent.carries_sha:
        return None
    try:
        tag = await desk.github.tag(deployment.repo, deployment.version)
    except NotFound:
        text = f"the tag {deployment.version} was deleted while it was deployed"
    else:
        if tag.commit == approved.commit:
            text = f"{deployment.version} is still {deployment.short_sha}"
            return Reading(what="commit", outcome=Outcome.OK, text=text, at=desk.now())
        moved = f"{deployment.short_sha} → {tag.commit[:7]}"
        text = f"{deployment.version} moved {moved} while it was deployed"
    text += "; a commit that nobody approved may be live"
    return Reading(what="commit", outcome=Outcome.BAD, text=text, at=desk.now())


def _workflow(deployment: Deployment, now: datetime) -> Reading | None:
    """That the run was made of another workflow file than the approved one, if it was."""
    bound, intent = deployment.binding, deployment.dispatch
    if bound is None or intent is None or not intent.ran_another(bound.workflow_blob):
        return None
    text = f"the run was made of a {deployment.workflow} that nobody approved"
    return Reading(what="workflow", outcome=Outcome.BAD, text=text, at=now)
