"""A version with two migrations that can be undone, and people who undo them."""

from dataclasses import replace

from sandbox.world import World
from tests.scenarios.workspace import Json, Workspace

RULES: Json = {"services": {"app": {"migrations": {"workflow": "migrate.yml", "call": ["dee"]}}}}
UNDO = "Undo 2 migrations and Roll Back to v1.2.0"
DONE = ("status", "verify", "down", "status", "verify")


def reversible(world: World) -> None:
    """v1.3.0 brings two migrations, each with a way down."""
    git = world.github.repository("acme/app").git
    brings = git.tagged("v1.3.0")
    assert brings is not None
    both = {
        "migrations/0007_add_notes.sql": "create table notes ();\n-- down\ndrop table notes;\n",
        "migrations/0008_add_marks.sql": "create table marks ();\n-- down\ndrop table marks;\n",
    }
    git.commits[brings.sha] = replace(brings, changes=both)


async def deployed(team: Workspace) -> None:
    await team.asks_and_approves("/deploy v1.3.0")
    await team.passes("PT2M")
    assert await team.state() == "Succeeded"


async def undoes(team: Workspace) -> None:
    await team.types("bo", "/rollback because orders are lost")
    await team.clicks_own("bo", UNDO)


async def asked(team: Workspace) -> list[str]:
    """What the workflow was asked to do to the database on the way back, oldest first."""
    runs = (await team.get("/github/runs"))["runs"]
    return [r["inputs"]["command"] for r in reversed(runs) if is_of_the_way_back(r)]


def is_of_the_way_back(run: Json) -> bool:
    """Whether the database was asked then, and not after the deployment D2 before it."""
    ours = run["workflow"] == "migrate.yml"
    return ours and not run["inputs"]["request_id"].startswith("D2-")


async def card(team: Workspace) -> str:
    return next(text for text in reversed(await team.channel()) if "back → production" in text)


async def began(team: Workspace, command: str) -> bool:
    return (await asked(team))[-1:] == [command]


async def code_stays(team: Workspace) -> None:
    """The database is taken back, and the run that should bring the code fails."""
    await undoes(team)
    await team.until(lambda: runs_at_last(team, "rollback.yml"), "PT2S")
    await team.ends_run("failure")
    await team.passes("PT1M")
    assert await asked(team) == list(DONE)


async def runs_at_last(team: Workspace, workflow: str) -> bool:
    return bool((await team.get("/github/runs"))["runs"][0]["workflow"] == workflow)
