"""Releases: tags, releases and their notes at GitHub, made once and looked for before that."""

from datetime import timedelta

import structlog

from bot.domain.deployments.deployments import Deployment
from bot.domain.errors import Declined, Fault, NotFound, Refusal
from bot.domain.grammar import DeployWish
from bot.domain.people import Role
from bot.domain.releases.release_drafts import ReleaseDraft, ReleaseDraftState
from bot.domain.releases.release_notes import MAX_NOTES
from bot.domain.releases.release_notes import draft as drafted
from bot.domain.spans import span
from bot.domain.versions import Version
from bot.messages import releases as messages
from bot.messages.blocks import Message, refused
from bot.ports import Post, Release, Stale, Tx
from bot.services.deployments import requests
from bot.services.desk import Desk, retry_in
from bot.services.directory import look_up

log = structlog.get_logger()

LOST_AFTER = timedelta(seconds=60)
"""Whoever took a draft and said nothing by then is gone; what it made is looked for."""

TELL_AFTER = 3
"""Failures in a row after which the person is told that it takes longer."""

MAKE_WITHIN = timedelta(minutes=10)
"""What cannot be made in this time after somebody wanted it, because GitHub or the bot was away, is
not made any more.
"""


async def offer(desk: Desk, deployment: Deployment, branch: str) -> ReleaseDraft:
    """The draft of a release whose tag does not exist, for the deployment that asked for it.
    Raises Fault.
    """
    asked = ReleaseDraft(
        service=deployment.service,
        environment=deployment.environment,
        repo=deployment.repo,
        version=deployment.version,
        asked_by=deployment.requested_by,
        asked_in=deployment.asked_in,
        asked_at=desk.now(),
        deploys=True,
        dry_run=deployment.dry_run,
        reason=deployment.reason,
        for_incident=deployment.for_incident,
    )
    return await _without_tag(desk, asked, branch)


async def step(desk: Desk, draft_id: int) -> None:
    """Do what a draft waits for: its reading, or its making. Both can be done twice."""
    draft = await desk.store.run(lambda tx: _claim(tx, draft_id))
    if draft is None:
        return
    try:
        if draft.state is ReleaseDraftState.READING:
            await _read(desk, draft)
        elif draft.state is ReleaseDraftState.WANTED:
            with desk.github.urgently():
                await _make_in_time(desk, draft)
    except (Declined, NotFound) as no:
        await _fail(desk, draft, f"GitHub does not let me: {no.text}")
    except Fault as fault:
        await _put_off(desk, draft, fault)


def _claim(tx: Tx, draft_id: int) -> ReleaseDraft | None:
    """Nobody else does it meanwhile."""
    draft = tx.release_draft(draft_id)
    if draft is None or draft.due_at is None or tx.now < draft.due_at:
        return None
    return tx.save_release_draft(draft, draft.with_(due_at=tx.now + LOST_AFTER))


async def _read(desk: Desk, draft: ReleaseDraft) -> None:
    """What the form shows before anybody has changed anything."""
    workflow = desk.config.workflow(draft.service, draft.environment)
    if workflow is None:
        await _fail(desk, draft, f"{draft.service} is no longer in gonogo.yaml")
        return
    branch = (await desk.github.workflow(draft.repo, workflow)).branch
    try:
        tag = await desk.github.tag(draft.repo, draft.version)
    except NotFound:
        read = await _without_tag(desk, draft, branch)
    else:
        read = await _with_tag(desk, draft, tag.commit)
    if len(read.notes) > MAX_NOTES:
        await _fail(desk, draft, messages.too_long(len(read.notes)))
        return
    ready = read.to(ReleaseDraftState.READY)
    await _save(desk, draft, ready, messages.ready(ready))


