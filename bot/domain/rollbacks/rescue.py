"""Rescue: the rollback that begins when a stopped deployment has ended."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescue:
    """A rollback that somebody asked for: to which version, by whom and why.

    `by` is empty where the configuration asks for it. A `forced` one goes to a version that never
    ran well there, and needs a second person. `takes_back` names the deployment that it takes back
    where the stopped one did not go live after all.
    """

    version: str
    by: str
    github: str | None = None
    reason: str = ""
    asked_in: str | None = None
    forced: bool = False
    takes_back: str | None = None
