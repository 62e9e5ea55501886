"""Remedies in words: what can be made at GitHub about what was rolled back, and what was."""

from collections.abc import Sequence

from bot.domain.deployments.changes import Change
from bot.domain.deployments.deployments import Deployment
from bot.domain.rollbacks.remedies import LONGEST_TITLE, Remedy, RemedyKind, RemedyState
from bot.messages import blocks as b
from bot.messages import views as v
from bot.messages.blocks import Message
from bot.messages.markdown import plain
from bot.messages.views import View, field, select, view

MOST_OPTIONS = 100
"""As many as Slack's select takes."""


def offered(rollback: Deployment) -> Message:
    """What the thread of a finished rollback offers."""
    text = (
        "What was rolled back is still on the branch that is released. Revert opens a pull request "
        "that takes one of its pull requests back; Start Hotfix makes a branch at "
        f"{b.line(rollback.version, 64)} for what mends it."
    )
    value = str(rollback.id)
    row = b.actions(
        f"remedies:{value}",
        b.button("Revert", "revert", value),
        b.button("Start Hotfix", "hotfix", f"D:{value}"),
    )
    return Message(text, (b.section(text), row))


def revert_form(rollback: Deployment, changes: Sequence[Change], channel: str | None) -> View:
    """Which of the release's pull requests is to be reverted."""
    options = [
        v.option(f"#{c.pull_request} {c.title}", str(c.pull_request))
        for c in changes[:MOST_OPTIONS]
    ]
    hint = "GitHub opens a pull request that takes it back; it is reviewed and merged as any other."
    return view(
        "revert",
        "Revert",
        "Revert",
        [
            b.section(f"{rollback.name} took these away from {b.line(rollback.environment, 64)}."),
            field("pull", "Which pull request?", select(options), hint=hint),
        ],
        {"deployment": rollback.id, "channel": channel},
    )


def hotfix_form(subject: str, version: str, about: str, channel: str | None) -> View:
    """What a hotfix is to mend."""
    hint = f"The name of the branch and the title of the pull request. It starts at {version}."
    return view(
        "hotfix",
        "Start a hotfix",
        "Start Hotfix",
        [
            b.section(f"For {subject}, from what is live: {b.line(version, 64)}."),
            field("title", "What does it mend?", v.words(LONGEST_TITLE, about), hint=hint),
        ],
        {"subject": subject, "channel": channel},
    )


def wanted(remedy: Remedy) -> Message:
    """The answer to whoever asked for it."""
    return Message(f"I ask GitHub for {_what(remedy)}; the thread of {remedy.subject} tells.")


def there_already(remedy: Remedy) -> Message:
    """The answer where somebody asked for it before."""
    if remedy.url is not None:
        return Message(f"There is {_what(remedy)} already: {_link(remedy)}.")
    if remedy.state is RemedyState.BRANCHED:
        return Message(f"The hotfix has its branch already: `{remedy.branch}`.")
    return Message(f"{_what(remedy).capitalize()} is under way already.")


def branched(remedy: Remedy) -> Message:
    """That the branch of a hotfix is there, in the thread, and what to type."""
    r = remedy
    typed = (
        f"git fetch origin\ngit switch {r.branch}\n# make the fix\n"
        'git commit -am "fix: …"\ngit push'
    )
    return Message(
        f"`{r.branch}` starts at {b.line(r.version, 64)} ({r.commit[:7]}), as "
        f"{b.mention(r.asked_by)} asked:\n```{typed}```\n"
        "I open its pull request as soon as it has a commit."
    )


