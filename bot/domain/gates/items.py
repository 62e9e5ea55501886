"""Items: the process's own lists for one deployment, with when each item is due and what people
read.
"""

from enum import StrEnum

from bot.domain.gates.signatures import QUERIES
from bot.domain.gates.verdicts import Gate

BACKUP = Gate.BACKUP
"""Not an item of the process's lists, but asked before a deployment with migrations."""


class Phase(StrEnum):
    """When an item is due."""

    BEFORE = "before"
    DURING = "during"
    PRODUCTION = "production"
    AFTER = "after"
    ISSUES = "issues"


ITEMS: dict[str, tuple[Phase, str]] = {
    Gate.CI: (Phase.BEFORE, "All tests passing"),
    Gate.REVIEWED: (Phase.BEFORE, "Code reviewed and merged"),
    Gate.BUGS: (Phase.BEFORE, "No known critical bugs"),
    Gate.STAGING: (Phase.BEFORE, "Staging validated"),
    Gate.NOTES: (Phase.BEFORE, "Release notes written"),
    Gate.MIGRATIONS: (Phase.BEFORE, "Database migrations tested"),
    "team": (Phase.BEFORE, "Team notified of deployment"),
    Gate.MONITORING: (Phase.BEFORE, "Monitoring configured"),
    Gate.WAY_BACK: (Phase.BEFORE, "Rollback plan ready"),
    "tag": (Phase.DURING, "Tag created"),
    "triggered": (Phase.DURING, "Workflow triggered"),
    "approval": (Phase.DURING, "Approval obtained"),
    "completed": (Phase.DURING, "Deployment completed"),
    "health": (Phase.DURING, "Health checks passing"),
    "endpoint": (Phase.PRODUCTION, "Health check endpoint returns success"),
    "loads": (Phase.PRODUCTION, "Application loads in browser"),
    "authentication": (Phase.PRODUCTION, "Authentication works"),
    "flows": (Phase.PRODUCTION, "Critical user flows tested"),
    "api": (Phase.PRODUCTION, "API endpoints responding correctly"),
    "error_rate": (Phase.PRODUCTION, "No spike in error rates"),
    "response_times": (Phase.PRODUCTION, "Performance metrics normal"),
    "uptime_kuma": (Phase.PRODUCTION, "Uptime Kuma shows service UP"),
    "alerts": (Phase.PRODUCTION, "No alerts triggered"),
    "validated": (Phase.AFTER, "Application validated"),
    "logs": (Phase.AFTER, "No errors in logs"),
    "performance": (Phase.AFTER, "Performance acceptable"),
    "uptime": (Phase.AFTER, "Uptime monitors green"),
    "success": (Phase.AFTER, "Team notified of success"),
    "documented": (Phase.AFTER, "Deployment documented"),
    "issue": (Phase.ISSUES, "Issue documented"),
    "rollback": (Phase.ISSUES, "Rollback executed"),
    "cause": (Phase.ISSUES, "Root cause identified"),
    "hotfix": (Phase.ISSUES, "Hotfix planned"),
    "post_mortem": (Phase.ISSUES, "Post-mortem scheduled"),
}
READ_AS = {"endpoint": "health"}
"""Items of production's validation whose readings have another name than they."""

ASKED_ONCE_MORE = {"performance": "response_times", "uptime": "uptime_kuma"}
"""Items after a deployment that production's validation has had before: one name is for both."""

APPROVERS_CHECKS: dict[str, str] = {
    Gate.STAGING: "Staging validation completed",
    Gate.NOTES: "Release notes reviewed",
    Gate.BUGS: "No critical issues reported",
    Gate.WATCH: "Team ready to monitor",
}
"""What the process has approvers check, by the gate that reads it."""

SIGNABLE = frozenset(
    {
        *(item for item, (phase, _) in ITEMS.items() if phase is not Phase.DURING),
        Gate.QA,
        Gate.WATCH,
        Gate.ON_CALL,
    }
)


def title(item: str) -> str:
    """An item as people read it."""
    if item == Gate.QA:
        return "QA"
    if item == Gate.WATCH:
        return APPROVERS_CHECKS[Gate.WATCH]
    if item == Gate.ON_CALL:
        return "Somebody on call"
    return QUERIES.get(item) or (ITEMS[item][1] if item in ITEMS else item)
