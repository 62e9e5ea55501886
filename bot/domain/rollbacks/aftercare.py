"""Aftercare: what people do about a rollback once it is proven: when they expect the fix."""

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind, State
from bot.domain.errors import Refusal
from bot.domain.people import Actor
from bot.domain.rollbacks.rollbacks import may_roll_back

LONGEST_ETA = 80
"""Characters; it stands in one line of the announcement."""


def may_care(deployment: Deployment, actor: Actor) -> None:
    """Refuse unless this is a finished rollback, and the actor may say what comes after it."""
    if deployment.kind is not Kind.ROLLBACK or deployment.state is not State.SUCCEEDED:
        raise Refusal(
            "no_finished_rollback",
            "Nothing was done: {name} is no rollback that is finished.",
            name=deployment.name,
        )
    may_roll_back(actor)


def eta_of(text: str) -> str:
    """When the fix is expected, in a person's words. Refuses what says nothing or too much."""
    words = " ".join(text.split())
    if not words or len(words) > LONGEST_ETA:
        raise Refusal(
            "no_eta",
            "Say when the fix is expected in at most {most} characters, such as: today 16:00.",
            most=LONGEST_ETA,
        )
    return words
