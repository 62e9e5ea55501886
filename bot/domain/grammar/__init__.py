"""Grammar: what a person typed after a command, as values; a typo is a refusal, never a reason."""

from bot.domain.grammar.audit import AuditWish, parse_audit
from bot.domain.grammar.deploy import DeployWish, hotfix_checked, incident_in, parse_deploy
from bot.domain.grammar.freezes import FreezeWish, LiftWish, parse_freeze
from bot.domain.grammar.history import HistoryWish, parse_history
from bot.domain.grammar.incident import IncidentWish, parse_incident
from bot.domain.grammar.locks import LockWish, UnlockWish, parse_lock, parse_unlock
from bot.domain.grammar.metrics import MetricsWish, parse_metrics
from bot.domain.grammar.notes import parse_notes
from bot.domain.grammar.reports import ACTS, REPORTS, ReportWish, parse_report
from bot.domain.grammar.rollback import RollbackWish, parse_rollback
from bot.domain.grammar.words import KEYWORDS, MAX_REASON, clean_reason, normalise

__all__ = [
    "ACTS",
    "KEYWORDS",
    "MAX_REASON",
    "REPORTS",
    "AuditWish",
    "DeployWish",
    "FreezeWish",
    "HistoryWish",
    "IncidentWish",
    "LiftWish",
    "LockWish",
    "MetricsWish",
    "ReportWish",
    "RollbackWish",
    "UnlockWish",
    "clean_reason",
    "hotfix_checked",
    "incident_in",
    "normalise",
    "parse_audit",
    "parse_deploy",
    "parse_freeze",
    "parse_history",
    "parse_incident",
    "parse_lock",
    "parse_metrics",
    "parse_notes",
    "parse_report",
    "parse_rollback",
    "parse_unlock",
]
