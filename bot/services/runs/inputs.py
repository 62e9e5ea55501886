"""Inputs: what a workflow has to be given, as far as the bot can."""

from bot.ports import Workflow

FILLED = frozenset({"version", "sha", "request_id", "requested_by"})
"""The workflow inputs that the bot can fill."""


def carries_sha(workflow: Workflow) -> bool:
    """Whether the run itself can compare the commit with the approved one."""
    return "sha" in workflow.inputs


def missing(workflow: Workflow) -> tuple[str, ...]:
    """The inputs without which it cannot be started, and which the bot cannot fill."""
    needed = (name for name, required in workflow.inputs.items() if required)
    found = tuple(sorted(name for name in needed if name not in FILLED))
    return found if "version" in workflow.inputs else (*found, "version (not declared)")
