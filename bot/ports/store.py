"""The store port: what is kept, and the transaction in which it is read and changed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.searches import Search
from bot.domain.metrics.history import IncidentRecord, Record
from bot.ports.annotations import AnnotationTx
from bot.ports.audits import AuditTx
from bot.ports.channels import OwnChannelTx
from bot.ports.chores import ChoreTx
from bot.ports.directory import DirectoryTx
from bot.ports.forerunners import ForerunnerTx
from bot.ports.freezes import FreezeTx
from bot.ports.homes import HomeTx
from bot.ports.incidents import IncidentTx
from bot.ports.inspections import InspectionTx
from bot.ports.letters import LetterTx
from bot.ports.locks import LockTx
from bot.ports.lookouts import LookoutTx
from bot.ports.mirrors import MirrorTx
from bot.ports.pages import PageTx
from bot.ports.pictures import PictureTx
from bot.ports.posts import CardTx, PostTx
from bot.ports.releases import ReleaseDraftTx
from bot.ports.remedies import RemedyTx
from bot.ports.sightings import SightingTx
from bot.ports.staging import StagingTx
from bot.ports.standings import StandingTx
from bot.ports.status_posts import StatusPostTx
from bot.ports.turns import TurnTx
from bot.ports.twins import TwinTx

T = TypeVar("T")


class Tx(
    TurnTx,
    ChoreTx,
    DirectoryTx,
    LookoutTx,
    ForerunnerTx,
    SightingTx,
    StagingTx,
    StandingTx,
    LockTx,
    FreezeTx,
    IncidentTx,
    LetterTx,
    HomeTx,
    PictureTx,
    ReleaseDraftTx,
    RemedyTx,
    InspectionTx,
    AnnotationTx,
    PageTx,
    StatusPostTx,
    OwnChannelTx,
    AuditTx,
    PostTx,
    CardTx,
    MirrorTx,
    TwinTx,
    Protocol,
):
    """One transaction on the store; every method is synchronous and sees the same snapshot.

    A change of a row that somebody else changed meanwhile raises `Stale`, and nothing is kept.
    """

    now: datetime

    def first_time(self, key: str, source: str, actor: str) -> bool:
        """Record an incoming request; False when the same one was recorded before."""

    def heard(self, source: str, actor: str, since: datetime) -> bool:
        """Whether anything came in from there since then."""

    def add(self, deployment: Deployment) -> Deployment:
        """Insert a deployment; it comes back with its id."""

    def save(self, old: Deployment, new: Deployment) -> Deployment:
        """Replace `old` by `new` if nobody else did; it comes back with the next revision."""

    def deployment(self, deployment_id: int) -> Deployment | None: ...
    def deployment_in_history(self, name: str) -> Deployment | None:
        """The one that the history names so: D12, or the id that it was imported under."""

    def holder(self, service: str, environment: str) -> Deployment | None:
        """Who holds the slot: the unfinished deployment there that is no dry run."""

    def dry_run(self, asked_by: str, service: str, environment: str) -> Deployment | None:
        """The unfinished dry run of that person there."""

    def unfinished(self, repo: str | None = None) -> tuple[Deployment, ...]: ...
    def due(self, now: datetime) -> tuple[int, ...]:
        """Ids of unfinished deployments whose `due_at` has come, the longest due first."""

    def release_dispatching(self) -> None:
        """After a start on an embedded database: nobody waits for an answer any more, so what is
        being dispatched, switched, or answered at a gate, is due at once.
        """

    def hurry(self) -> None:
        """Make every unfinished deployment that waits for GitHub due within a second; no more."""

    def live(self, service: str, environment: str) -> Deployment | None:
        """What runs there: the deployment that went live last, however it ended."""

    def pinned(self) -> tuple[Deployment, ...]:
        """The rollbacks that left something pinned, newest first, however they ended."""

    def history(
        self, service: str | None, environment: str | None, *, limit: int, offset: int = 0
    ) -> tuple[Deployment, ...]:
        """Deployments that are no dry run, newest first."""

    def search(self, wanted: Search, *, limit: int, offset: int = 0) -> tuple[Deployment, ...]:
        """Of these, those that somebody wants to see."""

    def records(self, service: str, environment: str) -> tuple[Record, ...]:
        """The history there, oldest first: what ended, and what is changing it now."""

    def incident_records(self, service: str) -> tuple[IncidentRecord, ...]:
        """The incidents of that service, in the order in which they were declared."""

    def all_records(self) -> tuple[tuple[Record, ...], tuple[IncidentRecord, ...]]:
        """The history of everything, oldest first."""

    def yet_to_be_records(self) -> frozenset[str]:
        """The names of deployments that are no history yet, and will be."""

    def bring_in(self, records: Sequence[Record], incidents: Sequence[IncidentRecord]) -> None:
        """Keep history from elsewhere; none of its names may be known. Where a dry run or a drill
        has the number that is in a name, that name is kept beside another number.
        """

    def sending(self, repo: str, workflow: str) -> tuple[Deployment, ...]:
        """Deployments of that workflow that were sent and have no run yet."""

    def claimed_runs(self, repo: str) -> frozenset[int]: ...

    def keep_callback(self, repo: str, run_id: int, environment: str, url: str) -> None:
        """Note where GitHub asked for the answer of our App's own rule."""

    def announced(self, repo: str, run_id: int) -> Mapping[str, datetime]:
        """The environments for which GitHub asked, of one run, and when it did so last."""

    def forget_callbacks(self, before: datetime) -> None: ...

    def duties(self) -> dict[str, datetime | None]:
        """Each recurring duty that ever ran: since when it is due, None where it is not yet."""

    def duty(self, name: str) -> datetime | None:
        """When a recurring duty is due again; None when it never ran."""

    def set_duty(self, name: str, due_at: datetime) -> None: ...
    def bring_forward(self) -> None:
        """Make everything due now that the tick would come back to later: its steps can run twice,
        and a clock that was set back would make them wait.
        """

    def forget_requests(self, before: datetime) -> None:
        """Drop inbox rows received before then."""

    def next_due(self) -> datetime | None:
        """The earliest time at which anything but a duty has to be looked at again: what duties
        would have done on the way they do at the end.
        """


class Stale(Exception):
    """Somebody else changed the row first; read it again."""


class Unreachable(Exception):
    """The database does not answer, or can keep nothing now; nothing was, and later it may."""


class Store(Protocol):
    """Where everything is kept."""

    async def run(self, operation: Callable[[Tx], T]) -> T:
        """Run one synchronous operation in one transaction and commit it, or keep nothing."""

    async def read(self, operation: Callable[[Tx], T]) -> T:
        """Run one that only reads; it holds up nobody who writes."""
