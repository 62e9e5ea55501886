"""Remedying: having a remedy made at GitHub, by steps of the tick that can run twice."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TypeVar

import structlog

from bot.config.approval import is_team
from bot.domain.errors import Declined, Fault, NotFound, Unanswered
from bot.domain.rollbacks.remedies import Remedy, RemedyKind, RemedyState
from bot.messages.rollbacks import findings
from bot.messages.rollbacks import remedies as messages
from bot.ports import Pull, Tx
from bot.services.deployments.decisions import load
from bot.services.desk import Desk, retry_in
from bot.services.rollbacks.remedies import begun, given_up, say

T = TypeVar("T")
log = structlog.get_logger()

LOST_AFTER = timedelta(seconds=60)
"""A request whose answer has not come by then is lost, and what it made is looked for."""

LOOKED_FOR = timedelta(minutes=3)
"""How long; after that a person decides whether it is asked for once more."""

SKEW = timedelta(minutes=10)
"""By how much GitHub's clock and ours may differ."""

LOOK_OFTEN, LOOK_SELDOM = timedelta(minutes=1), timedelta(minutes=10)
OFTEN_FOR = timedelta(hours=2)
GIVEN_UP_AFTER = timedelta(days=14)
"""How the branch of a hotfix is looked at until it has a commit; a push is a reason as well."""

TELL_AFTER = 3
"""Failures in a row after which the thread is told that it takes longer."""


async def step(desk: Desk, remedy_id: int) -> None:
    """Do what a remedy waits for. What is definitely refused is told, all else looked at again."""
    remedy = await desk.store.run(lambda tx: _claim(tx, remedy_id))
    if remedy is None:
        return
    try:
        await _take(desk, remedy)
    except (Declined, NotFound) as no:
        await _fail(desk, remedy, f"GitHub says: {no.text}")
    except Unanswered as lost:
        await _put_off(desk, remedy, lost.text, LOST_AFTER)
    except Fault as fault:
        await _put_off(desk, remedy, fault.text, retry_in(remedy.failures, fault.retry_after))


async def _take(desk: Desk, remedy: Remedy) -> None:
    match remedy.kind:
        case RemedyKind.REVERT:
            await _revert(desk, remedy)
        case RemedyKind.HOTFIX if remedy.state is RemedyState.WANTED:
            await _branch(desk, remedy)
        case RemedyKind.HOTFIX:
            await _open(desk, remedy)
        case RemedyKind.FINDINGS:
            await _write_findings(desk, remedy)


async def _branch(desk: Desk, remedy: Remedy) -> None:
    """Make the branch at the live tag, unless it is there: a lost answer may have made it, or this
    remedy before it failed, and then people may have pushed to it.
    """
    tag = await desk.github.tag(remedy.repo, remedy.version)
    try:
        there = await desk.pulls.branch(remedy.repo, remedy.branch)
    except NotFound:
        await desk.pulls.create_branch(remedy.repo, remedy.branch, tag.commit)
    else:
        if tag.commit not in (there, remedy.commit):
            await _fail(desk, remedy, messages.taken(remedy, there))
            return

    def keep(tx: Tx) -> None:
        now = tx.remedy(remedy.id) or remedy
        there = now.to(RemedyState.BRANCHED, commit=tag.commit, due_at=tx.now + LOOK_OFTEN)
        saved = tx.save_remedy(now, there)
        tx.audit(saved.asked_by, "hotfix_begun", saved.subject, branch=saved.branch)
        begun(tx, saved)
        say(tx, desk.config, saved, f"branched:{saved.revision}", messages.branched(saved))

    await desk.store.run(keep)


async def _open(desk: Desk, remedy: Remedy) -> None:
    """Open the pull request once there is something to review, with its label and reviewers."""
    service = desk.config.services.get(remedy.service)
    if service is None:
        await _fail(desk, remedy, f"{remedy.service} is no longer in gonogo.yaml")
        return
    since = remedy.asked_at - SKEW
    there = await desk.pulls.pull_from(remedy.repo, remedy.branch, since)
    pull = there or await _opened(desk, remedy, service.workflow)
    if pull is None:
        return
    settings = service.aftercare
    teams = [name.rpartition("/")[2] for name in settings.reviewers if is_team(name)]
    people = [desk.config.people[n].github or "" for n in settings.reviewers if not is_team(n)]
    troubles = []
    try:
        await desk.pulls.label(remedy.repo, pull.number, settings.label)
    except (Declined, NotFound) as no:
        troubles.append(f"It has no label {settings.label}: {no.text}")
    try:
        if people or teams:
            await desk.pulls.ask_reviews(remedy.repo, pull.number, people, teams)
    except (Declined, NotFound) as no:
        troubles.append(f"Nobody was asked to review it: {no.text}")
    await _made(desk, remedy, pull, found=there is not None, troubles=troubles)


async def _opened(desk: Desk, remedy: Remedy, workflow: str) -> Pull | None:
    """The pull request; None as long as the branch has no commit of its own."""
    base = (await desk.github.workflow(remedy.repo, workflow)).branch
    ahead = 0
    if await desk.pulls.branch(remedy.repo, remedy.branch) != remedy.commit:
        ahead, _ = await desk.github.distance(remedy.repo, base, remedy.branch)
    if ahead:
        wish = (remedy.branch, base, remedy.title, messages.hotfix_body(remedy))
        return await desk.pulls.open_pull(remedy.repo, *wish)
    age = desk.now() - remedy.asked_at
    if age > GIVEN_UP_AFTER:
        await _fail(desk, remedy, f"the branch got no commit within {GIVEN_UP_AFTER.days} days")
    else:
        pause = LOOK_OFTEN if age < OFTEN_FOR else LOOK_SELDOM
        await desk.store.run(lambda tx: _note(tx, remedy, due_at=tx.now + pause, failures=0))
    return None


