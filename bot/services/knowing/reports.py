"""Reports: reads what `/deployments` shows, inside one transaction."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bot.config import GUARDED, Config
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.standings import Standing
from bot.domain.deployments.states import Kind, State
from bot.domain.errors import Refusal
from bot.domain.gates.checklist import TROUBLED, Aftermath
from bot.domain.grammar import ReportWish
from bot.domain.grammar.reports import no_deployment
from bot.domain.rollbacks.rollback_target import choose
from bot.domain.rollbacks.switching import Outcome, came_to, is_mixed
from bot.messages.blocks import Message, mention
from bot.messages.closures import freezes, locks
from bot.messages.deployments import checklists
from bot.messages.knowing import reports
from bot.ports import Tx
from bot.services.closures.freezes import configured
from bot.services.rollbacks.past import past
from bot.services.rollbacks.undoing import named

LOOK_BACK = 50
"""How many deployments are looked through for what came after one."""

PORTIONS = (1, 9, 40)
"""As many are looked through for one that got half-way."""


def report(tx: Tx, config: Config, wish: ReportWish) -> Message:
    """The answer to a report command other than help."""
    match wish.report:
        case "show":
            return _show(tx, wish)
        case "why":
            return _why(tx, wish)
        case "locks":
            return locks.listing(closed(tx, config, wish))
        case _:
            return _status(tx, config, wish)


def _status(tx: Tx, config: Config, wish: ReportWish) -> Message:
    return reports.overview(places(tx, config, wish), tx.now, closed(tx, config, wish))


EVERYTHING = ReportWish(report="status")


def places(tx: Tx, config: Config, wish: ReportWish = EVERYTHING) -> list[Standing]:
    """How each place stands that was asked about."""
    asked = [
        (service, environment)
        for service, settings in config.services.items()
        for environment in settings.environments
        if wish.service in (None, service) and wish.environment in (None, environment)
    ]
    pinned = defaultdict[tuple[str, str], list[Deployment]](list)
    for one in tx.pinned():
        pinned[one.service, one.environment].append(one)
    return [
        replace(
            one,
            left=_left(tx, one),
            pinned=tuple(pinned[one.service, one.environment]),
            **_mixed(tx, one),
        )
        for one in tx.standings(asked)
    ]


def _mixed(tx: Tx, one: Standing) -> dict[str, Any]:
    """The rollback that got half-way there, where one did, and what ran before it. However it was
    closed, that is so until something succeeded since.
    """
    for d in _newest(tx, one):
        is_good = d.state is State.SUCCEEDED
        is_left = d.is_terminal or d.state is State.DEGRADED
        if is_left and (d.is_half_back or is_mixed(d.steps, is_good=is_good)):
            earlier = named(tx, d.rolls_back)
            return {"mixed": d, "before": earlier.version if earlier else ""}
        if is_good or (d.steps and came_to(d.steps) is Outcome.SWITCHED):
            break
    return {"mixed": None, "before": ""}


def _newest(tx: Tx, one: Standing) -> Iterator[Deployment]:
    """The deployments of a place, newest first; read in portions, since the first one mostly tells
    all, and the App Home asks about every place.
    """
    seen = 0
    for most in PORTIONS:
        found = tx.history(one.service, one.environment, limit=most, offset=seen)
        yield from found
        if len(found) < most:
            return
        seen += most


def _left(tx: Tx, one: Standing) -> tuple[str, ...]:
    """The versions that nobody should go back to, where the last change was a rollback."""
    if one.live is None or one.live.kind is not Kind.ROLLBACK:
        return ()
    return choose(past(tx, one.service, one.environment)).tainted


def closed(tx: Tx, config: Config, wish: ReportWish = EVERYTHING) -> list[str]:
    """A line for each lock and freeze that has to do with what was asked about."""
    held = [
        lock
        for lock in tx.locks()
        if wish.service in (None, lock.service) or not lock.service
        if wish.environment in (None, lock.environment) or not lock.environment
    ]
    lines = [locks.held_line(lock, tx.now) for lock in held]
    if wish.environment not in (None, *GUARDED):
        return lines
    known = [(found.service, found.freeze, found.set_by) for found in tx.freezes()]
    known += [(service, freeze, "") for service, freeze in configured(config, tx.now)]
    return lines + [
        freezes.held_line(service, freeze, by, tx.now)
        for service, freeze, by in known
        if wish.service in (None, service) or not service
    ]


def _show(tx: Tx, wish: ReportWish) -> Message:
    deployment = _meant(tx, wish)
    trail = [
        (
            entry.at,
            mention(entry.actor) if entry.actor != "gonogo" else "gonogo",
            entry.action.replace("_", " "),
        )
        for entry in tx.trail(deployment.name)
    ]
    told = tx.annotations(deployment.id)
    return reports.show(deployment, trail, _aftermath(tx, deployment), told)


def _meant(tx: Tx, wish: ReportWish) -> Deployment:
    """The one that was imported under that very name, else the one with that number."""
    if found := tx.deployment_in_history(wish.typed):
        return found
    if wish.deployment is not None and (found := tx.deployment(wish.deployment)):
        return found
    if wish.deployment is None:
        raise no_deployment(wish.report, wish.typed)
    raise Refusal("no_such_deployment", "There is no deployment D{id}.", id=wish.deployment)


def _aftermath(tx: Tx, deployment: Deployment) -> Aftermath:
    """What came after it: the way back from it, and what became of the incidents that it caused. Of
    one that went wrong whatever came next in its place counts as well.
    """
    newest = tx.history(deployment.service, deployment.environment, limit=LOOK_BACK)
    later = [d for d in newest if d.id > deployment.id]
    caused = tx.incidents_by(deployment.name)
    names = {incident.name for incident in caused}
    any_of = deployment.state in TROUBLED
    back = [d for d in later if d.kind is Kind.ROLLBACK]
    fixes = [d for d in later if d.kind is Kind.HOTFIX]
    back = [d for d in back if d.rolls_back == deployment.name] or (back if any_of else [])
    fixes = [d for d in fixes if d.for_incident in names] or (fixes if any_of else [])
    return Aftermath(
        rollback=checklists.came_next(back[0]) if back else "",
        cause=checklists.causes(caused),
        hotfix=checklists.came_next(fixes[0]) if fixes else "",
        post_mortem=checklists.post_mortems(caused),
    )


def _why(tx: Tx, wish: ReportWish) -> Message:
    return reports.why(_meant(tx, wish))