async def _with_tag(desk: Desk, draft: ReleaseDraft, commit: str) -> ReleaseDraft:
    try:
        release = await desk.releases.release(draft.repo, draft.version)
    except NotFound:
        notes = await _draft_notes(desk, draft, commit)
        return draft.with_(title=draft.version, notes=notes, was=None)
    return draft.with_(title=release.title, notes=release.notes, was=release.notes)


async def _without_tag(desk: Desk, draft: ReleaseDraft, branch: str) -> ReleaseDraft:
    commits = await desk.releases.newest(draft.repo, branch)
    notes = await _draft_notes(desk, draft, commits[0].sha if commits else branch)
    return draft.with_(branch=branch, commits=commits, title=draft.version, notes=notes)


async def _draft_notes(desk: Desk, draft: ReleaseDraft, head: str) -> str:
    """Notes from everything since the version before this one."""
    wanted = Version.parse(draft.version)
    tags = await desk.github.tags(draft.repo)
    found = [(v, tag) for tag in tags if (v := Version.parse(tag.name)) and wanted and v < wanted]
    before = max(found, key=lambda pair: pair[0])[1].name if found else None
    listed = await desk.github.changes(draft.repo, before, head)
    return drafted(listed.changes, listed.url)


async def _make_in_time(desk: Desk, draft: ReleaseDraft) -> None:
    """What somebody wanted in the evening is not made, and asked to be deployed, in the night."""
    if desk.now() - draft.asked_at < MAKE_WITHIN:
        await _make(desk, draft)
    else:
        await _fail(desk, draft, f"that could not be done within {span(MAKE_WITHIN)}")


async def _make(desk: Desk, draft: ReleaseDraft) -> None:
    """The tag, then the release; each is looked for first, because an answer may have been lost."""
    person = await look_up(desk, draft.wanted_by or "", Role.DEPLOYER)
    if not person.holds(Role.DEPLOYER):
        await _fail(desk, draft, "you no longer hold the role deployer")
        return
    if draft.makes_tag and not await _has_tag(desk, draft):
        return
    release = await _published(desk, draft)
    if release.notes != draft.notes:
        await _fail(desk, draft, messages.CHANGED_MEANWHILE)
        return
    await _finish(desk, draft, release)


async def _has_tag(desk: Desk, draft: ReleaseDraft) -> bool:
    """Make sure that the tag stands at the chosen commit; False when it cannot."""
    repo, version = draft.repo, draft.version
    there = await _tagged(desk, draft)
    if there is None:
        if not await desk.github.is_on_branch(repo, draft.commit, draft.branch):
            await _fail(desk, draft, f"{draft.commit[:7]} is not on {draft.branch}")
            return False
        message = draft.title if draft.title != version else f"Release {version}"
        try:
            await desk.releases.create_tag(repo, version, draft.commit, message)
        except Declined:  # somebody may have made it since it was looked for
            there = await _tagged(desk, draft)
            if there is None:
                raise
    if there is not None and there != draft.commit:
        await _fail(desk, draft, f"the tag {version} exists by now, at {there[:7]}")
        return False
    return True


async def _tagged(desk: Desk, draft: ReleaseDraft) -> str | None:
    """The commit at which the tag stands, None where there is no such tag."""
    try:
        return (await desk.github.tag(draft.repo, draft.version)).commit
    except NotFound:
        return None


async def _published(desk: Desk, draft: ReleaseDraft) -> Release:
    """The release with the wanted notes, or as somebody else has written it meanwhile."""
    repo, tag = draft.repo, draft.version
    release = await _released(desk, draft)
    if release is None:
        try:
            return await desk.releases.create_release(repo, tag, draft.title, draft.notes)
        except Declined:  # somebody may have made it since it was looked for
            release = await _released(desk, draft)
            if release is None:
                raise
    if (release.title, release.notes) == (draft.title, draft.notes):
        return release
    if draft.was is None or release.notes != draft.was:
        return release
    return await desk.releases.edit_release(repo, release.number, draft.title, draft.notes)


