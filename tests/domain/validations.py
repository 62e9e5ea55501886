"""Validations and probes that several tests of them take."""

from datetime import timedelta
from functools import reduce

from hypothesis import strategies as st

from bot.domain.deployments.validation import (
    Judgement,
    Outcome,
    Probe,
    Reading,
    Rule,
    Validation,
    judge,
    take,
)
from tests.domain.samples import NOON

GOOD = Probe(version="v1.2.1", ms=100)
OLD = Probe(version="v1.2.0", ms=100)
DOWN = Probe(problem="HTTP 503")
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
RULE = Rule(has_health=True, deadline=timedelta(minutes=5), bake=timedelta(minutes=10))
PROBES = st.lists(st.sampled_from([GOOD, OLD, DOWN, Probe(ms=90)]), max_size=12)


def after(*probes: Probe, needed: int = 3) -> Validation:
    """Validation after these probes, one each second."""
    start = Validation(started_at=NOON)
    timed = enumerate(probes, start=1)
    return reduce(lambda v, p: take(v, p[1], "v1.2.1", NOON + p[0] * SECOND, needed), timed, start)


def judged(validation: Validation, minutes: float, rule: Rule = RULE) -> tuple[Judgement, str]:
    return judge(validation, rule, NOON + timedelta(minutes=minutes))


GOING_ON = (Judgement.GOING_ON, "")
PASSED = (Judgement.PASSED, "")


def smoke(outcome: Outcome) -> Reading:
    return Reading(what="smoke", outcome=outcome, text="the job smoke was failure", at=NOON)
