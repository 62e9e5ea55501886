"""Staging: the form of its validation, and what is said about it."""

from typing import Any

from bot.domain.deployments.staging import ITEMS, OnStaging
from bot.messages import blocks as b
from bot.messages import views
from bot.messages.blocks import Message


def standing(found: OnStaging) -> str:
    """How far what runs there is validated, as a phrase."""
    if found.is_validated:
        people = " ".join(map(b.mention, found.signed_by))
        at = f" {b.when(found.validated_at)}" if found.validated_at else ""
        return f"validated{f' by {people}' if people else ''}{at}"
    done = len(ITEMS) - len(found.open_items)
    bad = [one.item for one in found.checks if not one.passed]
    failing = f", failing: {b.line(', '.join(bad), 120)}" if bad else ""
    return f"not validated ({done} of {len(ITEMS)}{failing})"


def seen(found: OnStaging | None) -> str:
    """What runs there where no deployment of ours brought it."""
    if found is None:
        return "no live version known"
    commit = f" (`{b.line(found.commit[:7], 7)}`)" if found.commit else ""
    return f"{b.line(found.version, 64)}{commit} seen live {b.when(found.since)}"


def distance(ahead: int, behind: int) -> str:
    """How far staging is from production."""
    if not ahead and not behind:
        return "the same commit as production"
    commits = "1 commit" if ahead == 1 else f"{ahead} commits"
    lacks = f", and lacks {behind} of its" if behind else ""
    return f"{commits} ahead of production{lacks}"


def signed(found: OnStaging, number: int) -> Message:
    """The answer to the form."""
    what = f"{b.line(found.service, 80)} {b.line(found.version, 64)} on staging"
    left = [ITEMS[item] for item in found.open_items]
    rest = f"Still open: {', '.join(left)}." if left else "All eight items are good: validated."
    items = "1 item" if number == 1 else f"{number} items"
    return Message(f"You signed off {items} of {what}. {rest}")


def form(found: OnStaging, channel: str | None) -> dict[str, Any]:
    """The one form with all eight items: what is known stands there, the rest can be ticked."""
    lines = [f"*{b.line(found.service, 80)} {b.line(found.version, 64)}* on staging"]
    if found.commit:
        lines[0] += f" (`{b.line(found.commit[:7], 7)}`)"
    lines += [f"• {text}: {_known(found, item)}" for item, text in ITEMS.items()]
    choices = [views.option(ITEMS[item], item) for item in found.open_items]
    memory = {"service": found.service, "commit": found.commit, "channel": channel}
    parts: list[dict[str, Any]] = [b.section("\n".join(lines))]
    if choices:
        ticks = {"type": "checkboxes", "options": choices}
        hint = "Tick what you have looked at yourself. Your name stands by it."
        parts.append(views.field("items", "I have checked", ticks, hint=hint))
    return views.view("validate_staging", "Validate staging", "Sign off", parts, memory)


def _known(found: OnStaging, item: str) -> str:
    one = found.check(item)
    if one is None:
        return "open"
    if one.by:
        return f"signed off by {b.mention(one.by)} {b.when(one.at)}"
    return f"{'good' if one.passed else 'not good'}: {b.line(one.text, 150)}"
