"""Ports: all that the bot asks of the world, on one page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from bot.domain.changes import ChangeList
from bot.domain.deployments import Deployment
from bot.domain.gates import Check
from bot.domain.people import Actor, Standing
from bot.domain.runs import Progress, RunSummary
from bot.domain.validation import Probe
from bot.messages.blocks import Message

T = TypeVar("T")


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""


# --- GitHub ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A tag: `object_sha` is the tag object (the commit itself when lightweight), `commit` what
    it peels to.
    """

    name: str
    object_sha: str
    commit: str
    dated: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """A workflow file as it stands on the default branch; `blob` is the file's git sha.

    `inputs` maps each declared dispatch input to whether it is required without a default.
    `carries_id`: run-name shows the request id; `guarded`: a job `guard` stops a second run of it.
    `jobs` and `steps` are the names that a run shows; those that are made only in the run are as
    written, with `${{`.
    """

    file: str
    blob: str
    branch: str
    active: bool
    inputs: dict[str, bool]
    carries_id: bool
    guarded: bool
    jobs: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The answer to an accepted dispatch; `run_id` is None where GitHub did not tell it (204)."""

    run_id: int | None
    url: str | None = None


class GitHub(Protocol):
    """GitHub as the bot uses it. Reads raise Fault (NotFound when absent) and may be repeated.

    The two writes are sent at most once per call: Declined means nothing happened, Unanswered that
    nobody knows.
    """

    async def login(self) -> str:
        """The login that runs are started as."""

    async def tags(self, repo: str) -> tuple[Tag, ...]:
        """The newest tags that are versions, at most 100, newest version first."""

    async def tag(self, repo: str, name: str) -> Tag:
        """One tag, read afresh. NotFound when there is none."""

    async def has_release(self, repo: str, tag: str) -> bool:
        """Whether a published GitHub release exists for the tag."""

    async def changes(self, repo: str, base: str | None, head: str) -> ChangeList:
        """What lies between two commits or tags: pull request titles, else commit subjects."""

    async def is_on_branch(self, repo: str, commit: str, branch: str) -> bool:
        """Whether the commit is reachable from the branch."""

    async def checks(self, repo: str, commit: str) -> tuple[Check, ...]:
        """Check runs (latest of each) and commit statuses of a commit."""

    async def workflow(self, repo: str, file: str) -> Workflow:
        """The workflow file of the default branch. NotFound when it is not there."""

    async def runs(
        self, repo: str, file: str, *, after: int = 0, dispatched_only: bool = True
    ) -> tuple[RunSummary, ...]:
        """The newest runs of a workflow with an id above `after`, newest first, at most 50."""

    async def run(self, repo: str, run_id: int) -> tuple[RunSummary, Progress]:
        """One run with its jobs and steps. NotFound when it was deleted."""

    async def dispatch(
        self,
        repo: str,
        file: str,
        ref: str,
        inputs: dict[str, str],
        *,
        is_fresh: Callable[[], bool] = lambda: True,
    ) -> Started:
        """Start a run: one POST, never repeated, and none (a Fault) when `is_fresh` says no right
        before it. Raises Declined or Unanswered; any other Fault means that nothing was sent.
        """

    async def cancel(self, repo: str, run_id: int, *, force: bool = False) -> None:
        """Ask for a run's cancellation; a run that has ended already is no error."""


# --- Slack ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A Slack account as users.info tells it."""

    slack_id: str
    name: str
    standing: Standing


class Chat(Protocol):
    """Slack as the bot uses it. No call repeats a post; Unanswered means that it may have gone
    out.
    """

    async def post(
        self, channel: str, message: Message, *, key: str, thread_ts: str | None = None
    ) -> tuple[str, str]:
        """Post a message, `key` in its metadata; the channel it is in and its ts.

        A user id as channel is a direct message, which has a channel of its own.
        """

    async def find(
        self, channel: str, key: str, since: datetime, *, thread_ts: str | None = None
    ) -> tuple[str, str] | None:
        """(channel id, ts) of our message with that key in its metadata, posted since then."""

    async def update(self, channel: str, ts: str, message: Message) -> None:
        """Edit a message of ours. NotFound when it was deleted."""

    async def whisper(
        self, channel: str, user: str, message: Message, *, response_url: str | None = None
    ) -> None:
        """Show a message to one person only: postEphemeral, else the response_url, else a direct
        message.
        """

    async def permalink(self, channel: str, ts: str) -> str:
        """The address of a message."""

    async def channel_id(self, name: str) -> str:
        """The id of the channel of that name or id. NotFound when the bot cannot see it."""

    async def account(self, slack_id: str) -> Account:
        """One account. NotFound when there is none."""

    async def group_members(self, handle: str) -> tuple[str, ...]:
        """The user ids of a user group, by id (S…) or handle."""

    async def open_view(self, trigger_id: str, view: dict[str, Any]) -> None:
        """Open a modal within the trigger's three seconds, or raise Fault."""


# --- production -----------------------------------------------------------------------------


class Probes(Protocol):
    """Looks at production."""

    async def health(self, url: str) -> Probe:
        """One GET of a configured health URL; a failure is a Probe with its problem, never an
        exception.
        """


