"""Notes: short answers to one person, thread replies and direct messages."""

from bot.domain.approvals.approvals import needed
from bot.domain.deployments.deployments import Deployment
from bot.domain.gates import Verdict, blocks
from bot.domain.gates import title as gate_title
from bot.domain.gates.items import title as item_title
from bot.domain.grammar import DeployWish
from bot.domain.versions import Version
from bot.messages import blocks as b
from bot.messages.blocks import Message
from bot.messages.deployments import assessments
from bot.messages.deployments.cards import changes, title, validation, waiting
from bot.messages.deployments.checks import reasons, verdict
from bot.messages.rollbacks import rehearsals

MOST_PEOPLE = 30
"""Mentions in one message; everybody is asked by direct message besides."""


def requested(deployment: Deployment, *, known: bool, fresh: bool) -> Message:
    """The answer to an accepted `/deploy`."""
    what = "Dry run of" if deployment.dry_run else "Checking"
    text = f"{what} {title(deployment)} ({deployment.name})."
    if not known:
        text += (
            f" I have not seen the tag {b.line(deployment.version, 64)} yet and ask GitHub for it."
        )
    if not fresh:
        text += " I am also checking who you are."
    if not deployment.dry_run:
        text += " The card follows in the channel."
    return Message(text)


def may_replace(holder: Deployment, wish: DeployWish) -> Message:
    """The answer to a request for a newer version while an older one only waits."""
    text = (
        f"{title(holder)} ({holder.name}) waits there. Nothing of it has been sent to GitHub, so "
        f"{b.line(wish.version, 64)} may take its place."
    )
    label = b.shorten(f"Replace {holder.name} ({holder.version})", 75)
    row = b.actions(f"replace:{holder.id}", b.button(label, "replace", f"{holder.id}:{wish}"))
    return Message(text, (b.section(text), row))


def replaced(old: Deployment, asked: Message) -> Message:
    """The answer once the newer version has taken the place."""
    return Message(f"{old.name} ({b.line(old.version, 64)}) is cancelled. {asked.text}")


def superseded(old: Deployment, version: Version, by: str) -> Message:
    """What those behind the older version are told."""
    return Message(
        f"{title(old)} ({old.name}) was not deployed: {b.mention(by)} asked for "
        f"{b.line(version, 64)} in its place."
    )


def approved(deployment: Deployment, *, fresh: bool) -> Message:
    """The answer to the Approve button."""
    given, wanted = len(deployment.approvals), needed(deployment)
    if given < wanted:
        then = f"That is {given} of {wanted} approvals; somebody else has to give the next one."
    else:
        goes = "it starts" if deployment.protection is None else "GitHub's gate is answered"
        then = (
            f"{goes[0].upper()}{goes[1:]} now." if fresh else f"Checking who you are, then {goes}."
        )
    return Message(f"You approved {title(deployment)} ({deployment.name}). {then}")


def decided(deployment: Deployment, word: str) -> Message:
    """The answer to a decision that was carried out."""
    return Message(f"{title(deployment)} ({deployment.name}): {word}.")


def closed_without_run(deployment: Deployment) -> Message:
    """The answer to Close as Failed where nobody knows whether its run comes."""
    later = "Should GitHub begin its run after all, it gets a card of its own and is told there"
    return decided(deployment, f"closed as failed. {later}")


def refused(deployment: Deployment, verdicts: tuple[Verdict, ...]) -> Message:
    """Why a request was refused: all reasons at once, each with its next action."""
    lines = [f"*{title(deployment)} was refused* ({deployment.name}); nothing was deployed."]
    lines.extend(reasons(blocks(verdicts)))
    if deployment.ending and not blocks(verdicts):
        lines.append(b.line(deployment.ending.text))
    return Message("\n".join(lines))


def blocked(deployment: Deployment, verdicts: tuple[Verdict, ...]) -> Message:
    """Why a request is not up for approval yet: all reasons at once, each with its next action."""
    lines = [
        f"*{title(deployment)} is blocked* ({deployment.name}); nothing is deployed.",
        *reasons(verdicts),
        "It is looked at again every minute, until it is open or expires. "
        "An approver or admin may lift a gate on the card, or you cancel it there.",
    ]
    return Message("\n".join(lines))


