"""The shipped migrate.yml and migrate.sh, with the real node-pg-migrate on a real PostgreSQL; also
asked for by a bot that is killed.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.chaos import database as story
from tests.chaos.nursery import nursery
from tests.chaos.stage import Stage, stage
from tests.chaos.together import together
from tests.contracts.npm import installed
from tests.postgres import Server

pytestmark = pytest.mark.needs("node")
PACKAGE = Path(__file__).parent
EXAMPLES = Path(__file__).parent.parent.parent / "examples"
TABLES = ("orders", "notes", "marks")
TEST = """
if (process.env.BROKEN) {
  console.error("orders without a customer");
  process.exit(1);
}
"""


@dataclass
class Project:
    """A checkout of a version with its migrations, and the database of production."""

    folder: Path
    database: str
    server: Server

    def runs(self, command: str, count: str = "1", **more: str) -> subprocess.CompletedProcess[str]:
        """What the step `Migrate` of the workflow does."""
        workflow = yaml.safe_load((EXAMPLES / "workflows" / "migrate.yml").read_text())
        (step,) = [s for s in workflow["jobs"]["migrate"]["steps"] if s.get("name") == "Migrate"]
        return subprocess.run(
            ["bash", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.folder,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.folder),
                "DATABASE_URL": self.server.address(self.database),
                "COMMAND": command,
                "COUNT": count,
                **more,
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def tables(self) -> list[str]:
        """The tables that are there, in the order in which they were made."""
        listed = (
            f"SELECT relname FROM pg_class WHERE relkind = 'r' AND relname IN {TABLES} ORDER BY oid"
        )
        told = subprocess.run(
            ["node", "-e", _QUERY, listed],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "DATABASE_URL": self.server.address(self.database)},
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
        return told.stdout.split()


_QUERY = """
const { Client } = require("pg");
const db = new Client({ connectionString: process.env.DATABASE_URL });
db.connect().then(() => db.query(process.argv[1])).then((found) => {
  for (const row of found.rows) console.log(row.relname);
  return db.end();
});
"""


@pytest.fixture
def project(tmp_path: Path, server: Server) -> Iterator[Project]:
    """A version with three migrations, all of them done."""
    kept = installed(PACKAGE)
    (tmp_path / "node_modules").symlink_to(kept / "node_modules")
    shutil.copy(EXAMPLES / "migrate.sh", tmp_path)
    (tmp_path / "package.json").write_text(
        '{"scripts": {"test:data-integrity": "node integrity.cjs"}}'
    )
    (tmp_path / "integrity.cjs").write_text(TEST)
    migrations = tmp_path / "migrations"
    migrations.mkdir()
    for number, table in enumerate(TABLES, 1):
        text = (
            f"-- Up Migration\ncreate table {table} ();\n-- Down Migration\ndrop table {table};\n"
        )
        (migrations / f"170000000000{number}_{table}.sql").write_text(text)
    made = Project(tmp_path, server.create(), server)
    done = made.runs("up")
    assert done.returncode == 0, done.stdout + done.stderr
    assert made.tables() == list(TABLES)
    yield made


def test_the_way_down_undoes_as_many_as_were_asked_for_and_no_more(project: Project) -> None:
    done = project.runs("down", "2")
    assert done.returncode == 0, done.stderr
    assert project.tables() == ["orders"]


def test_status_verify_and_the_data_are_told_by_the_exit_status_and_change_nothing(
    project: Project,
) -> None:
    for command in ("status", "verify", "data-integrity"):
        assert project.runs(command).returncode == 0, command
    assert project.runs("data-integrity", BROKEN="yes").returncode == 1
    assert project.tables() == list(TABLES)


def test_a_migration_without_a_way_down_undoes_none_of_them(project: Project) -> None:
    stuck = project.folder / "migrations" / f"1700000000002_{TABLES[1]}.sql"
    stuck.write_text("-- Up Migration\ncreate table notes ();\n-- Down Migration\nselect 1 / 0;\n")
    done = project.runs("down", "2")
    assert done.returncode != 0
    assert project.tables() == list(TABLES)


@pytest.mark.parametrize("count", ["0", "-1", "", "2; drop table orders", "100"])
def test_what_is_no_number_of_migrations_undoes_nothing(project: Project, count: str) -> None:
    done = project.runs("down", count)
    assert done.returncode == 1
    assert "Not a number of migrations" in done.stdout
    assert project.tables() == list(TABLES)


def test_a_database_of_another_version_does_not_verify(project: Project) -> None:
    (project.folder / "migrations" / "1600000000000_early.sql").write_text("select 1;\n")
    assert project.runs("verify").returncode != 0


@pytest.mark.timeout(180)
async def test_a_bot_that_is_killed_has_the_real_way_down_done_once(project: Project) -> None:
    """Killed as it asks for it, while it is done, and when it was done and nobody told it yet."""
    folder = project.folder / "bot"
    folder.mkdir()
    ran: list[str] = []
    async with (
        nursery() as nest,
        stage(folder, nest, "default", story.asked_by_workflow, story.without_targets) as scene,
    ):
        await scene.post("/github/preset", workflow="migrate.yml", script="manual")
        await scene.start()
        async with story.people(scene), together(carried_out(scene, project, ran)):
            async with asyncio.timeout(150):
                while not story.is_over(scene):
                    await asyncio.sleep(0.1)
        assert (await story.count(scene)).duplicated == []
        assert any(m.text.startswith(story.EXECUTED) for m in scene.messages())
    assert ran.count("down") == 1
    assert project.tables() == ["orders"]


async def carried_out(scene: Stage, project: Project, ran: list[str]) -> None:
    """What GitHub does with each run of migrate.yml, and what happens to the bot meanwhile."""
    done: set[int] = set()
    while True:
        for run in scene.runs():
            command = str(run.inputs.get("command", ""))
            if not command or run.id in done:
                continue
            done.add(run.id)
            is_down = command == "down"
            if is_down:
                await is_killed(scene)
            ran.append(command)
            work = asyncio.to_thread(project.runs, command, str(run.inputs.get("count") or 1))
            doing = asyncio.create_task(work)
            if is_down:
                await is_killed(scene)
            ended = await doing
            if is_down:
                await is_killed(scene)
            to = "failure" if ended.returncode else "success"
            await scene.post(f"/github/runs/{run.id}/advance", to=to)
        await asyncio.sleep(0.01)


async def is_killed(scene: Stage) -> None:
    await scene.bot.kill()
    await scene.start()