# --- the store ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Who did or saw what to which subject ("D12"), when; `detail` is plain JSON."""

    at: datetime
    actor: str
    action: str
    subject: str
    detail: dict[str, Any] = field(default_factory=dict)
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A message on its way out. `key` is unique and goes into Slack's metadata.

    `thread_of` is the key of the message whose thread it belongs to; `user` makes it visible to
    one person only. `sending_since` is set while a post is under way or its answer was lost.
    """

    key: str
    channel: str
    message: Message
    user: str | None = None
    thread_of: str | None = None
    response_url: str | None = None
    created_at: datetime | None = None
    due_at: datetime | None = None
    sending_since: datetime | None = None
    attempts: int = 0
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The one message of a deployment: where it is, and what Slack was last told.

    `revision` is the deployment's revision at that time, `shown` a digest of the message.
    """

    deployment: int
    channel: str
    ts: str
    revision: int
    shown: str
    shown_at: datetime


class Tx(Protocol):
    """One transaction on the store; every method is synchronous and sees the same snapshot.

    A change of a row that somebody else changed meanwhile raises `Stale`, and nothing is kept.
    """

    now: datetime

    def first_time(self, key: str, source: str, actor: str) -> bool:
        """Record an incoming request; False when the same one was recorded before."""

    def add(self, deployment: Deployment) -> Deployment:
        """Insert a deployment; it comes back with its id."""

    def save(self, old: Deployment, new: Deployment) -> Deployment:
        """Replace `old` by `new` if nobody else did; it comes back with the next revision."""

    def deployment(self, deployment_id: int) -> Deployment | None: ...
    def holder(self, service: str, environment: str) -> Deployment | None:
        """Who holds the slot: the unfinished deployment there that is no dry run."""

    def unfinished(self) -> tuple[Deployment, ...]: ...
    def due(self, now: datetime) -> tuple[int, ...]:
        """Ids of unfinished deployments whose `due_at` has come, the longest due first."""

    def release_dispatching(self) -> None:
        """After a start on an embedded database: nobody waits for an answer any more, so what was
        being dispatched is due at once.
        """

    def hurry(self) -> None:
        """Make every unfinished deployment that waits for GitHub due now, without changing it
        otherwise.
        """

    def live(self, service: str, environment: str) -> Deployment | None:
        """What runs there: the deployment that went live last, however it ended."""

    def history(
        self, service: str | None, environment: str | None, *, limit: int, offset: int = 0
    ) -> tuple[Deployment, ...]:
        """Deployments that are no dry run, newest first."""

    def sending(self, repo: str, workflow: str) -> tuple[Deployment, ...]:
        """Deployments of that workflow that were sent and have no run yet."""

    def claimed_runs(self, repo: str) -> frozenset[int]: ...

    def audit(self, actor: str, action: str, subject: str, **detail: Any) -> None: ...
    def trail(self, subject: str) -> tuple[AuditEntry, ...]: ...
    def has_unsealed(self) -> bool:
        """Whether audit rows wait to be sealed."""

    def seal(self, limit: int = 500) -> str | None:
        """Chain audit rows that are not yet sealed, in order; the new head, or None when nothing
        was open.
        """

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
        """The message as it was put on its way under that key."""

    def stale_cards(self) -> tuple[tuple[Deployment, Card | None], ...]:
        """Deployments past their checks (no dry run, not refused) that changed since their card
        was shown; not those whose card is on its way for the first time.
        """

    def keep_card(self, card: Card) -> None: ...
    def mark_shown(self, deployment_id: int, revision: int) -> None:
        """Note which revision needs no showing any more; 0 while the first post is under way."""

    def lose_card(self, deployment_id: int) -> None:
        """Forget where the card was, because it is there no longer."""

    def card(self, deployment_id: int) -> Card | None: ...

    def tags(self, repo: str) -> tuple[Tag, ...]: ...
    def keep_tags(self, repo: str, tags: Sequence[Tag]) -> None: ...
    def actor(self, slack_id: str) -> tuple[Actor, datetime | None]:
        """The person as the directory knows them, and when that was read."""

    def name_of(self, slack_id: str) -> str:
        """What Slack shows this person as; the id of somebody unknown."""

    def keep_people(self, people: Sequence[tuple[Actor, str]]) -> None:
        """Replace the directory by these people with their display names."""

    def members(self, role: str) -> tuple[str, ...]: ...
    def people_read_at(self) -> datetime | None:
        """When the directory was read last; None when it holds nobody."""

    def duty(self, name: str) -> datetime | None:
        """When a recurring duty is due again; None when it never ran."""

    def set_duty(self, name: str, due_at: datetime) -> None: ...
    def forget_request(self, key: str) -> None:
        """Take it as new if the same request comes again."""

    def forget_requests(self, before: datetime) -> None:
        """Drop inbox rows received before then."""

    def next_due(self) -> datetime | None:
        """The earliest time at which a deployment or a message has to be looked at again. Duties
        do not count: what they would have done on the way they do at the end.
        """


class Stale(Exception):
    """Somebody else changed the row first; read it again."""


class Store(Protocol):
    """Where everything is kept."""

    async def run(self, operation: Callable[[Tx], T]) -> T:
        """Run one synchronous operation in one transaction and commit it, or keep nothing."""

    async def read(self, operation: Callable[[Tx], T]) -> T:
        """Run one that only reads; it holds up nobody who writes."""
