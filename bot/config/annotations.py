"""Annotations in gonogo.yaml: who else is told when a version went live."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from bot.config.monitors import Word
from bot.config.part import Part


class PostHogAnnotation(Part):
    """An annotation in a PostHog project: a line across its charts."""

    kind: Literal["posthog"]
    project: int = Field(gt=0, description="number of the project")


class SentryAnnotation(Part):
    """A release and a deploy at Sentry."""

    kind: Literal["sentry"]
    organization: Word
    projects: tuple[Word, ...] = Field(min_length=1, description="slugs of its projects")
    environment: Word | None = Field(default=None, description="its name there; ours, if left out")


class PagerDutyAnnotation(Part):
    """A change event at PagerDuty, beside the alerts; it wakes nobody."""

    kind: Literal["pagerduty"]


AnnotationConfig = Annotated[
    PostHogAnnotation | SentryAnnotation | PagerDutyAnnotation, Field(discriminator="kind")
]
PLACES = {"posthog": "PostHog", "sentry": "Sentry", "pagerduty": "PagerDuty"}


def _each_once(found: Sequence[AnnotationConfig]) -> Sequence[AnnotationConfig]:
    """What was told is known by its place, so two of one kind would hide one another."""
    kinds = [one.kind for one in found]
    if twice := sorted({kind for kind in kinds if kinds.count(kind) > 1}):
        raise ValueError(f"{PLACES[twice[0]]} is named twice")
    return found


Annotations = Annotated[tuple[AnnotationConfig, ...], AfterValidator(_each_once)]
