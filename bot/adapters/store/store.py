"""The store: transactions on everything that the bot keeps."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from bot.adapters.store import audit
from bot.adapters.store.annotations import Annotations
from bot.adapters.store.audit import Audit
from bot.adapters.store.callbacks import Callbacks
from bot.adapters.store.cards import Cards
from bot.adapters.store.chores import Chores
from bot.adapters.store.database import ANSWERS_WITHIN, Database, open_database
from bot.adapters.store.directory import Directory
from bot.adapters.store.duties import Duties
from bot.adapters.store.forerunners import Forerunners
from bot.adapters.store.freezes import Freezes
from bot.adapters.store.history import History
from bot.adapters.store.homes import Homes
from bot.adapters.store.inbox import Inbox
from bot.adapters.store.incidents import Incidents
from bot.adapters.store.inspections import Inspections
from bot.adapters.store.letters import Letters
from bot.adapters.store.locks import Locks
from bot.adapters.store.lookouts import Lookouts
from bot.adapters.store.mirrors import Mirrors
from bot.adapters.store.outbox import Outbox
from bot.adapters.store.own_channels import OwnChannels
from bot.adapters.store.pages import Pages
from bot.adapters.store.pictures import Pictures
from bot.adapters.store.release_drafts import ReleaseDrafts
from bot.adapters.store.remedies import Remedies
from bot.adapters.store.searches import Searches
from bot.adapters.store.standings import Standings
from bot.adapters.store.status_posts import StatusPosts
from bot.adapters.store.twins import Twins
from bot.domain.deployments.deployments import Deployment
from bot.ports import Clock, Follower, Stale, Tx

T = TypeVar("T")


class Transaction(
    Inbox,
    Callbacks,
    Standings,
    Searches,
    Lookouts,
    Forerunners,
    History,
    Cards,
    Outbox,
    Audit,
    Directory,
    Duties,
    Chores,
    Locks,
    Freezes,
    Incidents,
    Letters,
    Homes,
    Pictures,
    ReleaseDrafts,
    Remedies,
    Inspections,
    Annotations,
    Pages,
    StatusPosts,
    OwnChannels,
    Mirrors,
    Twins,
):
    """One transaction, as `bot.ports.Tx` describes it; each noun's part is in its own file."""

    def __init__(
        self, connection: Connection, now: datetime, followers: Sequence[Follower] = ()
    ) -> None:
        super().__init__(connection, now)
        self._followers = followers

    def save(self, old: Deployment, new: Deployment) -> Deployment:
        saved = super().save(old, new)
        for follow in self._followers:
            follow(self, old, saved)
        return saved


class SqlStore:
    """Everything that is kept, in a SQL database (`bot.ports.Store`).

    `followers` are told of each change of a deployment, in its transaction.
    """

    def __init__(
        self, database: Database, clock: Clock, followers: Sequence[Follower] = ()
    ) -> None:
        self._database = database
        self._clock = clock
        self._followers = followers

    async def run(self, operation: Callable[[Tx], T]) -> T:
        """Run one operation in one transaction and commit it, or keep nothing.

        The operation has to be repeatable: where a race with another replica was lost it runs
        again, and Stale is raised when that does not help.
        """

        def work(connection: Connection) -> T:
            return operation(Transaction(connection, self._clock.now(), self._followers))

        try:
            return await self._database.transact(work)
        except IntegrityError as error:
            if getattr(error.orig, "sqlite_errorname", "") == "SQLITE_CONSTRAINT_UNIQUE":
                raise Stale("somebody else has that already") from error
            raise

    async def read(self, operation: Callable[[Tx], T]) -> T:
        """Run one operation that writes nothing, without the lock that writing takes."""
        return await self._database.transact(
            lambda connection: operation(Transaction(connection, self._clock.now())), reads=True
        )

    async def ping(self) -> None:
        """Return when the database answers; raises whatever keeps it from that."""
        await self._database.transact(
            lambda connection: connection.execute(text("SELECT 1")), reads=True
        )

    async def verify_audit(self, head: str | None = None) -> dict[str, Any]:
        """Check the audit chain, see `audit.verify`."""
        return await self._database.transact(
            lambda connection: audit.verify(connection, head), reads=True
        )

    async def close(self) -> None:
        """Finish what is open and let go of the database."""
        await self._database.close()


def open_store(
    address: str,
    clock: Clock,
    followers: Sequence[Follower] = (),
    *,
    answers_within: float | None = ANSWERS_WITHIN,
) -> SqlStore:
    """The store at a database address, connected at first use; ValueError for a wrong one.

    `answers_within` is how many seconds a statement may take on a server, None any time.
    """
    return SqlStore(open_database(address, answers_within=answers_within), clock, followers)
