"""Letters in the store: a row for each person who wants none."""

from collections.abc import Iterable

from sqlalchemy import delete, func, select

from bot.adapters.store import tables
from bot.adapters.store.directory import as_actor
from bot.adapters.store.rows import Rows
from bot.domain.people import Actor

_TABLE = tables.letters_off
_PEOPLE = tables.people


class Letters(Rows):
    """Who is written to, within one transaction."""

    def people_of(self, logins: Iterable[str]) -> tuple[Actor, ...]:
        wanted = {login.lower() for login in logins}
        theirs = select(_PEOPLE).where(func.lower(_PEOPLE.c.github).in_(wanted))
        rows = self.connection.execute(theirs.order_by(_PEOPLE.c.slack_id)).mappings()
        return tuple(map(as_actor, rows))

    def wants_letters(self, slack_id: str) -> bool:
        none = select(_TABLE.c.slack_id).where(_TABLE.c.slack_id == slack_id)
        return self.connection.scalar(none) is None

    def choose_letters(self, slack_id: str, *, wanted: bool) -> None:
        if wanted:
            self.connection.execute(delete(_TABLE).where(_TABLE.c.slack_id == slack_id))
        else:
            self.put(_TABLE, {"slack_id": slack_id, "since": self.now})