def made(remedy: Remedy, *, found: bool, troubles: Sequence[str] = ()) -> Message:
    """That it is there, in the thread; `found` where somebody else had made it."""
    who, link = b.mention(remedy.asked_by), _link(remedy)
    match remedy.kind:
        case RemedyKind.REVERT:
            what = f"#{remedy.pull} {b.quoted(remedy.title)}"
            if found:
                return Message(f"{what} is reverted by {link}, which was there already. {who}")
            return Message(
                f"{link} reverts {what}, as {who} asked. It is not merged yet: it needs its "
                "review and its checks, as any other."
            )
        case RemedyKind.HOTFIX:
            opened = "was opened already" if found else "is open"
            lines = [f"The pull request of the hotfix {opened}: {link}. {who}"]
            return Message("\n".join((*lines, *(f"• {b.line(one)}" for one in troubles))))
        case RemedyKind.FINDINGS:
            owned = f"{who} owns it" if remedy.asked_by else "Nobody owns it yet"
            return Message(f"The findings go into {link}. {owned}.")


def failed(remedy: Remedy, why: str) -> Message:
    """Why it was not made, in the thread, and what to do."""
    who = b.mention(remedy.asked_by)
    text = f"{who} There is no {_short(remedy)}: {_bare(why)}. {_instead(remedy)}".strip()
    if remedy.kind is not RemedyKind.FINDINGS:
        return Message(text)
    again = b.button("Try Again", "findings", remedy.subject.removeprefix("D"))
    return Message(text, (b.section(text), b.actions(f"findings:{remedy.id}", again)))


def taken(remedy: Remedy, commit: str) -> str:
    """Why the branch of a hotfix is not made: that name is somebody else's."""
    return (
        f"another one of that name is there, at {commit[:7]}, and it does not start at "
        f"{remedy.version}; remove it, or say in other words what is mended"
    )


def takes_longer(remedy: Remedy, why: str) -> Message:
    """That GitHub lets it wait."""
    return Message(f"{_what(remedy).capitalize()} takes longer: {_bare(why)}. I go on trying.")


def revert_title(remedy: Remedy) -> str:
    """The title as GitHub gives it, by which the hold knows it again."""
    return f'Revert "{remedy.title}"'


def revert_body(remedy: Remedy) -> str:
    """The text of the pull request."""
    return f"Reverts #{remedy.pull}, which {remedy.subject} rolled back.\n"


def hotfix_body(remedy: Remedy) -> str:
    """The text of the pull request of a hotfix."""
    return (
        f"A hotfix for {remedy.subject}, from {plain(remedy.version)}, which is live.\n\n"
        "Please review it before anything else. It is deployed by its own tag.\n"
    )


def under_way(remedy: Remedy) -> str:
    """What the announcement of the rollback says of it, among the next steps; empty for nothing."""
    match remedy.kind:
        case RemedyKind.REVERT:
            return f"Revert in progress: #{remedy.number}"
        case RemedyKind.HOTFIX:
            return "Hotfix in progress"
        case RemedyKind.FINDINGS:
            return ""


def _short(remedy: Remedy) -> str:
    match remedy.kind:
        case RemedyKind.REVERT:
            return f"revert of #{remedy.pull}"
        case RemedyKind.HOTFIX if remedy.state is RemedyState.WANTED:
            return f"branch `{remedy.branch}`"
        case RemedyKind.HOTFIX:
            return f"pull request of `{remedy.branch}`"
        case RemedyKind.FINDINGS:
            return "issue with the findings"


def _what(remedy: Remedy) -> str:
    return f"{'an' if remedy.kind is RemedyKind.FINDINGS else 'a'} {_short(remedy)}"


def _instead(remedy: Remedy) -> str:
    match remedy.kind:
        case RemedyKind.REVERT:
            return (
                "Look at GitHub first. Press Revert again when that is mended, or revert it by "
                "hand: git revert, and a pull request."
            )
        case RemedyKind.HOTFIX:
            return "Press Start Hotfix again when that is mended."
        case RemedyKind.FINDINGS:
            return "Nothing is lost: what it would say is kept."


def _bare(why: str) -> str:
    return b.line(why).rstrip(".")


def _link(remedy: Remedy) -> str:
    return b.link(remedy.url, f"#{remedy.number}")
