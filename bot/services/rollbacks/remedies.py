"""Remedies: what people have made at GitHub after a rollback, asked for inside one transaction."""

from collections.abc import Sequence

from bot.config import Config
from bot.domain.deployments.changes import Change
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind, State
from bot.domain.errors import Refusal
from bot.domain.incidents import incident_rules
from bot.domain.incidents.incidents import number_in
from bot.domain.rollbacks import remedies
from bot.domain.rollbacks.remedies import Remedy, RemedyKind, RemedyState
from bot.messages.blocks import Message
from bot.messages.rollbacks import remedies as messages
from bot.ports import Post, Tx
from bot.services.deployments.decisions import load
from bot.services.deployments.requests import as_before
from bot.services.desk import card_key, reply
from bot.services.incidents import incident_room as room
from bot.services.incidents import incidents
from bot.services.incidents.incident_room import PRODUCTION
from bot.services.rollbacks import caring


def follow(config: Config, tx: Tx, old: Deployment, new: Deployment) -> None:
    """When a rollback of production succeeds, offer what there is to do, and have an issue for the
    findings where no incident has its post-mortem.
    """
    if new.state is not State.SUCCEEDED or old.state is State.SUCCEEDED or new.dry_run:
        return
    if new.kind is not Kind.ROLLBACK or new.environment != PRODUCTION:
        return
    tx.post(reply(config, new, "remedies", messages.offered(new)))
    settings = config.services[new.service].aftercare if new.service in config.services else None
    if settings is None or not settings.findings or _has_incident(tx, new.service):
        return
    owner = config.people[settings.owner].slack if settings.owner else new.requested_by
    tx.add_remedy(_of(new, RemedyKind.FINDINGS, owner, tx))


def _has_incident(tx: Tx, service: str) -> bool:
    return any(one.service == service and not one.drill for one in tx.open_incidents())


def may_revert(tx: Tx, deployment_id: int, slack_id: str) -> tuple[Deployment, Sequence[Change]]:
    """The rollback and what can be reverted of it, if this person may ask for that."""
    rollback = caring.may_care(tx, deployment_id, slack_id)
    found = remedies.revertible(rollback.changes, tx.remedies_of(rollback.name))
    if not found:
        raise Refusal(
            "nothing_to_revert",
            "No pull request is left to revert: what {name} took away came without one, could not "
            "be read, or is reverted already (see its thread).",
            name=rollback.name,
        )
    return rollback, found


def revert(tx: Tx, deployment_id: int, number: int, slack_id: str) -> Message:
    """Record that somebody wants a pull request reverted; the tick has it done."""
    rollback = caring.may_care(tx, deployment_id, slack_id)
    change = remedies.chosen(rollback.changes, number)
    wish = _of(rollback, RemedyKind.REVERT, slack_id, tx)
    return want(tx, wish.with_(pull=number, title=change.title))


def may_fix(tx: Tx, subject: str, slack_id: str) -> tuple[Deployment, str]:
    """What is live where a hotfix would start, and what it would be about, if this person may begin
    one for this rollback or incident.
    """
    if subject.startswith("INC-"):
        incident = incidents.load(tx, number_in(subject))
        incident_rules.may_decide(incident, as_before(tx, slack_id))
        if incident.drill or not incident.is_open:
            why = "only a drill" if incident.drill else "over"
            text = "Nothing was done: {name} is {why}."
            raise Refusal("no_hotfix", text, name=incident.name, why=why)
        service, about = incident.service, incident.title
    else:
        digits = subject.removeprefix("D")
        rollback = caring.may_care(tx, int(digits) if digits.isdecimal() else 0, slack_id)
        service, about = rollback.service, rollback.reason
    live = tx.live(service, PRODUCTION)
    if live is None or not live.version:
        text = "I do not know which version of {service} is live, so a hotfix cannot start there."
        raise Refusal("nothing_live", text, service=service)
    return live, about


