"""Validating: production is looked at until it is proven good, or a person has to decide."""

from datetime import timedelta

from bot.domain.deployments import Deployment, State
from bot.domain.validation import Judgement, Reading, Validation, judge, response_times, take
from bot.messages import announcements, notes
from bot.services.desk import Desk, announce, reply

UNTIL_HEALTHY = timedelta(seconds=2)
WHILE_BAKING = timedelta(seconds=15)
WHILE_DEGRADED = timedelta(seconds=30)


async def validate(desk: Desk, deployment: Deployment) -> None:
    """Probe once, judge, and settle when the judgement is clear."""
    looked = await _look(desk, deployment)
    now = desk.now()
    rule = desk.rule(deployment)
    found = looked.validation or Validation(started_at=now)
    verdict, why = judge(found, rule, now)
    match verdict:
        case Judgement.GOING_ON:
            pause = WHILE_BAKING if found.healthy_at and not found.failures else UNTIL_HEALTHY
            await desk.save(
                deployment, looked.with_(due_at=now + pause, failures=0, waiting_for="")
            )
        case Judgement.PASSED:
            good = looked.to(State.SUCCEEDED, now, healthy_at=found.healthy_at)
            post = announce(desk.config, good, "succeeded", announcements.succeeded(good))
            read = reply(desk.config, good, "evidence", notes.evidence(good))
            await desk.save(
                deployment, good, action="succeeded", posts=(post, read), detail=_evidence(found)
            )
        case Judgement.FAILED:
            bad = looked.to(State.DEGRADED, now, waiting_for=why)
            post = announce(desk.config, bad, "degraded", announcements.failed(bad))
            await desk.save(
                deployment,
                bad,
                action="degraded",
                posts=(post,),
                detail={"why": why} | _evidence(found),
            )


async def watch_health(desk: Desk, deployment: Deployment) -> None:
    """Keep the evidence of a degraded deployment fresh while a person decides."""
    looked = await _look(desk, deployment)
    await desk.save(deployment, looked.with_(due_at=desk.now() + WHILE_DEGRADED))


async def _look(desk: Desk, deployment: Deployment) -> Deployment:
    found = deployment.validation or Validation(started_at=desk.now())
    url = desk.health_url(deployment)
    if url is None:
        return deployment.with_(validation=found)
    probe = await desk.probes.health(url)
    now = desk.now()
    found = take(found, probe, deployment.version, now, desk.rule(deployment).passes)
    timing: Reading | None = response_times(found, deployment.baseline_ms, now)
    if timing:
        found = found.having(timing)
    live_at = deployment.live_at or (
        now if not probe.problem and probe.version == deployment.version else None
    )
    return deployment.with_(validation=found, live_at=live_at)


def _evidence(found: Validation) -> dict[str, object]:
    return {
        "readings": {
            reading.what: f"{reading.outcome}: {reading.text}" for reading in found.readings
        }
    }
