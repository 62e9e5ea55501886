"""Adoption: what a team already runs becomes history, so that the first card knows it, and what
ran well before it is known as well, so that the first rollback has somewhere to go.
"""

from collections.abc import Sequence
from datetime import timedelta

import structlog

from bot.config import EnvironmentConfig, ServiceConfig
from bot.domain.deployments.deployments import Binding, Deployment
from bot.domain.deployments.outside import Place
from bot.domain.deployments.runs import RunSummary, failure_of
from bot.domain.deployments.states import State
from bot.domain.errors import NotFound
from bot.domain.rollbacks import forerunners
from bot.domain.rollbacks.forerunners import Forerunner
from bot.domain.versions import Version
from bot.ports import Tx
from bot.services.desk import Desk
from bot.services.runs import lookouts

log = structlog.get_logger()
AGAIN = timedelta(minutes=5)
DONE = timedelta(days=3650)


async def adopt(
    desk: Desk,
    service: str,
    environment: str,
    config: ServiceConfig,
    settings: EnvironmentConfig,
    workflow: str,
) -> timedelta:
    """Record the live version, its run and those before it, as long as none is known; how long to
    wait before looking again.
    """
    live_known, ours = await desk.store.run(
        lambda tx: (_is_known(tx, service, environment), tx.claimed_runs(config.repo))
    )
    if live_known:
        return DONE
    try:
        listed = await desk.github.runs(config.repo, workflow, dispatched_only=False)
    except NotFound:
        listed = ()
    place = (service, environment)
    others = tuple(one for one in listed if one.id not in ours)
    answered = await _answered_version(desk, settings)
    run, live = await _brought(desk, place, config.repo, workflow, others, answered)
    if live is None:
        log.info("nothing_to_adopt", service=service, environment=environment)
        return AGAIN
    before = await _forerunners(desk, place, config.repo, workflow, live, others)
    found = await _as_deployment(desk, service, environment, config.repo, workflow, live, run)
    deployment = found.with_(healthy_at=desk.now() if answered else None)

    def keep(tx: Tx) -> timedelta:
        if _is_known(tx, service, environment):
            return DONE
        if _is_changing(tx, service, environment):
            return AGAIN
        if tx.first_time(f"adopt:{service}:{environment}", "adoption", "gonogo"):
            saved = tx.add(deployment)
            tx.keep_forerunners(before)
            seen = "health" if answered else "run"
            tx.audit(
                "gonogo",
                "adopted",
                saved.name,
                version=live,
                run_id=saved.run_id,
                seen_by=seen,
                before=[f"{one.version}: run {one.run_id}" for one in before],
            )
        return DONE

    return await desk.store.run(keep)


async def _brought(
    desk: Desk,
    place: Place,
    repo: str,
    workflow: str,
    listed: Sequence[RunSummary],
    answered: str | None,
) -> tuple[RunSummary | None, str | None]:
    """The newest run that deployed there, and the version that it brought; where health `answered`
    what is live, that one's. One whose job did nothing, and one of another place, tell nothing.
    """
    sharing = lookouts.sharing(desk.config, repo, workflow)
    good = forerunners.good_runs(listed, place, sharing)
    fitting = [(run, version) for run, version in good if answered in (None, version)]
    for run, version in fitting[: forerunners.MOST]:
        if await _has_deployed(desk, place, repo, run):
            return run, version
    return None, answered


async def _has_deployed(desk: Desk, place: Place, repo: str, run: RunSummary) -> bool:
    """Whether its jobs prove it; those of a run that was deleted prove nothing."""
    try:
        _, progress = await desk.github.run(repo, run.id)
    except NotFound:
        return False
    return failure_of(progress, desk.config.services[place[0]].deploy_job) is None


async def _forerunners(
    desk: Desk,
    place: Place,
    repo: str,
    workflow: str,
    live: str,
    listed: Sequence[RunSummary],
) -> tuple[Forerunner, ...]:
    """What the list of runs tells of earlier versions, each proven by the jobs of one run."""
    sharing = lookouts.sharing(desk.config, repo, workflow)
    runs = forerunners.runs_before(listed, live, place, sharing)
    proven = [live]
    for version, run in forerunners.newest_of_each(runs, live).items():
        if await _has_deployed(desk, place, repo, run):
            proven.append(version)
    people = {one.github: one.slack for one in desk.config.people.values() if one.github}
    return forerunners.forerunners(runs, proven, place, people)


def _is_known(tx: Tx, service: str, environment: str) -> bool:
    return tx.live(service, environment) is not None


def _is_changing(tx: Tx, service: str, environment: str) -> bool:
    """Whether what answers now may be the work of a deployment of ours that is under way."""
    holder = tx.holder(service, environment)
    return holder is not None and holder.dispatch is not None


async def _answered_version(desk: Desk, settings: EnvironmentConfig) -> str | None:
    """The version that the health URL tells, which outweighs what the last run was meant to do."""
    if settings.health is None:
        return None
    probe = await desk.probes.health(settings.health)
    found = Version.told(probe.version) if probe.version else None
    return str(found) if found else None


async def _as_deployment(
    desk: Desk,
    service: str,
    environment: str,
    repo: str,
    workflow: str,
    live: str,
    run: RunSummary | None,
) -> Deployment:
    binding = None
    try:
        tag = await desk.github.tag(repo, live)
        binding = Binding(tag_object=tag.object_sha, commit=tag.commit, workflow_blob="")
    except NotFound as unknown:
        log.info("adopted_without_tag", service=service, version=live, error=unknown.text)
    at = run.updated_at if run else desk.now()
    by = next((p.slack for p in desk.config.people.values() if run and p.github == run.actor), "")
    return Deployment(
        service=service,
        environment=environment,
        version=live,
        state=State.SUCCEEDED,
        adopted=True,
        repo=repo,
        workflow=workflow,
        requested_by=by,
        requested_at=run.created_at if run else at,
        reason="live before gonogo was set up",
        binding=binding,
        run_id=run.id if run else None,
        run_url=run.url if run else None,
        live_at=at,
        settled_at=at,
    )
