"""Steps: a rollback or promotion at Vercel, as its receipt and the project tell of it."""

from collections.abc import Iterable
from datetime import datetime

from bot.adapters.vercel.answers import AliasRequest, AliasState, Kind, Project
from bot.domain.rollbacks.targets import Fate, Sight
from bot.ports.targets import Receipt

PINNED = (
    "Vercel keeps production on this deployment: later ones are built, but do not go live until "
    "the rollback is undone or lifted"
)
MOST_NAMED = 5


def receipt(kind: Kind, to: str, before: str, last: AliasRequest | None, auto: str) -> Receipt:
    """A step to `to` from `before`, asked for after `last`; `auto` is the former auto-assignment.

    Vercel's own time of the request before ours tells ours apart from it, whatever our clock says.
    """
    after = str(last.requested_at) if last else "0"
    return {"step": kind, "to": to, "from": before, "after": after, "auto_assign": auto}


def adopted(last: AliasRequest, kind: Kind, auto: str) -> Receipt:
    """A step that Vercel has already."""
    before = last.from_deployment_id or ""
    return receipt(kind, last.to_deployment_id, before, None, auto) | {
        "after": str(last.requested_at - 1)
    }


def nothing_to_do(kind: Kind, to: str, auto: str) -> Receipt:
    """A step whose end was there before it began."""
    return receipt(kind, to, to, None, auto) | {"already": "yes"}


def auto_assignment(project: Project) -> str:
    """Whether production follows later deployments: on, off, or unknown."""
    return {True: "on", False: "off", None: "unknown"}[project.auto_assign_custom_domains]


def description(operation: str, auto: str) -> str:
    """The words of a rollback at Vercel, by which it is found again, with what undo has to know."""
    return f"gonogo {operation}; auto-assign {auto}"


def remembered(project: Project, operation: str = "") -> str | None:
    """The former auto-assignment as the rollback's own words have it; None for other words."""
    told = project.rollback_description.description if project.rollback_description else ""
    ours, found, auto = told.partition("; auto-assign ")
    is_it = ours == f"gonogo {operation}" if operation else ours.startswith("gonogo ")
    return auto if found and is_it else None


def pinned(project: Project) -> str:
    """What lifts the pin of a rollback; empty where none pins, also for teams that assign their
    domains by hand.
    """
    if project.auto_assign_custom_domains is not False or remembered(project) == "off":
        return ""
    last = project.last_alias_request
    by_rollback = last.leads("rollback", project.running) if last else project.rollback_description
    return PINNED if by_rollback else ""


def is_ours(step: Receipt, last: AliasRequest | None) -> bool:
    """Whether the project's last request is this step, and not an older one to the same place."""
    return (
        last is not None
        and last.type == step["step"]
        and last.to_deployment_id == step["to"]
        and last.requested_at > int(step["after"])
    )


def seen(step: Receipt, project: Project, at: datetime) -> Sight:
    """How far a step is by the project alone; a failed one needs a look at its domains."""
    last, to = project.last_alias_request, step["to"]
    is_there = project.running == to and ("already" in step or step["from"] != to)
    if last is None or not is_ours(step, last):
        if last is not None and last.requested_at > int(step["after"]) and "already" not in step:
            text = f"somebody asked for another {last.type}, to {last.to_deployment_id}, after this"
            return Sight(fate=Fate.UNKNOWN, text=text, at=at)
        if is_there:
            text = f"production runs {to}"
            return Sight(fate=Fate.SUCCEEDED, text=text, at=at, pinned=pinned(project))
        if "already" in step:
            text = f"production ran {to}, and runs {project.running or 'nothing'} now"
            return Sight(fate=Fate.UNKNOWN, text=text, at=at)
        queued = "queued behind a rolling release" if "queued" in step else "accepted, not begun"
        return Sight(fate=None, text=queued, at=at)
    match last.job_status:
        case "succeeded":
            text = f"all production domains lead to {to}"
            return Sight(fate=Fate.SUCCEEDED, text=text, at=at, pinned=pinned(project))
        case "skipped" if is_there:
            text = f"production runs {to}; Vercel had nothing to move"
            return Sight(fate=Fate.SUCCEEDED, text=text, at=at, pinned=pinned(project))
        case "skipped":
            return Sight(fate=Fate.FAILED_RESTORED, text="Vercel skipped it", at=at)
        case "failed":
            return Sight(fate=Fate.UNKNOWN, text="Vercel could not move all domains", at=at)
        case status:
            text = f"Vercel is moving the production domains ({status})"
            return Sight(fate=None, text=text, at=at)


def failed(domains: Iterable[AliasState], step: Receipt, running: str, at: datetime) -> Sight:
    """A step that failed, by what became of each domain."""
    every = tuple(domains)
    left = [one.name for one in every if one.status != "completed"]
    names = ", ".join(left[:MOST_NAMED]) + (" …" if len(left) > MOST_NAMED else "")
    if not every:
        fate = Fate.FAILED_RESTORED if running == step["from"] else Fate.UNKNOWN
        return Sight(fate=fate, text="Vercel gave up, and names no domain", at=at)
    text = f"{len(left)} of {len(every)} domains did not move: {names}"
    if len(left) == len(every):
        return Sight(fate=Fate.FAILED_RESTORED, text=text, at=at)
    return Sight(fate=Fate.FAILED_BROKEN, text=f"{text}; production is mixed", at=at)
