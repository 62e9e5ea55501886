"""Where everything is kept: SQLite for one instance, PostgreSQL for several."""

from bot.adapters.store.database import AWAY, Unusable
from bot.adapters.store.instance import AlreadyRunning, only_instance
from bot.adapters.store.schema import downgrade, is_current, make_current, revisions, upgrade
from bot.adapters.store.store import SqlStore, open_store
from bot.ports import Unreachable

__all__ = [
    "AWAY",
    "AlreadyRunning",
    "SqlStore",
    "Unreachable",
    "Unusable",
    "downgrade",
    "is_current",
    "make_current",
    "only_instance",
    "open_store",
    "revisions",
    "upgrade",
]