async def _write_findings(desk: Desk, remedy: Remedy) -> None:
    """Open the issue, unless it is there: a lost answer may have opened it."""
    title, body, login = await desk.store.read(lambda tx: _findings(tx, remedy))
    issue = await desk.github.find_issue(remedy.repo, remedy.mark, remedy.asked_at - SKEW)
    if issue is None:
        people = (login,) if login else ()
        try:
            issue = await desk.github.create_issue(remedy.repo, title, body, people)
        except Declined:
            if not people:
                raise
            # Whom GitHub cannot assign is still named in the text.
            issue = await desk.github.create_issue(remedy.repo, title, body)
    await _made(desk, remedy, Pull(number=issue.number, url=issue.url or ""), found=False)


def _findings(tx: Tx, remedy: Remedy) -> tuple[str, str, str | None]:
    rollback = load(tx, int(remedy.subject.removeprefix("D")))
    left = tx.deployment_in_history(rollback.rolls_back) if rollback.rolls_back else None
    owner, _ = tx.actor(remedy.asked_by)
    body = findings.body(remedy, rollback, left, owner.github, tx.name_of)
    return findings.title(rollback, left), body, owner.github


async def _revert(desk: Desk, remedy: Remedy) -> None:
    """Look whether somebody or a lost request made it; else ask for it, once."""
    there = await desk.pulls.revert_of(remedy.repo, remedy.pull)
    if there is not None:
        await _made(desk, remedy, there, found=remedy.sent_at is None)
    elif remedy.sent_at is None:
        title, body = messages.revert_title(remedy), messages.revert_body(remedy)
        wish = (remedy.repo, remedy.pull, title, body)
        pull = await _once(desk, remedy, lambda: desk.pulls.revert(*wish))
        await _made(desk, remedy, pull, found=False)
    elif desk.now() - remedy.sent_at < LOOKED_FOR:
        await _put_off(desk, remedy, "its answer was lost, and it is not to be seen", LOST_AFTER)
    else:
        await _fail(desk, remedy, "GitHub's answer was lost, and nothing is to be seen there")


async def _once(desk: Desk, remedy: Remedy, send: Callable[[], Awaitable[T]]) -> T:
    """Send a request that must not be sent twice: that it leaves is noted before it does, and taken
    back where it surely did not.
    """
    await desk.store.run(lambda tx: _note(tx, remedy, sent_at=tx.now))
    try:
        return await send()
    except (Declined, NotFound, Unanswered):
        raise
    except Fault:
        await desk.store.run(lambda tx: _note(tx, remedy, sent_at=None))
        raise


def _claim(tx: Tx, remedy_id: int) -> Remedy | None:
    """Nobody else does it meanwhile."""
    remedy = tx.remedy(remedy_id)
    if remedy is None or remedy.due_at is None or tx.now < remedy.due_at:
        return None
    return tx.save_remedy(remedy, remedy.with_(due_at=tx.now + LOST_AFTER))


def _note(tx: Tx, remedy: Remedy, **changes: object) -> Remedy:
    now = tx.remedy(remedy.id) or remedy
    return tx.save_remedy(now, now.with_(**changes))


async def _made(
    desk: Desk, remedy: Remedy, pull: Pull, *, found: bool, troubles: Sequence[str] = ()
) -> None:
    def keep(tx: Tx) -> None:
        now = tx.remedy(remedy.id) or remedy
        saved = tx.save_remedy(now, now.to(RemedyState.DONE, number=pull.number, url=pull.url))
        detail = {"pull": pull.number, "url": pull.url, "found": found}
        tx.audit(saved.asked_by, f"{saved.kind}_made", saved.subject, **detail)
        begun(tx, saved)
        told = messages.made(saved, found=found, troubles=troubles)
        say(tx, desk.config, saved, f"made:{saved.revision}", told)

    await desk.store.run(keep)


async def _fail(desk: Desk, remedy: Remedy, why: str) -> None:
    def keep(tx: Tx) -> None:
        now = tx.remedy(remedy.id) or remedy
        saved = tx.save_remedy(now, now.to(RemedyState.FAILED, trouble=why))
        tx.audit(saved.asked_by, f"{saved.kind}_failed", saved.subject, why=why)
        given_up(tx, saved)
        say(tx, desk.config, saved, f"failed:{saved.revision}", messages.failed(now, why))

    await desk.store.run(keep)


async def _put_off(desk: Desk, remedy: Remedy, why: str, pause: timedelta) -> None:
    log.warning("remedy_waits", subject=remedy.subject, kind=remedy.kind, error=why)

    def keep(tx: Tx) -> None:
        failures = remedy.failures + 1
        saved = _note(tx, remedy, due_at=tx.now + pause, failures=failures, trouble=why)
        if failures == TELL_AFTER:
            told = messages.takes_longer(saved, why)
            say(tx, desk.config, saved, f"waits:{saved.revision}", told)

    await desk.store.run(keep)
