"""Outside: finds runs that somebody started without the bot, and follows them like its own."""

from dataclasses import replace
from datetime import timedelta

import structlog

from bot.domain.approvals.protection import Protection
from bot.domain.deployments import outside
from bot.domain.deployments.deployments import Binding, Deployment
from bot.domain.deployments.outside import Did, Outside, Place, Way
from bot.domain.deployments.replacing import gives_way_to_run
from bot.domain.deployments.runs import Progress, RunSummary, deployed_at, failure_of
from bot.domain.deployments.states import Kind, State
from bot.domain.errors import NotFound
from bot.domain.versions import of_commit
from bot.messages.deployments import outside as words
from bot.ports import Tx
from bot.services.desk import Desk, announce, direct
from bot.services.gates import evidence, monitoring, readiness
from bot.services.runs import lookouts, protecting, telling, warnings
from bot.services.runs.lookouts import Lookout, new_runs, pace

log = structlog.get_logger()

LOOK_SELDOM = timedelta(minutes=10)
"""The pause where the workflow is not to be found."""


LOOK_WHILE_TOLD = timedelta(minutes=2)
"""The pause where webhooks come in, which tell of a new run; it is for one that is lost."""


async def look(desk: Desk, lookout: Lookout) -> timedelta:
    """Look once for runs that are not known; how long to wait before looking again."""
    try:
        listed = await desk.github.runs(
            lookout.repo, lookout.workflow, dispatched_only=False, branch=lookout.branch
        )
    except NotFound:
        return LOOK_SELDOM
    login = await desk.github.login()
    new = await desk.store.read(lambda tx: new_runs(tx, lookout, listed, login))
    for place, runs in (await _by_place(desk, lookout, new)).items():
        await _settle_place(desk, lookout, place, runs)

    def keep(tx: Tx) -> bool:
        left = new_runs(tx, lookout, listed, login)
        since = outside.since(listed, (run for run in left if _is_followed(lookout, run)))
        if tx.lookout(lookout.repo, lookout.key) != since:
            tx.keep_lookout(lookout.repo, lookout.key, since)
        return telling.of_runs(tx, lookout.repo, tx.now - timedelta(days=1))

    told = await desk.store.run(keep)
    return max(LOOK_WHILE_TOLD, pace(desk.config)) if told else pace(desk.config)


def _is_followed(lookout: Lookout, run: RunSummary) -> bool:
    """Whether a run is to be followed at some time, as soon as its slot is free: of whose place
    nobody can tell, nothing but a warning ever comes.
    """
    return bool(lookout.branch) or outside.place_of(run, lookout.places) is not None


Runs = dict[tuple[str, str], list[RunSummary]]


async def _by_place(desk: Desk, lookout: Lookout, new: tuple[RunSummary, ...]) -> Runs:
    """The runs of each service and environment; a merge is for all of them."""
    if lookout.branch:
        return {place: list(new) for place in lookout.places}
    found: Runs = {}
    for run in new:
        place = outside.place_of(run, lookout.places)
        if place is None:
            await warnings.say_unclear(desk, lookout, run)
        else:
            found.setdefault(place, []).append(run)
    return found


