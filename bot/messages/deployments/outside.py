"""Outside: what is said about runs that somebody started without the bot."""

from collections.abc import Sequence

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.runs import RunSummary
from bot.messages import blocks as b
from bot.messages.blocks import Message
from bot.messages.deployments.cards import started_by, status, title

MOST_NAMED = 4
"""Places that a line on a card names, where a run may be for any of them."""


def older(deployment: Deployment) -> Message:
    """The alert that somebody takes production back without the bot."""
    d = deployment
    live = b.line(d.outside.older_than if d.outside else "", 64)
    point = f"OLDER than live {live}: {title(d)}, {started_by(d)}"
    does = f"{_run(d.run_id, d.run_url)} takes {b.line(d.environment, 64)} back from {live}."
    advice = "If that is not meant, press Cancel on its card or cancel the run at GitHub."
    return _alert(point, f"{does} {advice}")


def late(deployment: Deployment, asked: Deployment) -> Message:
    """The alert that GitHub began the run of a deployment that was over already."""
    d = deployment
    people = dict.fromkeys(filter(None, (asked.requested_by, *asked.approved_by, _closer(asked))))
    point = f"The late run of {asked.name}: {title(d)}"
    text = (
        f"GitHub began {_run(d.run_id, d.run_url)} only now. {asked.name} was over by then "
        f"({b.line(asked.state, 40)}), so nobody waited for it; it is followed as {d.name}."
    )
    advice = "If it is not meant any more, press Cancel on its card."
    return _alert(
        point, f"{text}\n{' '.join(map(b.mention, people))} {advice}".replace("\n ", "\n")
    )


def _closer(asked: Deployment) -> str | None:
    return asked.ending.by if asked.ending else None


def conflict(holder: Deployment, run: RunSummary, asked: Deployment | None) -> Message:
    """The alert that two operations change one place at the same time; the run may be the late one
    that a deployment of ours `asked` for.
    """
    place = f"{b.line(holder.service, 80)} {b.line(holder.environment, 64)}"
    other = f"a run that {b.line(run.actor, 60)} started outside Slack"
    if asked is not None:
        other = f"the late run of {asked.name}, which was over before GitHub began it"
    point = f"Two at once in {place}: {holder.name} and {other}"
    lines = (
        f"{holder.name} ({b.line(holder.label, 64)}) is {status(holder).lower()}; "
        f"{_run(run.id, run.url)} “{b.line(run.title, 120)}” is {_stands(run)}.",
        f"Only {holder.name} is followed, and what goes live is whatever deploys last. "
        f"The run gets a card of its own when {holder.name} has ended. "
        "Cancel one of them at GitHub.",
    )
    return _alert(point, "\n".join(lines))


def unclear(run: RunSummary, workflow: str, places: Sequence[tuple[str, str]]) -> Message:
    """The alert that nobody can tell what a run deploys."""
    listed = ", ".join(f"{b.line(name, 80)} {b.line(kind, 64)}" for name, kind in places)
    point = (
        f"{b.line(run.actor, 60)} started a run outside Slack, and I cannot tell what it deploys"
    )
    text = (
        f"{_run(run.id, run.url)} “{b.line(run.title, 120)}” of {b.line(workflow, 80)} may be for "
        f"any of {listed}. It is not followed: look at GitHub. With the service in the title of "
        "its runs (run-name) I could tell."
    )
    return _alert(point, text)


def works_there(run: RunSummary, places: Sequence[tuple[str, str]]) -> str:
    """What a deployment waits for that is about to be sent: a run there, or one that may be for any
    of these places.
    """
    begun = f"{run.actor} started run {run.id} outside Slack"
    if not places:
        return f"{begun}; looking at it"
    listed = " or ".join(f"{service} {environment}" for service, environment in places[:MOST_NAMED])
    more = f" or {len(places) - MOST_NAMED} more" if len(places) > MOST_NAMED else ""
    return (
        f"{begun}. It may be for {listed}{more}, and I cannot tell: cancel it at GitHub, or wait "
        "for its end"
    )


def displaced(holder: Deployment, found: Deployment) -> str:
    """Why a deployment that only waited, or waited for a person's decision, is over."""
    who = found.outside.login if found.outside else "somebody"
    run = f"{who} started {found.label} outside Slack (run {found.run_id})"
    if found.outside and found.outside.late_for:
        run = f"GitHub began the late run of {found.outside.late_for} ({found.label})"
    if holder.is_waiting:
        return f"{run}, so what was checked no longer holds. Nothing was deployed."
    return f"{run} before anybody decided about {holder.name}."


def you_are_displaced(deployment: Deployment) -> Message:
    """The same to the people whose deployment it was."""
    text = b.line(deployment.ending.text if deployment.ending else "")
    again = "Ask again when that run has ended."
    return Message(f"{title(deployment)} ({deployment.name}) is over: {text} {again}")


def _stands(run: RunSummary) -> str:
    word = run.conclusion if run.is_over else run.status
    return b.line((word or "under way").replace("_", " "), 40)


def _run(number: int | None, url: str | None) -> str:
    return b.link(url, f"Run {number}")


def _alert(point: str, text: str) -> Message:
    return Message(f"{point}\n{text}", (b.section(f"*{point}*\n{text}"),))
