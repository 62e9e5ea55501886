"""Remedies in words: what can be made at GitHub about what was rolled back, and what was."""

from collections.abc import Sequence

from bot.domain.changes import Change
from bot.domain.deployments import Deployment
from bot.domain.remedies import Remedy
from bot.messages import blocks as b
from bot.messages import views as v
from bot.messages.blocks import Message
from bot.messages.views import View, field, select, view

MOST_OPTIONS = 100
"""As many as Slack's select takes."""


def offered(rollback: Deployment) -> Message:
    """What the thread of a finished rollback offers."""
    text = (
        "What was rolled back is still on the branch that is released. Revert opens a pull request "
        "that takes one of its pull requests back."
    )
    row = b.actions(f"remedies:{rollback.id}", b.button("Revert", "revert", str(rollback.id)))
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


def wanted(remedy: Remedy) -> Message:
    """The answer to whoever asked for it."""
    return Message(f"I ask GitHub for {_what(remedy)}; the thread of {remedy.subject} tells.")


def there_already(remedy: Remedy) -> Message:
    """The answer where somebody asked for it before."""
    if remedy.url is None:
        return Message(f"{_what(remedy).capitalize()} is under way already.")
    return Message(f"There is {_what(remedy)} already: {_link(remedy)}.")


def made(remedy: Remedy, *, found: bool) -> Message:
    """That the pull request is there, in the thread; `found` where it was there before."""
    who = b.mention(remedy.asked_by)
    what = f"#{remedy.pull} {b.quoted(remedy.title)}"
    if found:
        return Message(f"{what} is reverted by {_link(remedy)}, which was there already. {who}")
    return Message(
        f"{_link(remedy)} reverts {what}, as {who} asked. It is not merged yet: it needs its "
        "review and its checks, as any other."
    )


def failed(remedy: Remedy, why: str) -> Message:
    """Why it was not made, in the thread, and what to do."""
    who = b.mention(remedy.asked_by)
    return Message(f"{who} There is no {_short(remedy)}: {_bare(why)}. {_instead(remedy)}")


def takes_longer(remedy: Remedy, why: str) -> Message:
    """That GitHub lets it wait."""
    return Message(f"{_what(remedy).capitalize()} takes longer: {_bare(why)}. I go on trying.")


def revert_title(remedy: Remedy) -> str:
    """The title as GitHub gives it, by which the hold knows it again."""
    return f'Revert "{remedy.title}"'


def revert_body(remedy: Remedy) -> str:
    """The text of the pull request."""
    return f"Reverts #{remedy.pull}, which {remedy.subject} rolled back.\n"


def under_way(remedy: Remedy) -> str:
    """What the announcement of the rollback says of it, among the next steps."""
    return f"Revert in progress: #{remedy.number}"


def _short(remedy: Remedy) -> str:
    return f"revert of #{remedy.pull}"


def _what(remedy: Remedy) -> str:
    return f"a {_short(remedy)}"


def _instead(remedy: Remedy) -> str:
    return (
        "Look at GitHub first. Press Revert again when that is mended, or revert it by hand: "
        "git revert, and a pull request."
    )


def _bare(why: str) -> str:
    return b.line(why).rstrip(".")


def _link(remedy: Remedy) -> str:
    return b.link(remedy.url, f"#{remedy.number}")
