"""Approval configuration: how many approve, where at GitHub, and which teams hold a role."""

import re

from pydantic import Field

from bot.config.part import Part
from bot.domain.approvals.protection import Mode

TEAM = re.compile(r"team:[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9][A-Za-z0-9._-]*")


class EnvironmentApproval(Part):
    """Who has to approve what goes to one environment."""

    needed: int | None = Field(
        default=None, ge=0, le=10, description="how many different approvers; 1, on staging none"
    )
    rollback: int = Field(
        default=0, ge=0, le=10, description="how many others have to approve a rollback"
    )
    mode: Mode = Field(default=Mode.SLACK, description="what holds a deployment back until then")
    environments: tuple[str, ...] = Field(
        default=(), description="where runs wait at GitHub, unless it is called as here"
    )


def is_team(name: str) -> bool:
    """Whether a role's entry is a GitHub team, team:organisation/name."""
    return TEAM.fullmatch(name) is not None
