"""States: where a deployment can be, why it is made, and the table of the moves between them."""

from enum import StrEnum


class Kind(StrEnum):
    """Why production changes; metrics count rollbacks and redeploys apart."""

    RELEASE = "release"
    HOTFIX = "hotfix"
    ROLLBACK = "rollback"
    REDEPLOY = "redeploy"


class State(StrEnum):
    """Where a deployment is; `docs/deployments.md` draws the moves between them."""

    REQUESTED = "requested"
    CHECKING = "checking"
    AWAITING_APPROVAL = "awaiting_approval"
    APPROVED = "approved"
    DISPATCHING = "dispatching"
    UNKNOWN = "unknown"
    RUNNING = "running"
    SWITCHING = "switching"
    VALIDATING = "validating"
    DEGRADED = "degraded"
    ABORTING = "aborting"
    NEEDS_ATTENTION = "needs_attention"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    REJECTED = "rejected"
    EXPIRED = "expired"
    VOID = "void"


S = State
TERMINAL = frozenset({S.SUCCEEDED, S.FAILED, S.CANCELLED, S.REFUSED, S.REJECTED, S.EXPIRED, S.VOID})
UNFINISHED = frozenset(State) - TERMINAL
WAITING = frozenset({S.REQUESTED, S.CHECKING, S.AWAITING_APPROVAL, S.APPROVED})

MOVES: dict[State, frozenset[State]] = {
    S.REQUESTED: frozenset({S.CHECKING, S.CANCELLED}),
    S.CHECKING: frozenset({S.AWAITING_APPROVAL, S.REFUSED, S.CANCELLED}),
    S.AWAITING_APPROVAL: frozenset({S.APPROVED, S.REJECTED, S.EXPIRED, S.CANCELLED, S.VOID}),
    S.APPROVED: frozenset(
        {
            *(S.DISPATCHING, S.SWITCHING, S.FAILED, S.AWAITING_APPROVAL),
            *(S.DEGRADED, S.VOID, S.CANCELLED),
        }
    ),
    S.DISPATCHING: frozenset(
        {S.RUNNING, S.ABORTING, S.UNKNOWN, S.FAILED, S.DEGRADED, S.NEEDS_ATTENTION}
    ),
    S.UNKNOWN: frozenset(
        {S.RUNNING, S.ABORTING, S.DISPATCHING, S.DEGRADED, S.NEEDS_ATTENTION, S.CANCELLED}
    ),
    S.RUNNING: frozenset(
        {S.VALIDATING, S.FAILED, S.DEGRADED, S.ABORTING, S.NEEDS_ATTENTION, S.REJECTED}
    ),
    S.SWITCHING: frozenset({S.VALIDATING, S.DEGRADED, S.APPROVED}),
    S.VALIDATING: frozenset({S.SUCCEEDED, S.DEGRADED, S.FAILED}),
    S.DEGRADED: frozenset({S.SUCCEEDED, S.FAILED, S.SWITCHING}),
    S.ABORTING: frozenset({S.CANCELLED, S.VALIDATING, S.FAILED, S.DEGRADED, S.NEEDS_ATTENTION}),
    S.NEEDS_ATTENTION: frozenset({S.RUNNING, S.ABORTING, S.UNKNOWN, S.FAILED}),
} | {state: frozenset() for state in TERMINAL}

_LEAVES_GATE = frozenset({S.RUNNING, S.ABORTING, S.NEEDS_ATTENTION})
AT_GITHUB: dict[State, frozenset[State]] = {
    S.CHECKING: frozenset({S.DISPATCHING}),
    S.RUNNING: frozenset({S.AWAITING_APPROVAL, S.APPROVED}),
    S.AWAITING_APPROVAL: _LEAVES_GATE | {S.FAILED, S.DISPATCHING},
    S.APPROVED: _LEAVES_GATE,
    S.ABORTING: frozenset({S.REJECTED, S.EXPIRED, S.VOID, S.RUNNING}),
}
"""Moves of those alone whose run waits at GitHub for the approval."""

TRANSITIONS = {state: ends | AT_GITHUB.get(state, frozenset()) for state, ends in MOVES.items()}
"""Every move that any deployment makes."""
