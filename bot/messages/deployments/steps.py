"""Steps: what became of each target, and of what was asked of the database, on the card."""

from collections import Counter

from bot.domain.deployments.deployments import Deployment
from bot.domain.rollbacks.target_steps import Progress, TargetStep
from bot.domain.rollbacks.targets import Fate
from bot.messages import blocks as b
from bot.messages.lists import held
from bot.messages.rollbacks import stops

MOST = b.SECTION_LIMIT - 200
"""So many characters the steps may take; what is left is for how many more there are."""


def listed(deployment: Deployment) -> str:
    """A line for each; where they are too many, what went wrong before what is under way, and that
    before the rest, of which it is said how many there are.
    """
    steps = deployment.steps
    head = "*Steps*" if any(step.command for step in steps) else "*Targets*"
    told = [_told(step) for step in steps]
    kept = held([_rank(step) for step in steps], MOST, [len(one) + 1 for one in told])
    lines = [head, *(told[at] for at in kept)]
    rest = Counter(_word(step) for at, step in enumerate(steps) if at not in set(kept))
    if rest:
        each = ", ".join(f"{number} {word}" for word, number in rest.items())
        lines.append(f"• and {rest.total()} more: {each}")
    return "\n".join(lines)


def _rank(step: TargetStep) -> int:
    if step.pinned or step.came_to not in (None, Fate.SUCCEEDED):
        return 0
    return 2 if step.progress in (Progress.ENDED, Progress.WAITING) else 1


def _word(step: TargetStep) -> str:
    return str(step.came_to or step.progress).replace("_", " ")


def _told(step: TargetStep) -> str:
    took = f" in {b.span(step.took)}" if step.took else ""
    told = f": {b.line(step.told, 400)}" if step.told else ""
    text = f"• {b.line(step.target, 80)} *{_word(step)}*{took}{told}{stops.on_card(step)}"
    if step.awaited_until:
        text += f" · until {b.clock_time(step.awaited_until)}, then a person decides"
    if step.pinned:
        lifting = "; being lifted" if step.lift_by else ""
        text += f"\n    pinned: {b.line(step.pinned, 200)}{lifting}"
    return text