async def _settle_place(
    desk: Desk, lookout: Lookout, place: tuple[str, str], runs: list[RunSummary]
) -> None:
    service, environment = place
    ids = [run.id for run in runs]

    def read(tx: Tx) -> tuple[Deployment | None, Deployment | None, dict[int, int]]:
        known = tx.attempts(lookout.repo, ids, place)
        return tx.holder(service, environment), tx.live(service, environment), known

    holder, live, known = await desk.store.read(read)
    is_free = _makes_way(holder, lookout.kind, is_merge=bool(lookout.branch))
    is_held = holder is not None and not lookout.branch  # of a merge that failed somebody is told
    open_runs = tuple(run for run in runs if run.attempt > known.get(run.id, 0))
    ended = {run.id: await _progress(desk, lookout, run) for run in open_runs if run.is_over}
    job = desk.job_of(service, environment, lookout.workflow)
    did = {number: outside.did(progress, job) for number, progress in ended.items()}
    live_at = live.live_at if live else None
    ways = outside.sort(open_runs, did, is_free=is_free, is_held=is_held, live_at=live_at)
    for run, way in sorted(ways, key=lambda found: found[1] is Way.WAIT):
        match way:
            case Way.RECORD:
                found = await _as_deployment(desk, lookout, place, run)
                await _record(desk, found, run, ended[run.id])
            case Way.FOLLOW:
                found = await _as_deployment(desk, lookout, place, run)
                compared = await _compared(desk, found, run, live)
                is_idle = did.get(run.id) is Did.NOTHING
                asked = await lookouts.asked_late(desk, run)
                await _follow(desk, compared, asked, is_idle=is_idle)
            case Way.WAIT:
                if not lookout.branch and did.get(run.id) is not Did.NOTHING:
                    await warnings.say_conflict(desk, place, run)


async def _progress(desk: Desk, lookout: Lookout, run: RunSummary) -> Progress:
    """The jobs of a run that is over; of one that was deleted since, what the list said."""
    try:
        return (await desk.github.run(lookout.repo, run.id))[1]
    except NotFound:
        return Progress(status=run.status, conclusion=run.conclusion)


def _makes_way(holder: Deployment | None, kind: Kind, *, is_merge: bool) -> bool:
    """Whether the slot is free, or what holds it gives way to a run of this kind."""
    return holder is None or gives_way_to_run(holder, kind, is_merge=is_merge)


async def _as_deployment(
    desk: Desk, lookout: Lookout, place: tuple[str, str], run: RunSummary
) -> Deployment:
    service, environment = place
    binding = await _bound(desk, lookout, run)
    version = outside.version_of(run)
    if lookout.branch and binding is not None:
        tags = await desk.store.read(lambda tx: tx.tags(lookout.repo))
        version = next(
            (tag.name for tag in tags if tag.commit == binding.commit),
            of_commit(lookout.branch, binding.commit),
        )
    person = next(
        (one for one in desk.config.people.values() if _is_login(one.github, run.actor)), None
    )
    asked = await lookouts.asked_late(desk, run)
    return Deployment(
        service=service,
        environment=environment,
        version=version,
        kind=lookout.kind,
        state=State.RUNNING,
        repo=lookout.repo,
        workflow=lookout.workflow,
        requested_by=person.slack if person else "",
        requested_by_github=run.actor,
        requested_at=run.began_at,
        adopted=bool(lookout.branch),
        outside=Outside(
            login=run.actor,
            event=run.event,
            late_for=asked.name if asked else "",
            ran=run.commit,
            is_merge=bool(lookout.branch),
        ),
        binding=binding,
        protection=await _guarded_by(desk, lookout, place, run),
        run_id=run.id,
        run_attempt=run.attempt,
        run_url=run.url,
        due_at=desk.now(),
    )


async def _guarded_by(
    desk: Desk, lookout: Lookout, place: Place, run: RunSummary
) -> Protection | None:
    """What is to hold a release back at GitHub, whoever started it. It is never answered there for
    what nobody asked for here; but who let it past is read.
    """
    is_release = lookout.kind is Kind.RELEASE and not lookout.branch
    return await protecting.of_attempt(desk, lookout.repo, place, run) if is_release else None


def _is_login(known: str | None, login: str) -> bool:
    return known is not None and known.casefold() == login.casefold()


async def _bound(desk: Desk, lookout: Lookout, run: RunSummary) -> Binding | None:
    """The commit that a run brings: what was merged, or what the version's tag stands for."""
    if lookout.branch:
        return Binding(tag_object="", commit=run.commit, workflow_blob="")
    version = outside.version_of(run)
    try:
        tag = await desk.github.tag(lookout.repo, version) if version else None
    except NotFound:
        return None
    return Binding(tag_object=tag.object_sha, commit=tag.commit, workflow_blob="") if tag else None


