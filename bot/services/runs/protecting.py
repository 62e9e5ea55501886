"""Protecting: whether a run would wait at GitHub for the approval, looked at before it is begun."""

import asyncio
from dataclasses import replace

from bot.config import Config
from bot.domain.approvals import protection as rules
from bot.domain.approvals.protection import Guarding, Mode, Protection
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.runs import RunSummary
from bot.domain.errors import NotFound
from bot.domain.gates import Verdict
from bot.ports import GitHub, Tx, Workflow
from bot.services.desk import Desk

MOST_LOOKED_AT = 200
"""Deployments among which the one is looked for that an earlier attempt was."""


def configured(config: Config, service: str, environment: str) -> Protection | None:
    """What is to hold the runs of one environment back; None where approval comes before."""
    settings = config.environment(service, environment)
    if settings is None or settings.approval.mode is Mode.SLACK:
        return None
    names = settings.approval.environments or (environment,)
    return Protection(mode=settings.approval.mode, environments=names)


async def of_attempt(
    desk: Desk, repo: str, place: tuple[str, str], run: RunSummary
) -> Protection | None:
    """What is to hold one attempt of a run back, with what was answered to those before where the
    last of them is known.
    """
    found = configured(desk.config, *place)
    if found is None or run.attempt == 1:
        return found

    def before(tx: Tx) -> Protection | None:
        attempts = (one for one in tx.history(*place, limit=MOST_LOOKED_AT) if one.run_id == run.id)
        of_it = (one for one in attempts if (one.repo, one.run_attempt + 1) == (repo, run.attempt))
        return next((one.protection for one in of_it), None)

    last = await desk.store.read(before)
    return replace(found, earlier=last.listed) if last else found


async def verdicts(desk: Desk, deployment: Deployment, workflow: Workflow) -> tuple[Verdict, ...]:
    """The verdict of the gate `protection`, where approval comes after the run; for what was begun
    already, the one that it was begun on.
    """
    if deployment.protection is None:
        return ()
    if deployment.run_id is not None:
        return tuple(found for found in deployment.verdicts if found.gate == "protection")
    job = desk.deploy_job(deployment) or ""
    return (await judge(desk.github, deployment.repo, deployment.protection, workflow, job),)


async def judge(
    github: GitHub, repo: str, protection: Protection, workflow: Workflow, job: str
) -> Verdict:
    """Whether a run of this workflow would wait, and for somebody whom we can answer for."""
    found, account, reviewer = await asyncio.gather(
        guarding(github, repo, protection), github.login(), github.reviewer()
    )
    places = workflow.environments
    return rules.judge(
        protection,
        found,
        workflow.waits_of(job),
        job=job,
        account=account,
        reviewer=reviewer,
        unrecorded={places[name]: name for name in sorted(workflow.unrecorded) if name in places},
    )


async def guarding(github: GitHub, repo: str, protection: Protection) -> tuple[Guarding, ...]:
    """How its environments are guarded; one that is not there, by nobody."""
    found = (guarded(github, repo, name) for name in protection.environments)
    return tuple(await asyncio.gather(*found))


async def guarded(github: GitHub, repo: str, environment: str) -> Guarding:
    """How one environment is guarded; one that is not there, by nobody."""
    try:
        return await github.guarding(repo, environment)
    except NotFound:
        return Guarding(environment=environment)