def lifted(deployment: Deployment, gates: tuple[str, ...], open_blocks: int) -> Message:
    """The answer to an override."""
    named = ", ".join(gate_title(gate) for gate in gates)
    text = f"You lifted {b.line(named)} for {title(deployment)} ({deployment.name}). "
    if open_blocks:
        return Message(text + "Something else still blocks it; see the card.")
    return Message(text + "It takes one approver more than usual now.")


def signed(deployment: Deployment, items: tuple[str, ...]) -> Message:
    """The answer to a sign-off."""
    named = ", ".join(f"“{item_title(item)}”" for item in items)
    return Message(f"You signed {named} of {title(deployment)} ({deployment.name}) off.")


def still_checking(deployment: Deployment) -> Message:
    """What the requester reads when the checks take long, with a way out; there is no card yet."""
    d = deployment
    text = f"{title(d)} ({d.name}) is still being checked. {waiting(d)}."
    control = b.actions(f"checking:{d.id}", b.button("Cancel", "cancel", str(d.id)))
    return Message(text, (b.section(text), control))


def plan(deployment: Deployment) -> Message:
    """What a dry run found; in paragraphs, so that however much it is nothing is cut off."""
    lines = [
        f"*Dry run: {title(deployment)}*, nothing was deployed.",
        *(f"• {verdict(found)}" for found in deployment.verdicts),
        *([rehearsals.way_back(deployment.rehearsal)] if deployment.rehearsal else []),
        *changes(deployment).split("\n"),
    ]
    return Message("\n".join(lines), b.sections(lines))


def asking(deployment: Deployment, approvers: tuple[str, ...], *, again: bool) -> Message:
    """The thread reply that mentions the approvers; edits of a card notify nobody."""
    if not approvers:
        return Message("Nobody but the requester may approve this: ask an admin for an approver.")
    people = " ".join(map(b.mention, approvers[:MOST_PEOPLE]))
    return Message(f"{people} {_waits(deployment, title(deployment), again=again)}")


def asking_you(deployment: Deployment, card_url: str | None, *, again: bool) -> Message:
    """The direct message to one approver, with the way to the card."""
    return Message(_waits(deployment, b.link(card_url, title(deployment)), again=again))


def _waits(deployment: Deployment, what: str, *, again: bool) -> str:
    still = "still waits" if again else "waits"
    until = f" It expires {b.clock_time(deployment.expires_at)}." if deployment.expires_at else ""
    return f"{what} ({deployment.name}) {still} for your approval.{until}"


def run_found(deployment: Deployment) -> Message:
    """The thread reply once the run is known."""
    run = b.link(deployment.run_url, f"Run {deployment.run_id}")
    return Message(f"{run} deploys {b.line(deployment.version, 64)} (`{deployment.short_sha}`).")


def evidence(deployment: Deployment) -> Message:
    """The thread reply with everything that validation read."""
    found = deployment.validation
    judged = f"\n{assessments.line(found)}" if found else ""
    return Message(f"{validation(deployment)}{judged}")


_MOST_IN_THREAD = 12_000
"""Characters; of many more in one message Slack says `msg_blocks_too_long`."""


def all_changes(deployment: Deployment) -> Message:
    """The thread reply with the changes that the card has no room for."""
    text = changes(deployment, most=100, room=_MOST_IN_THREAD)
    return Message(text, b.sections(text.split("\n")))


def settled(deployment: Deployment, why: str) -> Message:
    """What the requester is told when their request ended without them."""
    return Message(f"{title(deployment)} ({deployment.name}): {b.line(why)}")


def ended(deployment: Deployment, by: str) -> Message:
    """What the requester is told when somebody else ended their request."""
    ending = deployment.ending
    reason = f": {b.line(ending.text)}" if ending and ending.text else ""
    word = str(deployment.ends_as or deployment.state)
    return Message(f"{title(deployment)} ({deployment.name}) was {word} by {b.mention(by)}{reason}")


def rejected_at_github(deployment: Deployment, login: str) -> Message:
    """What the requester is told when somebody said no in the browser."""
    ending = deployment.ending
    reason = f": {b.line(ending.text)}" if ending and ending.by and ending.text else ""
    who = b.mention(ending.by) if ending and ending.by else b.line(login, 60)
    return Message(
        f"{title(deployment)} ({deployment.name}) was rejected at GitHub by {who}{reason}"
    )