async def _compared(
    desk: Desk, found: Deployment, run: RunSummary, live: Deployment | None
) -> Deployment:
    """With what it changes, whether it goes back, and how fast production is before it."""
    if not run.is_over and run.status != "in_progress":
        pace = await readiness.pace(desk, found)
        before = (*await monitoring.before(desk, found), *filter(None, [pace]))
        found = found.with_(before=before)
    if found.binding is None or live is None or found.outside is None or found.is_merge:
        return found
    base = live.binding.commit if live.binding else live.version or None
    changes = (await evidence.change_list(desk, found.repo, base, found.binding.commit)).kept
    if changes.base is not None and live.version:
        changes = replace(changes, base=live.version)
    older = outside.is_older(found.version, live.version, changes.ancestry)
    came = replace(found.outside, older_than=live.label) if older else found.outside
    back = live.in_history if found.kind is Kind.ROLLBACK else None
    return found.with_(changes=changes, outside=came, rolls_back=back)


async def _record(desk: Desk, found: Deployment, run: RunSummary, progress: Progress) -> None:
    """Keep for the history what ended before anybody looked, and was replaced since."""
    job, at = desk.deploy_job(found), run.updated_at
    failure, live_at = failure_of(progress, job), deployed_at(progress, job)
    over = found.with_(progress=progress, adopted=True)
    if failure is None:
        text = "Something later was live before I looked, so it was not validated."
        validating = over.to(State.VALIDATING, at)
        ended = validating.end(State.SUCCEEDED, at, "not_validated", text, live_at=live_at or at)
    else:
        text = f"{failure[0].upper()}{failure[1:]}"
        ended = over.end(State.FAILED, at, "run_failed", text, live_at=live_at)

    def keep(tx: Tx) -> None:
        if _is_known(tx, found):
            return
        saved = tx.add(ended)
        _note(tx, saved, "recorded")

    await desk.store.run(keep)


async def _follow(
    desk: Desk, found: Deployment, asked: Deployment | None, *, is_idle: bool
) -> None:
    """Give it the slot and a card; what only waited there gives way, though not to what did nothing
    (`is_idle`). `asked` is the deployment of ours whose run it is, though that was over before.
    """

    def keep(tx: Tx) -> None:
        holder = tx.holder(found.service, found.environment)
        is_free = _makes_way(holder, found.kind, is_merge=found.is_merge)
        if _is_known(tx, found) or not is_free or (is_idle and holder is not None):
            return
        if holder is not None:
            _displace(tx, holder, found)
        saved = tx.add(found)
        _note(tx, saved, "found_outside")
        if asked is not None:
            tx.post(announce(desk.config, saved, "late", words.late(saved, asked)))
        if saved.outside and saved.outside.older_than:
            tx.post(announce(desk.config, saved, "older", words.older(saved)))

    await desk.store.run(keep)
    log.info("found_outside", repo=found.repo, run=found.run_id, attempt=found.run_attempt)


def _is_known(tx: Tx, found: Deployment) -> bool:
    place = (found.service, found.environment) if found.is_merge else None
    run = found.run_id or 0
    return tx.attempts(found.repo, [run], place).get(run, 0) >= found.run_attempt


def _note(tx: Tx, saved: Deployment, action: str) -> None:
    tx.audit(
        "gonogo",
        action,
        saved.name,
        run_id=saved.run_id,
        attempt=saved.run_attempt,
        login=saved.outside.login if saved.outside else "",
        event=saved.outside.event if saved.outside else "",
        version=saved.version,
    )


def _displace(tx: Tx, holder: Deployment, found: Deployment) -> None:
    """End what only waited, or what a person had yet to decide about; its people are told."""
    text = words.displaced(holder, found)
    state = State.FAILED if holder.state is State.DEGRADED else State.CANCELLED
    ended = tx.save(holder, holder.end(state, tx.now, "superseded", text))
    tx.audit("gonogo", "superseded", ended.name, run_id=found.run_id)
    people = dict.fromkeys(filter(None, (ended.requested_by, *ended.approved_by)))
    for who in people:
        tx.post(direct(ended, "displaced", who, words.you_are_displaced(ended)))
