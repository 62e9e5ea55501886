"""Board: keeps the cards in Slack equal to the store; posts once, edits in place, repairs."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.domain.deployments import inspections
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import TERMINAL, Kind, State
from bot.domain.errors import Declined, NotFound
from bot.domain.gates import checklist
from bot.messages.blocks import Message
from bot.messages.deployments import announcements, checklists, notes, watches
from bot.messages.deployments import inspections as databases
from bot.messages.deployments.cards import MOST_CHANGES
from bot.messages.deployments.cards import card as render
from bot.ports import Card, Post, StaleCard, Tx
from bot.services.deployments import inspecting
from bot.services.deployments.approval_watch import first_asking
from bot.services.deployments.silences import with_silence
from bot.services.desk import Desk, card_key, reply
from bot.services.incidents import maintenance

log = structlog.get_logger()

EDIT_PAUSE = timedelta(seconds=3)
"""Slack's guide: at most one edit of a message in three seconds."""

EDITS_A_MINUTE = 45
"""Of the about 50 that a workspace may make; progress waits when they run out."""

PROGRESS = 2
"""The urgency of what nobody waits for."""

MOST_DECLINES = 12
"""After so many an edit is given up, until there is something else to show."""


class Board:
    """What has been shown where; only the budget of edits and what was declined are in memory."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._edits: list[datetime] = []
        self._declines: Counter[int] = Counter()

    def due(self, stale: tuple[StaleCard, ...], now: datetime) -> list[StaleCard]:
        """Which of the changed cards may be shown now: final ones first, then those that wait for
        people. Where the clock was set back, what was shown later does not have to wait.
        """
        ready = [
            card
            for card in stale
            if card.shown_at is None or not card.shown_at <= now < _opens(card, card.shown_at)
        ]
        ready.sort(key=lambda card: _urgency(card.state))
        self._edits = [at for at in self._edits if at <= now < at + timedelta(minutes=1)]
        room = EDITS_A_MINUTE - len(self._edits)
        urgent = [card for card in ready if _urgency(card.state) < PROGRESS]
        return urgent + ready[len(urgent) :][: max(0, room - len(urgent))]

    def next_due(self, stale: tuple[StaleCard, ...]) -> datetime | None:
        """When the earliest of the cards that have to wait may be shown."""
        return min((_opens(card, card.shown_at) for card in stale if card.shown_at), default=None)

    def edited(self) -> None:
        """Count an edit against what the workspace may make."""
        self._edits.append(self._desk.now())

    async def show(self, deployment_id: int) -> None:
        """Bring one card up to date."""
        desk = self._desk
        deployment, card, place, posted = await desk.store.read(partial(_read, deployment_id))
        if deployment is None:
            return
        if card is not None:
            now = desk.now()
            words = render(with_silence(deployment, card.silence, now), now)
            await self._edit(deployment, card, words)
        elif place is not None:
            posts = await self._below(deployment)
            shown = digest(posted) if posted else ""
            kept = self._card(deployment, *place, shown, 0)
            await desk.store.run(partial(_keep_posted, kept, posts))
        else:
            await desk.store.run(partial(self._post, deployment_id))
        desk.wake()

    def _post(self, deployment_id: int, tx: Tx) -> None:
        """Put the first post on its way, or once more what Slack declined before it changed."""
        missing = {card.deployment for card in tx.stale_cards() if card.shown_at is None}
        deployment = tx.deployment(deployment_id) if deployment_id in missing else None
        key = card_key(deployment_id)
        if deployment is None or tx.sent_ts(key) is not None:
            return
        post = self._as_post(deployment, render(deployment, tx.now))
        declined = tx.message_of(key) if tx.is_dropped(key) else None
        if declined is None:
            tx.post(post)
        elif digest(declined) != digest(post.message):
            tx.post_again(post)
        else:
            tx.mark_shown(deployment_id, deployment.revision)
            return
        tx.mark_shown(deployment_id, 0)

    def _as_post(self, deployment: Deployment, message: Message) -> Post:
        channel = self._desk.config.slack.channel
        return Post(key=card_key(deployment.id), channel=channel, message=message)

    async def _edit(self, deployment: Deployment, card: Card, message: Message) -> None:
        shown = digest(message)
        if shown != card.shown:
            await self._desk.store.run(partial(_doubt, card))
            self.edited()
            try:
                await self._desk.chat.update(card.channel, card.ts, message)
            except NotFound:
                anew = self._as_post(deployment, message)
                if await self._desk.store.run(partial(_replace, deployment, card, anew)):
                    return
            except Declined as no:
                self._declines[deployment.id] += 1
                if self._declines[deployment.id] < MOST_DECLINES:
                    raise
                log.warning("card_not_edited", deployment=deployment.id, error=no.text)
        self._declines.pop(deployment.id, None)
        posts = tuple(self._posts(deployment))
        for key, words in posts:
            await self._edit_post(deployment.id, key, words)
        kept = self._card(deployment, card.channel, card.ts, shown, deployment.revision)
        await self._desk.store.run(partial(_keep_edited, card, kept, posts))

    def _posts(self, deployment: Deployment) -> Iterator[tuple[str, Message]]:
        """What its posts should say by now, by their keys."""
        if _urgency(deployment.state) != PROGRESS:  # when somebody may have time to read it
            yield checklist_key(deployment), checklists.reply(deployment)
        if inspections.is_for(deployment):
            configured = inspecting.is_configured(self._desk.config, deployment.service)
            told = databases.reply(deployment, configured=configured)
            yield f"reply:{deployment.id}:database", told
        if deployment.kind is Kind.ROLLBACK and deployment.state is State.SUCCEEDED:
            # What people add to a rollback later stands in its message.
            yield f"notice:{deployment.id}:succeeded", announcements.good(deployment)
        if deployment.watch is not None:
            yield f"reply:{deployment.id}:watch", watches.asking(deployment, deployment.watch)

    async def _edit_post(self, deployment_id: int, key: str, message: Message) -> None:
        """Edit a message that went out, where it should say something else by now, or where nobody
        knows what it says: from the edit until that is kept.
        """
        place, told = await self._desk.store.read(partial(_read_post, key))
        if place is None or told is None or digest(told) == digest(message):
            return
        await self._desk.store.run(partial(_forget, deployment_id, key))
        self.edited()
        try:
            await self._desk.chat.update(*place, message)
        except (NotFound, Declined) as gone:  # who deletes it means it
            log.info("message_not_edited", key=key, error=gone.text)
        await self._desk.store.run(partial(_keep_post, deployment_id, key, message))

    async def _below(self, deployment: Deployment) -> tuple[Post, ...]:
        """What belongs under a new card: who is asked, and the changes it has no room for."""
        desk = self._desk
        posts: tuple[Post, ...] = ()
        if deployment.state is State.AWAITING_APPROVAL:
            posts = await first_asking(desk, deployment)
        if deployment.changes and len(deployment.changes.changes) > MOST_CHANGES:
            posts = (
                reply(desk.config, deployment, "changes", notes.all_changes(deployment)),
                *posts,
            )
        if checklist.is_for(deployment):
            posts = (
                *posts,
                reply(desk.config, deployment, "checklist", checklists.reply(deployment)),
            )
        return (*posts, *maintenance.offer(desk.config, deployment))

    def _card(
        self, deployment: Deployment, channel: str, ts: str, shown: str, revision: int
    ) -> Card:
        return Card(
            deployment=deployment.id,
            channel=channel,
            ts=ts,
            revision=revision,
            shown=shown,
            shown_at=self._desk.now(),
        )


def _keep_posted(kept: Card, posts: tuple[Post, ...], tx: Tx) -> None:
    tx.keep_card(kept)
    for post in posts:
        tx.post(post)


def _doubt(card: Card, tx: Tx) -> None:
    """From the edit until all of it is kept nobody knows what the card shows: should the answer be
    lost, or the bot end, it is shown once more, also with the words that stood there before.
    """
    now = tx.card(card.deployment) if card.shown else None
    if now is not None:
        tx.keep_card(replace(now, revision=0, shown=""))


def _forget(deployment_id: int, key: str, tx: Tx) -> None:
    """From now on nobody knows what a post says; its card is looked at until somebody does."""
    tx.forget_message(key)
    tx.mark_shown(deployment_id, 0)


def _keep_post(deployment_id: int, key: str, message: Message, tx: Tx) -> None:
    """Where another bot kept something else since we began, nobody knows whose edit came last."""
    if not tx.keep_message(key, message):
        _forget(deployment_id, key, tx)


def _keep_edited(before: Card, kept: Card, posts: tuple[tuple[str, Message], ...], tx: Tx) -> None:
    """Where another bot showed something else since we read what was shown `before`, nobody knows
    whose edit came last: it is shown once more. One that it found deleted is posted anew, and
    stays where it was posted. Who was heard to be silent since is yet to be told, and the posts
    that do not say by now what we told are looked at once more.
    """
    now = tx.card(kept.deployment)
    if now is None:
        return
    is_ours = now.shown_at == before.shown_at or now.shown == kept.shown
    if not is_ours or now.ts != kept.ts:
        kept = replace(kept, channel=now.channel, ts=now.ts, revision=0, shown="")
    elif now.silence != before.silence or any(_says_else(key, words, tx) for key, words in posts):
        kept = replace(kept, revision=0)
    tx.keep_card(replace(kept, silence=now.silence))


def _read(
    deployment_id: int, tx: Tx
) -> tuple[Deployment | None, Card | None, tuple[str, str] | None, Message | None]:
    key = card_key(deployment_id)
    return tx.deployment(deployment_id), tx.card(deployment_id), tx.sent_ts(key), tx.message_of(key)


def checklist_key(deployment: Deployment) -> str:
    """The key of the list in the card's thread."""
    return f"reply:{deployment.id}:checklist"


