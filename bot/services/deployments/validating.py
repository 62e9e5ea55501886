"""Validating: production is looked at until it is proven good, or a person has to decide."""

from datetime import timedelta
from functools import partial

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.response_times import WHAT, response_times
from bot.domain.deployments.states import Kind, State
from bot.domain.deployments.validation import (
    Judgement,
    Rule,
    Validation,
    judge,
    take,
)
from bot.domain.versions import shown
from bot.messages.deployments import announcements, notes
from bot.ports import Post, Tx
from bot.services.deployments import alerts, letters, merging, proving, tails, watches
from bot.services.desk import Desk, announce, reply
from bot.services.gates import monitoring
from bot.services.rollbacks import artifacts, unasked

UNTIL_HEALTHY = timedelta(seconds=2)
WHILE_BAKING = timedelta(seconds=15)
WHILE_DEGRADED = timedelta(seconds=20)
LONG_DEGRADED = timedelta(minutes=5)
"""The pause once nobody has decided for half an hour."""


async def validate(desk: Desk, deployment: Deployment) -> None:
    """Probe once, judge, and settle when the judgement is clear."""
    rule = desk.rule(deployment)
    looked = await _look(desk, deployment, rule)
    now = desk.now()
    found = looked.validation or Validation(started_at=now)
    if not looked.version and found.healthy_at:  # a run outside that did not say what it deploys
        looked = looked.with_(version=shown(found.answered))
    verdict, why = judge(found, rule, now) if rule else (Judgement.FAILED, _not_set_up(deployment))
    match verdict:
        case Judgement.GOING_ON:
            looked, posts = await watches.look_after(desk, looked, rule) if rule else (looked, ())
            pause = WHILE_BAKING if found.healthy_at and not found.failures else UNTIL_HEALTHY
            going_on = looked.with_(due_at=now + pause, failures=0, waiting_for="")
            await desk.save(deployment, going_on, posts=posts)
        case Judgement.PASSED:
            live_at = looked.live_at or found.live_at
            ran, others = await artifacts.look(desk, looked)
            logged, lines = await tails.read(desk, looked, others)
            found = found.having(*logged, *artifacts.readings(looked, others, now))
            looked = looked.with_(validation=found)
            good = looked.to(
                State.SUCCEEDED,
                now,
                ran=ran,
                healthy_at=found.healthy_at,
                live_at=live_at,
                hold=looked.kind is Kind.ROLLBACK,
            )
            post = announce(desk.config, good, "succeeded", announcements.good(good))
            read = reply(desk.config, good, "evidence", notes.evidence(good))
            told = (post, read, *lines, *await letters.of_success(desk, good))
            posts = () if good.is_merge else told
            await desk.save(
                deployment, good, action="succeeded", posts=posts, detail=_evidence(found)
            )
        case Judgement.FAILED:
            bad = looked.to(
                State.DEGRADED, now, notice=why, live_at=looked.live_at or found.live_at
            )
            if bad.is_merge:
                await merging.not_validated(desk, deployment, bad)
                return
            await desk.save(
                deployment,
                bad,
                action="degraded",
                also=partial(_alert, desk),
                detail={"why": why} | _evidence(found),
            )


def _alert(desk: Desk, tx: Tx, degraded: Deployment) -> Post:
    """The alert; where the configuration says so, the rollback begins with it."""
    back: Deployment | str | None = None
    if unasked.is_wanted(desk.config, degraded):
        back = unasked.go_back(tx, desk.config, degraded)
        if isinstance(back, str):
            tx.audit("gonogo", "not_rolled_back", degraded.name, why=back)
    return announce(desk.config, degraded, "degraded", announcements.failed(degraded, back))


async def watch_health(desk: Desk, deployment: Deployment) -> None:
    """Keep the evidence of a degraded deployment fresh while a person decides."""
    looked = await _look(desk, deployment, desk.rule(deployment))
    now = desk.now()
    since = looked.validation.started_at if looked.validation else now
    pause = WHILE_DEGRADED if now - since < timedelta(minutes=30) else LONG_DEGRADED
    await desk.save(deployment, looked.with_(due_at=now + pause))


async def _look(desk: Desk, deployment: Deployment, rule: Rule | None) -> Deployment:
    found = deployment.validation or Validation(started_at=desk.now())
    url = desk.health_url(deployment)
    if rule is None:
        return deployment.with_(validation=found)
    if url is None:
        found = await _asked(desk, deployment, found)
        return deployment.with_(validation=found)
    probe = await proving.as_expected(desk, deployment, await desk.probes.health(url))
    now = desk.now()
    expected = deployment.version or probe.version or ""
    found = take(found, probe, expected, now, rule.passes)
    earlier = next((one for one in deployment.before if one.what == WHAT), None)
    if timing := response_times(found, earlier, now):
        found = found.having(timing)
    found = await _asked(desk, deployment, found)
    return deployment.with_(validation=found, live_at=deployment.live_at or found.shown_at)


async def _asked(desk: Desk, deployment: Deployment, found: Validation) -> Validation:
    """With what those say who watch production anyway."""
    return await alerts.look(desk, deployment, await monitoring.watch(desk, deployment, found))


def _not_set_up(deployment: Deployment) -> str:
    place = f"{deployment.service} {deployment.environment}"
    return f"{place} is no longer in gonogo.yaml, so nothing can be looked at"


def _evidence(found: Validation) -> dict[str, object]:
    return {
        "readings": {
            reading.what: f"{reading.outcome}: {reading.text}" for reading in found.readings
        }
    }
