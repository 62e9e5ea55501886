"""What all tables share: their collection, and indexes over a part of the rows.

The predicates are literal text, used in the indexes and in the queries alike: that is how both
databases know that a query may use a partial index.
"""

from sqlalchemy import Index, MetaData, text

metadata = MetaData()

EMPTY = text("''")


def partial_index(name: str, *columns: object, where: object, unique: bool = False) -> Index:
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)  # type: ignore[arg-type]
