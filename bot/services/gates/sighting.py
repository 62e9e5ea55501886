"""Sighting: looks at each environment now and then, and tells when it runs what it should not."""

from dataclasses import replace
from datetime import timedelta

import structlog

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.sightings import Sighting, after
from bot.domain.errors import Fault
from bot.domain.versions import Version, is_same, shown
from bot.messages.deployments import drift
from bot.ports import Post, Tag, Tx
from bot.services.deployments import proving
from bot.services.desk import Desk

log = structlog.get_logger()

LOOK_EVERY = timedelta(seconds=60)
WHILE_DIFFERENT = timedelta(seconds=20)


async def look(desk: Desk, service: str, environment: str, url: str) -> timedelta:
    """Look once; how long to wait before looking again."""
    probe = await desk.probes.health(url)
    repo = desk.config.services[service].repo

    def read(tx: Tx) -> tuple[Deployment | None, tuple[Tag, ...]]:
        return tx.live(service, environment), tx.tags(repo)

    live, tags = await desk.store.read(read)
    if live is not None:
        probe = await proving.as_expected(desk, live, probe)
    told = shown(probe.version) if probe.version and not probe.problem else None
    ms = None if probe.problem else probe.ms
    seen = await desk.store.run(lambda tx: _keep(tx, desk, service, environment, told, tags, ms))
    if environment == "staging":
        await _compare(desk, seen, repo)
    return WHILE_DIFFERENT if seen.differs else LOOK_EVERY


def _keep(
    tx: Tx,
    desk: Desk,
    service: str,
    environment: str,
    told: str | None,
    tags: tuple[Tag, ...],
    ms: float | None,
) -> Sighting:
    live, holder = tx.live(service, environment), tx.holder(service, environment)
    before = tx.sighting(service, environment) or Sighting(
        service=service, environment=environment, at=tx.now
    )
    is_busy = holder is not None and not holder.is_waiting
    seen = after(before, told, live.version if live else "", is_busy=is_busy, at=tx.now, ms=ms)
    seen = replace(seen, commit=_commit(seen.told, live, tags))
    if live is not None and seen.is_drift and not seen.alarm:
        seen = replace(seen, alarm=f"drift:{service}:{environment}:{tx.now.isoformat()}")
        message = drift.drifted(seen, live)
        tx.post(Post(key=seen.alarm, channel=desk.config.slack.channel, message=message))
        tx.audit("gonogo", "drift", live.name, told=seen.told, live=live.version)
    elif live is not None and seen.alarm and told is not None and told == live.version:
        reply = drift.resolved(seen, live)
        channel = desk.config.slack.channel
        key = f"{seen.alarm}:resolved"
        tx.post(Post(key=key, channel=channel, message=reply, thread_of=seen.alarm))
        tx.audit("gonogo", "drift_resolved", live.name, told=seen.told, live=live.version)
        seen = replace(seen, alarm="")
    tx.keep_sighting(seen)
    return seen


def _commit(told: str, live: Deployment | None, tags: tuple[Tag, ...]) -> str:
    """The commit of what was told: the live one's, else that of its tag, else the sha itself."""
    if live and live.binding and told in ("", live.version):
        return live.binding.commit
    found = next((tag.commit for tag in tags if told and is_same(told, tag.name)), "")
    return found or ("" if Version.parse(told) or "@" in told else told)


async def _compare(desk: Desk, seen: Sighting, repo: str) -> None:
    """Count the commits between staging and production, when one of them has changed."""
    live = await desk.store.read(lambda tx: tx.live(seen.service, "production"))
    base = live.binding.commit if live and live.binding else ""
    key = f"{base}...{seen.commit}"
    if not base or not seen.commit or key == seen.base:
        return
    try:
        ahead, behind = (0, 0)
        if base != seen.commit:
            ahead, behind = await desk.github.distance(repo, base, seen.commit)
    except Fault as fault:
        log.info("not_compared", service=seen.service, error=fault.text)
        return

    def keep(tx: Tx) -> None:
        current = tx.sighting(seen.service, seen.environment) or seen
        tx.keep_sighting(replace(current, base=key, ahead=ahead, behind=behind))

    await desk.store.run(keep)