def _read_post(key: str, tx: Tx) -> tuple[tuple[str, str] | None, Message | None]:
    return tx.sent_ts(key), tx.message_of(key)


def _says_else(key: str, words: Message, tx: Tx) -> bool:
    place, told = _read_post(key, tx)
    return place is not None and told is not None and digest(told) != digest(words)


def _replace(deployment: Deployment, card: Card, anew: Post, tx: Tx) -> bool:
    """Post a card that somebody deleted anew, within a day once: who deletes it again means it."""
    if not tx.first_time(f"again:{anew.key}", "board", "gonogo"):
        return False
    tx.audit("gonogo", "card_deleted", deployment.name)
    tx.lose_card(card.deployment)
    tx.post_again(anew)
    tx.mark_shown(card.deployment, 0)
    return True


def digest(message: Message) -> str:
    """A short word that is the same only for the same message."""
    return digest_of([message.text, message.blocks])


def digest_of(content: object) -> str:
    """The same for anything that JSON can say."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def _opens(card: StaleCard, shown_at: datetime) -> datetime:
    """When it may be edited again; a final word does not wait."""
    return shown_at if card.state in TERMINAL else shown_at + EDIT_PAUSE


def _urgency(state: State) -> int:
    if state in TERMINAL:
        return 0
    if state in (State.AWAITING_APPROVAL, State.DEGRADED, State.NEEDS_ATTENTION):
        return 1
    return PROGRESS