async def _released(desk: Desk, draft: ReleaseDraft) -> Release | None:
    try:
        return await desk.releases.release(draft.repo, draft.version)
    except NotFound:
        return None


async def _finish(desk: Desk, draft: ReleaseDraft, release: Release) -> None:
    """Say so, and let the deployment that asked for it go on."""

    def keep(tx: Tx) -> None:
        tx.save_release_draft(draft, draft.to(ReleaseDraftState.DONE))
        detail = {"repo": draft.repo, "commit": draft.commit, "url": release.url}
        tx.audit(draft.wanted_by or "", "released", draft.version, **detail)
        tx.set_duty(f"tags:{draft.repo}", tx.now)
        tx.post(_tell(draft, "made", messages.made(draft, release.url)))
        if draft.deploys:
            tx.post(_tell(draft, "goes-on", _go_on(tx, desk, draft)))

    await desk.store.run(keep)
    desk.wake()


def _go_on(tx: Tx, desk: Desk, draft: ReleaseDraft) -> Message:
    try:
        return requests.deploy(tx, desk.config, _wish(draft), draft.wanted_by or "", draft.asked_in)
    except Refusal as refusal:
        return refused(refusal, desk.config.commands.model_dump())


def _wish(draft: ReleaseDraft) -> DeployWish:
    """The deployment that asked for it."""
    version = Version.parse(draft.version)
    if version is None:
        raise ValueError(f"{draft.version} is no version")
    return DeployWish(
        version=version,
        service=draft.service,
        environment=draft.environment,
        dry_run=draft.dry_run,
        incident=draft.for_incident,
        reason=draft.reason,
    )


async def _fail(desk: Desk, draft: ReleaseDraft, why: str) -> None:
    """Say so, and what was made all the same: a tag that stands can be deployed."""
    failed = draft.to(ReleaseDraftState.FAILED)
    actor = draft.wanted_by or draft.asked_by
    tag = await _left(desk, draft)
    deploys = f"{desk.config.commands.deploy} {_wish(draft)}" if draft.deploys else ""

    def keep(tx: Tx) -> None:
        tx.save_release_draft(draft, failed)
        tx.audit(actor, "release_failed", draft.version, repo=draft.repo, why=why, tag=tag)
        tx.post(_tell(draft, "failed", messages.failed(draft, why, tag, deploys)))

    await desk.store.run(keep)


async def _left(desk: Desk, draft: ReleaseDraft) -> bool | None:
    """Whether the tag that was wanted stands at its commit; None where GitHub does not say."""
    if draft.state is not ReleaseDraftState.WANTED or not draft.makes_tag:
        return False
    try:
        return await _tagged(desk, draft) == draft.commit
    except Fault:
        return None


async def _put_off(desk: Desk, draft: ReleaseDraft, fault: Fault) -> None:
    pause: timedelta = retry_in(draft.failures, fault.retry_after)
    later = draft.with_(due_at=desk.now() + pause, failures=draft.failures + 1)
    log.warning("release_waits", version=draft.version, error=fault.text, pause=str(pause))
    message = messages.takes_longer(draft, fault.text) if later.failures == TELL_AFTER else None
    await _save(desk, draft, later, message)


async def _save(desk: Desk, old: ReleaseDraft, new: ReleaseDraft, message: Message | None) -> None:
    def keep(tx: Tx) -> None:
        tx.save_release_draft(old, new)
        if message is not None:
            tx.post(_tell(new, str(new.state), message))

    try:
        await desk.store.run(keep)
    except Stale:
        desk.wake()


def _tell(draft: ReleaseDraft, word: str, message: Message) -> Post:
    """To the person whose turn it is, where they asked, else as a direct message."""
    who = draft.wanted_by or draft.asked_by
    key = f"draft:{draft.id}:{draft.failures}:{word}"
    if draft.asked_in is None:
        return Post(key=key, channel=who, message=message)
    return Post(key=key, channel=draft.asked_in, user=who, message=message)
