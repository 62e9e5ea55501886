"""What people do at GitHub and in Slack's own settings, beyond the calls of the control API."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sandbox.github.git import Commit, TagObject, digest
from sandbox.github.issues import Issue
from sandbox.github.pulls import Review
from sandbox.github.repository import Repository
from sandbox.github.reverting import revert
from sandbox.github.scripts import Script, ScriptName
from sandbox.health import Answer
from sandbox.world import World

RELEASE = ".github/workflows/release.yml"
SHIPPED = Path(__file__).parents[2] / "examples" / "workflows"


def repo(world: World) -> Repository:
    """The repository of the service `app`."""
    return world.github.repositories["acme/app"]


def commit(
    world: World, title: str, files: Mapping[str, str] | None = None, *, by: str = "ana-acme"
) -> str:
    """Push a commit to main; its sha."""
    git = repo(world).git
    top = git.branches["main"]
    sha = digest("pushed", title, top)
    at = world.clock.now().replace(microsecond=0)
    git.add(Commit(sha, title, by, at, (top,), dict(files or {})), "main")
    return sha


def tag(world: World, name: str, sha: str, *, note: str = "") -> None:
    """Put a tag on a commit, an annotated one where there is a note."""
    git = repo(world).git
    if note:
        made = TagObject(digest(name, note, sha), name, note, sha, "ana-acme", world.clock.now())
        git.annotate(made)
    git.tags[name] = made.sha if note else sha


def edit_workflow(world: World, old: str, new: str) -> None:
    """Change release.yml on main."""
    git = repo(world).git
    text = git.tree(git.branches["main"])[RELEASE]
    assert old in text
    commit(world, "Change the release workflow", {RELEASE: text.replace(old, new)})


def takes_shipped(world: World, *, guarded: tuple[str, ...] = (), records: bool = False) -> None:
    """The team takes the workflows that deploy and roll back as we ship them, and guards these
    environments alone; with `records` GitHub keeps a deployment of every job that names one.
    """
    files = {name: (SHIPPED / name).read_text() for name in ("release.yml", "rollback.yml")}
    if records:
        files = {name: text.replace("deployment: false", "") for name, text in files.items()}
    commit(world, "Take the workflows", {f".github/workflows/{n}": t for n, t in files.items()})
    here = repo(world)
    here.guarded = guarded
    for place in here.environments.values():
        place.reviewers, place.rules = (), ()
    for name in guarded:
        here.guard(here.environment(name, world.clock.now()))


def delete_run(world: World, run: int) -> None:
    """Delete a run, as the Actions page allows."""
    del world.github.actions.runs[run]


def regroup(world: World, *names: str) -> None:
    """Set who is in the user group S0REL."""
    handle, _ = world.slack.user_groups["S0REL"]
    members = [world.slack.named(name).id for name in names]
    world.slack.user_groups["S0REL"] = (handle, members)


def commit_of(world: World, name: str) -> str:
    """The sha of the commit that a tag leads to."""
    found = repo(world).git.tagged(name)
    assert found is not None
    return found.sha


def start_run(world: World, version: str, *, by: str, request_id: str = "") -> int:
    """Start release.yml without Slack; the id of the run."""
    here = repo(world)
    workflow = here.workflow("release.yml")
    assert workflow is not None
    declared = {one.name for one in workflow.inputs}
    inputs: dict[str, object] = {"version": version, "request_id": request_id}
    given = {name: value for name, value in inputs.items() if name in declared}
    path = "/actions/workflows/release.yml/dispatches"
    return world.github.dispatch(here, "release.yml", "main", given, by, path).id


def skip(world: World, run: int, job: str) -> None:
    """Let a run pass over a job, as a condition in the workflow can."""
    found = world.github.actions.runs[run]
    names = [one.name for one in found.jobs]
    world.github.actions.push_to(found, "success", names[names.index(job) - 1])
    skipped = found.job(job)
    assert skipped is not None
    found.finish_job(skipped, "skipped", world.clock.now())


def gate_times_out(world: World, run: int) -> None:
    """GitHub gives a run up that waited for too long at its gate."""
    found = world.github.actions.runs[run]
    [(job, _), *_] = world.github.actions.gates(found)
    found.finish_job(job, "failure", world.clock.now())


def give_gate(world: World, job: str, environment: str) -> None:
    """Let a job of release.yml wait for another environment, which is guarded as production is."""
    edit_workflow(world, f"  {job}:\n", f"  {job}:\n    environment: {environment}\n")
    here = repo(world)
    here.guard(here.environment(environment, world.clock.now()))


def name_anew(world: World, environment: str) -> None:
    """Spell the name of an environment in another letter case, which is still the same one."""
    place = repo(world).place(environment)
    assert place is not None
    place.name = environment


def preset(world: World, name: ScriptName) -> None:
    """Set what future runs of release.yml do."""
    world.github.actions.preset([repo(world)], "release.yml", Script(name))


def answers(world: World, version: str) -> None:
    """Let production say that this version runs there."""
    world.health.set("production", "app", Answer("ok", version))


def delete_message(world: World, ts: str) -> None:
    """Delete a message of the bot, as an owner of the workspace may."""
    world.slack.remove(world.slack.channel_named("deployments").messages[ts])


def open_issue(world: World, number: int, title: str, *labels: str) -> Issue:
    """Somebody reports what they found."""
    here = repo(world)
    made = Issue(next(here.ids), number, title, "", "cy-acme", world.clock.now(), labels)
    here.issues[number] = made
    return made


def asks_for_changes(world: World, pull: int, by: str) -> None:
    """A reviewer takes their approval back."""
    found = repo(world).pulls[pull]
    review = Review(next(repo(world).ids), by, "CHANGES_REQUESTED", world.clock.now())
    found.reviews.append(review)


def empty_notes(world: World, version: str) -> None:
    """The release is there, and says nothing."""
    for release in repo(world).releases.values():
        release.body = "" if release.tag == version else release.body


def runs_on_staging(world: World, version: str) -> None:
    """Let staging say that this version runs there."""
    world.health.set("staging", "app", Answer("ok", version))


def reverts(world: World, pull: int, *, by: str) -> int:
    """Somebody presses Revert on the page of a pull request; the number of the new one."""
    here = repo(world)
    return revert(world.github, here, here.pulls[pull], {}, by).number


def pushes(world: World, branch: str, title: str, *, by: str = "ana-acme") -> str:
    """Push a commit to a branch that is there, and let GitHub tell of it."""
    here = repo(world)
    top = here.git.branches[branch]
    sha = digest("pushed", branch, title, top)
    at = world.clock.now().replace(microsecond=0)
    here.git.add(Commit(sha, title, by, at, (top,)), branch)
    told = {"ref": f"refs/heads/{branch}", "before": top, "after": sha, "sender": by}
    world.github.notify("push", "pushed", here, **told)
    return sha


def rolls_back(world: World, version: str) -> int:
    """An account that is nobody's in the configuration starts rollback.yml; the id of the run."""
    path = "/actions/workflows/rollback.yml/dispatches"
    given: dict[str, object] = {"version": version}
    by = world.seed.github_reviewer
    return world.github.dispatch(repo(world), "rollback.yml", "main", given, by, path).id
