"""Watches: whoever is to watch a deployment is asked, reminded once, and says so by a button."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import structlog

from bot.config.people import is_group
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind, State
from bot.domain.deployments.validation import Rule
from bot.domain.deployments.watches import Watch
from bot.domain.errors import Fault, Refusal
from bot.domain.people import Standing
from bot.messages.blocks import Message
from bot.messages.deployments import watches as words
from bot.ports import Account, Post, Tx
from bot.services.deployments.decisions import load
from bot.services.deployments.requests import as_before
from bot.services.desk import Desk, direct, reply

log = structlog.get_logger()

MOST = 20
"""People who are asked to watch; those beyond would each be told that somebody else does."""


async def people(desk: Desk, service: str) -> tuple[tuple[Account, ...], int] | None:
    """Those who watch and are members of the workspace, of many the first, and how many were not
    looked at; None where nobody is named.
    """
    settings = desk.config.services.get(service)
    if settings is None or not settings.watch:
        return None
    groups = [name for name in settings.watch if is_group(name)]
    named = [desk.config.people[n].slack for n in settings.watch if n in desk.config.people]
    return await members(desk, named, groups)


async def members(
    desk: Desk, named: Sequence[str], groups: Sequence[str]
) -> tuple[tuple[Account, ...], int]:
    """Those of them who are members of the workspace, of many the first, and how many were not
    looked at.
    """
    found = await asyncio.gather(*(desk.chat.group_members(group) for group in groups))
    everybody = list(dict.fromkeys([*named, *(who for group in found for who in group)]))
    accounts = await asyncio.gather(*(desk.chat.account(who) for who in everybody[:MOST]))
    there = tuple(a for a in accounts if a.standing is Standing.MEMBER)
    return there, len(everybody[MOST:])


async def look_after(
    desk: Desk, deployment: Deployment, rule: Rule
) -> tuple[Deployment, tuple[Post, ...]]:
    """The deployment with those asked who are to watch its bake, or reminded; and the words."""
    now, watch = desk.now(), deployment.watch
    if watch is None:
        if not rule.bake or deployment.kind is Kind.ROLLBACK or deployment.is_merge:
            return deployment, ()
        try:
            found = await people(desk, deployment.service)
        except Fault as fault:  # production is looked at all the same
            log.warning("watchers_not_read", deployment=deployment.id, error=fault.text)
            return deployment, ()
        accounts, beyond = found or ((), 0)
        if not accounts:
            return deployment, ()
        ids = tuple(account.slack_id for account in accounts)
        watch = Watch(people=ids, beyond=beyond, asked_at=now, until=now + rule.bake)
        asked = deployment.with_(watch=watch)
        return asked, (reply(desk.config, asked, "watch", words.asking(asked, watch)),)
    if watch.needs_reminder(now):
        reminded = deployment.with_(watch=replace(watch, reminded_at=now))
        note = words.reminder(reminded, watch)
        told = (direct(reminded, "watch", who, note) for who in watch.people)
        return reminded, (reply(desk.config, reminded, "watch-reminder", note), *told)
    return deployment, ()


def take(tx: Tx, deployment_id: int, slack_id: str) -> Message:
    """Note who watches."""
    deployment = load(tx, deployment_id)
    watch = deployment.watch
    if watch is None or deployment.state not in (State.VALIDATING, State.DEGRADED):
        text = "{name} is no longer being watched: it is {state}."
        raise Refusal("watch_is_over", text, name=deployment.name, state=deployment.state)
    saved = tx.save(
        deployment, deployment.with_(watch=watch.taken(as_before(tx, slack_id), tx.now))
    )
    tx.audit(slack_id, "watch_taken", saved.name)
    return words.taken(saved)
