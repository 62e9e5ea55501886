"""The store's part for posts and cards: messages on their way out, and what is shown of each
deployment.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.deployments.states import State
from bot.messages.blocks import Message
from bot.ports.silences import Silence


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A message on its way out. `key` is unique and goes into Slack's metadata.

    `thread_of` is the key of the message whose thread it belongs to; `user` makes it visible to
    one person only, then in the thread of `thread_ts`, if that is one. `links_to` is another
    message, as channel:ts, whose address is added. `sending_since` is set while a post is under
    way or its answer was lost.
    """

    key: str
    channel: str
    message: Message
    user: str | None = None
    thread_of: str | None = None
    thread_ts: str | None = None
    links_to: str | None = None
    response_url: str | None = None
    created_at: datetime | None = None
    due_at: datetime | None = None
    sending_since: datetime | None = None
    attempts: int = 0
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The one message of a deployment: where it is, and what Slack was last told.

    `revision` is the deployment's revision at that time, `shown` a digest of the message; `silence`
    is what it has to tell besides the deployment.
    """

    deployment: int
    channel: str
    ts: str
    revision: int
    shown: str
    shown_at: datetime
    silence: Silence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleCard:
    """A card that does not show what its deployment is by now; `shown_at` is None before the first
    one.
    """

    deployment: int
    state: State
    shown_at: datetime | None = None


class PostTx(Protocol):
    """Messages on their way out, within one transaction."""

    def post(self, post: Post) -> None:
        """Put a message on its way; a key that exists already changes nothing."""

    def posts_due(self, now: datetime, limit: int = 50) -> tuple[Post, ...]:
        """Open posts whose time has come, in order; none that stands behind one which has to be
        tried again at the same place.
        """

    def mark_sending(self, post: Post, now: datetime, lost_at: datetime) -> Post:
        """Claim a post before it is sent; at `lost_at` it is due again, with `sending_since` set.
        May raise Stale.
        """

    def put_off(
        self, post: Post, due_at: datetime, *, clear: bool, declined: str | None = None
    ) -> None:
        """Try again later; `clear` says that it surely did not go out.

        What was `declined`, and why, holds up nothing that comes after it.
        """

    def mark_sent(self, post: Post, channel: str, ts: str | None) -> None: ...
    def drop(self, post: Post, why: str) -> None: ...
    def post_again(self, post: Post) -> None:
        """Put a message that was given up, or is gone from Slack, on its way once more."""

    def is_dropped(self, key: str) -> bool:
        """Whether a message was given up."""

    def forget_posts(self, before: datetime) -> None:
        """Forget messages that went out, or were given up, before then; a card keeps its place."""

    def release_sending(self) -> None:
        """After a start: what was being sent is due at once, its answer lost.

        Only where the database is ours alone: elsewhere another replica may be sending it.
        """

    def sent_ts(self, key: str) -> tuple[str, str] | None:
        """(channel, ts) of a message that went out."""

    def message_of(self, key: str) -> Message | None:
        """What was put on its way under that key, as it reads now; an empty message where that was
        forgotten.
        """

    def keep_message(self, key: str, message: Message) -> bool:
        """Note what a message says that was forgotten and then edited; whether that is kept now.
        Where something else was kept since, that stays, and nobody knows whose edit came last.
        """

    def forget_message(self, key: str) -> None:
        """Note, before a message that went out is edited, that from now on nobody knows what it
        says, until that is kept. What is yet to go out stays as it is, and so does what was given
        up.
        """


class CardTx(Protocol):
    """What is shown of deployments, within one transaction."""

    def stale_cards(self) -> tuple[StaleCard, ...]:
        """Of deployments past their checks (no dry run, not refused) that changed since their card
        was shown; not those whose card is on its way for the first time.
        """

    def keep_card(self, card: Card) -> None: ...
    def mark_shown(self, deployment_id: int, revision: int) -> None:
        """Note which revision needs no showing any more; 0 while the first post is under way, and
        where it has to be looked at once more.
        """

    def lose_card(self, deployment_id: int) -> None:
        """Forget where the card was, because it is there no longer."""

    def card(self, deployment_id: int) -> Card | None: ...
