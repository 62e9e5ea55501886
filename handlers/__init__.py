"""What a person can do in Slack: the table of every command, button, form, shortcut
and option list.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bot.config import Commands
from bot.messages.deployments.controls import MOST_CANDIDATES
from handlers import (
    aftercare,
    approvals,
    deploy,
    deployments,
    holds,
    home,
    incident_buttons,
    incidents,
    letters,
    locks,
    maintenance,
    publishing,
    releases,
    remedies,
    reversals,
    rollback,
    signatures,
    staging,
    timeline,
    watches,
)
from handlers.payloads import Answer, Click, Command, Office, OptionsQuery, Submission
from handlers.people_messages import Shortcut


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandEntry:
    """One slash command: its setting in `commands:`, how it is used, what it does, who answers."""

    setting: str
    usage: str
    does: str
    handler: Callable[[Command, Office], Answer]


COMMANDS = (
    CommandEntry(
        setting="deploy",
        usage="v1.2.1 [service] [to production|staging] [dry-run] [hotfix INC-7] [because reason]",
        does="Ask for a deployment: evidence, approval by a second person, one live card",
        handler=deploy.deploy,
    ),
    CommandEntry(
        setting="rollback",
        usage="[service] [staging] [to v1.2.0] [force] [because reason]",
        does="Go back to the last good version, or to another; one person suffices by default",
        handler=rollback.rollback,
    ),
    CommandEntry(
        setting="deployments",
        usage="status | show D12 | why D12 | validate [service] | help",
        does="What is live, what is under way, what happened and why",
        handler=deployments.deployments,
    ),
    CommandEntry(
        setting="deployments",
        usage="history [service] [environment] [failed] [rollback] [v1.2.1] [@person] "
        "[since 2024-03-01] [until 2024-03-31] [page 2]",
        does="Who deployed what, when and how it ended; any of these words narrow it",
        handler=deployments.deployments,
    ),
    CommandEntry(
        setting="deployments",
        usage="lock [service] [environment] [for 2h] because reason | unlock [L3] | locks",
        does="Nobody deploys there until it is unlocked or its time is up; a rollback always goes",
        handler=deployments.deployments,
    ),
    CommandEntry(
        setting="deployments",
        usage="freeze NAME from 2026-12-18 to 2027-01-04 [service] | freeze lift NAME",
        does="Admins: a named time in which production does not change",
        handler=deployments.deployments,
    ),
    CommandEntry(
        setting="deployments",
        usage="notify on|off",
        does="Whether you are told when what you wrote is in production",
        handler=deployments.deployments,
    ),
    CommandEntry(
        setting="deployments",
        usage="metrics [service] [environment] [2024-03-01..2024-04-01]",
        does="How often, how fast and how well we deliver, and our goals; with a picture",
        handler=deployments.deployments,
    ),
    CommandEntry(
        setting="deployments",
        usage="audit [D12 | INC-7 | L3] [@person] [page 2]",
        does="Approvers and admins: who did what and when, and whether the record is unbroken",
        handler=deployments.deployments,
    ),
    CommandEntry(
        setting="incident",
        usage="outage|major|moderate|minor what users see | list | update [INC-7] text | drill … "
        "| playbook",
        does="Open an incident: its thread is the room, and nobody waits for news unawares",
        handler=incidents.incident,
    ),
    CommandEntry(
        setting="deployments",
        usage="notes v1.2.1 [service]",
        does="Read the notes of a release and change them; who may deploy may do that",
        handler=deployments.deployments,
    ),
)

BUTTONS: dict[str, Callable[[Click, Office], Answer]] = {
    "approve": approvals.approve,
    "reject": approvals.ask_reason,
    "cancel": approvals.cancel,
    "replace": approvals.replace,
    "mark_good": approvals.mark_good,
    "close_failed": approvals.close_failed,
    "retry_targets": approvals.retry_targets,
    "stop_waiting": approvals.stop_waiting,
    "stop_run": approvals.stop_run,
    "lift_pin": approvals.lift_pin,
    "send_again": approvals.send_again,
    **{f"choose_run_{place}": approvals.choose_run for place in range(MOST_CANDIDATES)},
    "roll_back": rollback.ask,
    "carry_out_rollback": rollback.confirm,
    "lift_hold": holds.press,
    "undo_rollback": reversals.ask,
    "undo_and_roll_back": rollback.confirm,
    "set_eta": aftercare.ask_eta,
    "revert": remedies.ask_revert,
    "hotfix": remedies.ask_hotfix,
    "findings": remedies.findings,
    "take_watch": watches.take,
    "letters_off": letters.off,
    "home_letters": home.letters_chosen,
    "notes": releases.on_card,
    "release": releases.fill,
    "announce": maintenance.ask,
    "unlock": locks.press,
    "unlock_anyway": locks.press_anyway,
    **incident_buttons.BUTTONS,
    "incident_publish": publishing.ask,
    "override": signatures.ask_override,
    **signatures.SIGN_OFFS,
}

FORMS: dict[str, Callable[[Submission, Office], Answer]] = {
    "deploy": deploy.submit,
    "reject": approvals.reject,
    "rollback": rollback.submit,
    "lift_hold": holds.lift,
    "undo_rollback": reversals.submit,
    "eta": aftercare.set_eta,
    "revert": remedies.revert,
    "hotfix": remedies.hotfix,
    **incidents.FORMS,
    **incident_buttons.FORMS,
    "incident_publish": publishing.publish,
    "approve": approvals.approve_with,
    "override": signatures.override,
    "validate_staging": staging.sign,
    "release": releases.publish,
    "announce": maintenance.announce,
    **timeline.FORMS,
}

SHORTCUTS: dict[str, Callable[[Shortcut, Office], Answer]] = {
    **incidents.SHORTCUTS,
    **timeline.SHORTCUTS,
}

OPTIONS: dict[str, Callable[[OptionsQuery, Office], Answer]] = {
    "version": deploy.versions,
}


def usages(names: Commands) -> list[tuple[str, str]]:
    """(what to type, what it does) of every command, under its configured name."""
    return [(f"{getattr(names, entry.setting)} {entry.usage}", entry.does) for entry in COMMANDS]