def fix(tx: Tx, subject: str, text: str, slack_id: str) -> Message:
    """Record that somebody begins a hotfix; the tick makes its branch."""
    live, _ = may_fix(tx, subject, slack_id)
    title = remedies.title_of(text)
    branch = remedies.branch_of(subject, title)
    wish = _of(live, RemedyKind.HOTFIX, slack_id, tx)
    return want(tx, wish.with_(subject=subject, version=live.version, title=title, branch=branch))


def write_findings(tx: Tx, deployment_id: int, slack_id: str) -> Message:
    """Try once more what failed."""
    rollback = caring.may_care(tx, deployment_id, slack_id)
    return want(tx, _of(rollback, RemedyKind.FINDINGS, slack_id, tx))


def want(tx: Tx, wish: Remedy) -> Message:
    """Note a wish, unless somebody had it before; one that failed begins anew."""
    before = next((one for one in tx.remedies_of(wish.subject) if _is_same(one, wish)), None)
    if before is None:
        kept = tx.add_remedy(wish)
    elif before.state is RemedyState.FAILED:
        kept = tx.save_remedy(before, _again(before, wish))
    else:
        return messages.there_already(before)
    detail = {"repo": kept.repo, "pull": kept.pull, "title": kept.title, "branch": kept.branch}
    tx.audit(wish.asked_by, f"{kept.kind}_wanted", kept.subject, **detail)
    return messages.wanted(kept)


def begun(tx: Tx, remedy: Remedy) -> None:
    """Let the announcement of the rollback, or the timeline of the incident, say what is there."""
    words = messages.under_way(remedy)
    if remedy.subject.startswith("INC-"):
        incident = tx.incident(number_in(remedy.subject))
        if incident is not None:
            what = f"#{remedy.number}" if remedy.number else remedy.branch
            room.note(tx, incident, f"Hotfix: {what}", by=remedy.asked_by)
    elif words:
        rollback = load(tx, int(remedy.subject.removeprefix("D")))
        if not rollback.mending or remedy.kind is RemedyKind.HOTFIX:
            tx.save(rollback, rollback.with_(mending=words))


def say(tx: Tx, config: Config, remedy: Remedy, word: str, message: Message) -> None:
    """A message in the thread of what it is about, once for each word."""
    number = number_in(remedy.subject) or int(remedy.subject.removeprefix("D"))
    thread = room.room_key if remedy.subject.startswith("INC-") else card_key
    tx.post(
        Post(
            key=f"remedy:{remedy.id}:{word}",
            channel=config.slack.channel,
            message=message,
            thread_of=thread(number),
        )
    )


def given_up(tx: Tx, remedy: Remedy) -> None:
    """Let the announcement of the rollback no longer say that a hotfix is under way."""
    words = messages.under_way(remedy)
    if remedy.kind is not RemedyKind.HOTFIX or remedy.subject.startswith("INC-"):
        return
    rollback = load(tx, int(remedy.subject.removeprefix("D")))
    if rollback.mending == words:
        made = (one for one in tx.remedies_of(remedy.subject) if one.state is RemedyState.DONE)
        left = next(filter(None, map(messages.under_way, made)), "")
        tx.save(rollback, rollback.with_(mending=left))


def _again(before: Remedy, wish: Remedy) -> Remedy:
    """What failed, begun anew; findings stay whose they are, and keep the mark that finds them."""
    changes = {
        "title": wish.title,
        "version": wish.version,
        "branch": wish.branch,
        "commit": before.commit if wish.branch == before.branch else "",
        "due_at": wish.due_at,
    }
    if wish.kind is not RemedyKind.FINDINGS:
        changes |= {"asked_by": wish.asked_by, "asked_at": wish.asked_at}
    return before.to(RemedyState.WANTED, **changes)


def _of(deployment: Deployment, kind: RemedyKind, slack_id: str, tx: Tx) -> Remedy:
    return Remedy(
        kind=kind,
        subject=deployment.name,
        service=deployment.service,
        environment=deployment.environment,
        repo=deployment.repo,
        asked_by=slack_id,
        asked_at=tx.now,
        due_at=tx.now,
    )


def _is_same(one: Remedy, wish: Remedy) -> bool:
    return (one.kind, one.pull) == (wish.kind, wish.pull)
