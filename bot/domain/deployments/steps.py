"""Steps: what the tick has to do next for a deployment."""

from enum import Enum, auto
from typing import assert_never

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.runs import Sent
from bot.domain.deployments.states import Kind, State


class Step(Enum):
    """What the tick has to do next for a deployment."""

    CHECK = auto()
    WATCH_APPROVAL = auto()
    DISPATCH = auto()
    ANSWER_GATE = auto()
    FIND_RUN = auto()
    WATCH_RUN = auto()
    SWITCH = auto()
    VALIDATE = auto()
    WATCH_HEALTH = auto()
    NOTHING = auto()


def next_step(deployment: Deployment) -> Step:
    """What the tick does for a deployment in its present state."""
    match deployment.state:
        case State.REQUESTED | State.CHECKING:
            return Step.CHECK
        case State.AWAITING_APPROVAL:
            return Step.WATCH_APPROVAL
        case State.APPROVED:
            return Step.ANSWER_GATE if deployment.protection else Step.DISPATCH
        case State.DISPATCHING | State.UNKNOWN | State.NEEDS_ATTENTION:
            return Step.FIND_RUN
        case State.RUNNING | State.ABORTING:
            return Step.WATCH_RUN
        case State.SWITCHING:
            return Step.SWITCH
        case State.VALIDATING:
            return Step.VALIDATE
        case State.DEGRADED:
            return Step.WATCH_HEALTH
        case (
            State.SUCCEEDED
            | State.FAILED
            | State.CANCELLED
            | State.REFUSED
            | State.REJECTED
            | State.EXPIRED
            | State.VOID
        ):
            return Step.NOTHING
        case _:
            assert_never(deployment.state)


def cannot_wait(deployment: Deployment) -> bool:
    """Whether its next step comes before everything that only looks, when GitHub limits us: what
    was approved is sent, what was sent is found, what is to be stopped is stopped; a rollback
    always.
    """
    return (
        deployment.kind is Kind.ROLLBACK
        or deployment.state is State.ABORTING
        or next_step(deployment) in (Step.DISPATCH, Step.ANSWER_GATE, Step.FIND_RUN)
    )


def is_unsent(deployment: Deployment) -> bool:
    """Whether it was to be sent, and GitHub surely took none of it: there is no run to look for."""
    intent = deployment.dispatch
    is_between = deployment.state is State.UNKNOWN and deployment.run_id is None
    return is_between and intent is not None and intent.sent is Sent.NOT
