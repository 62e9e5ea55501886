"""Migrations are found by their paths; their way down and what they break by their text."""

import pytest

from bot.domain.deployments.migrations import Migration, MigrationRule, TouchedFile, find

IN_FILE = MigrationRule(paths=("migrations/*.sql",), down="^-- down")
BESIDE = MigrationRule(paths=("db/*.sql",), down="db/{name}.down.sql")


def added(path: str, text: str | None, status: str = "added") -> TouchedFile:
    return TouchedFile(path=path, status=status, added=text)


def test_only_what_lies_in_the_paths_is_a_migration() -> None:
    files = [
        added("migrations/0002_b.sql", "create table b (id int);\n-- down\ndrop table b;"),
        added("migrations/0001_a.sql", "create table a (id int);"),
        added("app/main.py", "drop table a"),
        added("migrations/0000_old.sql", "", "removed"),
    ]
    assert find(files, IN_FILE) == (
        Migration(path="migrations/0001_a.sql", has_down=False),
        Migration(path="migrations/0002_b.sql", has_down=True),
    )


def test_the_way_down_may_be_a_file_of_its_own() -> None:
    files = [
        added("db/0001_a.up.sql", "create table a (id int);"),
        added("db/0001_a.down.sql", "drop table a;"),
        added("db/0002_b.up.sql", "create table b (id int);"),
    ]
    assert find(files, BESIDE) == (
        Migration(path="db/0001_a.up.sql", has_down=True),
        Migration(path="db/0002_b.up.sql", has_down=False),
    )


def test_what_github_does_not_show_is_not_known() -> None:
    [hidden] = find([added("migrations/0001_a.sql", None)], IN_FILE)
    assert (hidden.has_down, hidden.breaks) == (None, None)
    [unruled] = find([added("db/1.sql", "")], MigrationRule(paths=("db/*",)))
    assert (unruled.has_down, unruled.breaks, unruled.name) == (None, "", "1.sql")


@pytest.mark.parametrize(
    ("text", "breaks"),
    [
        ("ALTER TABLE orders DROP COLUMN legacy;", "drop column"),
        ("alter table orders drop legacy;", "drop legacy"),
        ("alter table orders\n  rename column a\n  to b;", "rename column"),
        ("alter table a rename to b", "rename to"),
        ("op.drop_column('orders', 'legacy')", "drop_column"),
        ("t.renameTable('a', 'b')", "renametable"),
        ("remove_column :orders, :legacy", "remove_column"),
        ("drop index orders_by_day;", ""),
        ("alter table a alter column b drop not null;", ""),
        ("alter table a drop constraint b;", ""),
        ("create table dropped (id int);", ""),
        ("alter table a add column b int; -- down\ndrop table a;", "drop table"),
    ],
)
def test_what_the_version_before_could_not_work_with(text: str, breaks: str) -> None:
    [found] = find([added("migrations/1.sql", text)], IN_FILE)
    assert found.breaks == breaks
