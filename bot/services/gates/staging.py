"""Staging: its validation, by people in one form and by checks that the tick makes."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import timedelta

from bot.config import CheckConfig, Config
from bot.domain.deployments.staging import ITEMS, OnStaging, StagingCheck
from bot.domain.errors import Refusal
from bot.domain.people import Role, require
from bot.messages.blocks import Message
from bot.messages.deployments import staging as words
from bot.ports import Tx
from bot.services.deployments.requests import known
from bot.services.desk import Desk

CHECK_EVERY = timedelta(seconds=60)
SOON = timedelta(seconds=10)
"""The pause while it is not known what runs there, or something is on its way."""

MAY_SIGN = (Role.QA, Role.DEPLOYER, Role.APPROVER)


async def check(desk: Desk, service: str, checks: dict[str, CheckConfig]) -> timedelta:
    """Make the configured checks that have not passed for what runs there; when to come back."""

    def read(tx: Tx) -> tuple[OnStaging | None, bool]:
        return tx.on_staging(service), tx.holder(service, "staging") is not None

    found, is_busy = await desk.store.read(read)
    if found is None or not found.commit or is_busy:
        return SOON
    open_ones = [item for item in checks if not _has_passed(found, item)]
    answers = await asyncio.gather(*(_look(desk, checks[item]) for item in open_ones))
    now = desk.now()
    seen = [
        StagingCheck(
            service=service,
            commit=found.commit,
            item=item,
            passed=not problem,
            at=now,
            text=problem or f"{checks[item].url} answers as it should",
        )
        for item, problem in zip(open_ones, answers, strict=True)
    ]
    if seen:
        await desk.store.run(lambda tx: _keep(tx, seen))
    return CHECK_EVERY


def _has_passed(found: OnStaging, item: str) -> bool:
    known = found.check(item)
    return known is not None and known.passed


async def _look(desk: Desk, check: CheckConfig) -> str:
    return await desk.probes.page(check.url, check.status, check.contains)


def _keep(tx: Tx, checks: Sequence[StagingCheck]) -> None:
    """Unless something else runs there by now."""
    for seen in checks:
        found = tx.on_staging(seen.service)
        if found is None or found.commit != seen.commit:
            return
        before = found.check(seen.item)
        tx.keep_staging_check(seen)
        if before is None or (before.passed, before.text) != (seen.passed, seen.text):
            detail = {"item": seen.item, "passed": seen.passed, "text": seen.text}
            tx.audit("gonogo", "staging_checked", seen.service, commit=seen.commit, **detail)


def on_staging(tx: Tx, config: Config, service: str) -> OnStaging:
    """What runs there, if its validation makes sense."""
    if config.environment(service, "staging") is None:
        raise Refusal(
            "no_staging",
            "{service} has no staging in gonogo.yaml, so there is nothing to validate.",
            service=service,
        )
    found = tx.on_staging(service)
    if found is None or not found.commit:
        raise Refusal(
            "staging_not_known",
            "I do not know which commit runs on staging of {service}. "
            "Merge something, or let its health page tell its version.",
            service=service,
        )
    return found


def may_sign(tx: Tx, slack_id: str) -> None:
    """Refuse unless this person may sign items off."""
    actor = known(tx, slack_id)
    require(actor, Role.QA, "sign off the validation of staging", *MAY_SIGN)


def sign(
    tx: Tx, config: Config, service: str, commit: str, items: Iterable[str], slack_id: str
) -> Message:
    """Record a person's sign-offs for the commit that they looked at."""
    may_sign(tx, slack_id)
    found = on_staging(tx, config, service)
    if found.commit != commit:
        raise Refusal(
            "staging_moved",
            "Staging of {service} runs {version} by now, so nothing was signed off. "
            "Look at that, then open the form again.",
            service=service,
            version=found.version,
        )
    signed = [item for item in ITEMS if item in set(items) & set(found.open_items)]
    for item in signed:
        mark = StagingCheck(
            service=service, commit=commit, item=item, passed=True, at=tx.now, by=slack_id
        )
        tx.keep_staging_check(mark)
    if signed:
        tx.audit(slack_id, "staging_signed", service, commit=commit, items=signed)
    return words.signed(on_staging(tx, config, service), len(signed))
