"""The repositories of each seed: commits, tags, pull requests and past runs, as plain data.

Ages are days before the beginning of the world, so that a seed means the same on every date.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

OWNER = "acme"
GUARDIANS = ("bo-acme", "dee-acme")
BOT, APP, REVIEWER = "gonogo-bot", "gonogo[bot]", "gonogo-reviewer"
GATES: Mapping[str, dict[str, Any]] = {
    "gated": {"guarded": ("production",), "guardians": (REVIEWER, "ana-acme", *GUARDIANS)},
    "ruled": {"guarded": ("production",), "ruled_by": (APP,)},
}
"""What is different in the seeds whose production has a gate at GitHub."""

_WORKFLOWS = Path(__file__).parent / "workflows"


@dataclass(frozen=True)
class CommitSeed:
    """A commit on the tip of `branch`, named `key` within its repository."""

    key: str
    title: str
    author: str
    age: float
    files: Mapping[str, str]
    branch: str = "main"
    parent: str | None = None  # the key of the commit that a new branch starts from


@dataclass(frozen=True)
class PullSeed:
    """A pull request; `merged_as` is the key of its squashed commit, `head` of an open one."""

    number: int
    title: str
    author: str
    reviewer: str
    branch: str
    age: float
    merged_as: str | None = None
    head: str | None = None


@dataclass(frozen=True)
class IssueSeed:
    """An open issue."""

    number: int
    title: str
    author: str
    age: float
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class TagSeed:
    """A tag; with `notes` it is annotated and has a published release."""

    name: str
    commit: str
    age: float
    notes: str = ""


@dataclass(frozen=True)
class RunSeed:
    """A run that has long ended well; with `version` it is a release."""

    workflow: str
    commit: str
    actor: str
    age: float
    version: str | None = None
    event: str = "push"


@dataclass(frozen=True)
class RepoSeed:
    """One repository at the beginning of a world."""

    name: str
    commits: tuple[CommitSeed, ...]
    pulls: tuple[PullSeed, ...]
    tags: tuple[TagSeed, ...]
    runs: tuple[RunSeed, ...]
    issues: tuple[IssueSeed, ...] = ()
    environments: tuple[str, ...] = ("production", "production-rollback", "staging")
    places: Mapping[str, str] = field(
        default_factory=lambda: {"production-rollback": "production"}
    )  # environments without a gate that change the same place as another
    guardians: tuple[str, ...] = GUARDIANS
    ruled_by: tuple[str, ...] = ()  # Apps that guard an environment instead of people
    guarded: tuple[str, ...] = ()  # environments that have a gate from the beginning
    admins: tuple[str, ...] = ("dee-acme",)


def repos(seed: str, names: tuple[str, ...]) -> tuple[RepoSeed, ...]:
    """The repositories of a seed, one for each service."""
    return tuple(_repo(name, seed) for name in names)


def _workflow(name: str) -> str:
    return (_WORKFLOWS / name).read_text(encoding="utf-8")


def _repo(name: str, of: str) -> RepoSeed:
    seed = RepoSeed(name, _commits(name, bare=of == "bare"), PULLS, TAGS, RUNS, ISSUES)
    return replace(seed, **GATES.get(of, {}))


def _commits(name: str, *, bare: bool) -> tuple[CommitSeed, ...]:
    begin = {
        ".github/workflows/release.yml": _workflow("release.bare.yml" if bare else "release.yml"),
        ".github/workflows/rollback.yml": _workflow("rollback.yml"),
        ".github/workflows/ci.yml": _workflow("ci.yml"),
        ".github/workflows/migrate.yml": _workflow("migrate.yml"),
        "README.md": f"# {name}\n",
        "app/main.py": "VERSION = 1\n",
        "migrations/0001_create_orders.sql": "create table orders (id integer primary key);\n",
    }
    drop = {"migrations/0007_drop_legacy_column.sql": "alter table orders drop column legacy;\n"}
    return (
        CommitSeed("c1", "Start the service", "ana-acme", 60, begin),
        CommitSeed("c2", "Add the public API (#1)", "bo-acme", 50, {"app/api.py": "ROUTES = 3\n"}),
        CommitSeed(
            "c3", "Sign in by e-mail (#2)", "cy-acme", 30, {"app/sign_in.py": "TRIES = 5\n"}
        ),
        CommitSeed("c4", "Speed up search (#3)", "ana-acme", 8, {"app/search.py": "CACHE = 60\n"}),
        CommitSeed(
            "c5", "Add feature X (#4)", "ana-acme", 3.2, {"app/feature_x.py": "ON = True\n"}
        ),
        CommitSeed("c6", "Fix bug Y (#5)", "cy-acme", 3.1, {"app/api.py": "ROUTES = 4\n"}),
        CommitSeed("c7", "Update dependency Z (#6)", "bo-acme", 3, {"pins.txt": "z==2.0.1\n"}),
        CommitSeed("c9", "Drop the legacy column (#7)", "bo-acme", 2.2, drop),
        CommitSeed(
            "c8",
            "Describe the release process [skip ci]",
            "dee-acme",
            2,
            {"RELEASING.md": "Ask.\n"},
        ),
        CommitSeed(
            "c10",
            "Add dark mode",
            "cy-acme",
            1,
            {"app/dark.py": "ON = False\n"},
            "dark",
            parent="c8",
        ),
    )


PULLS = (
    PullSeed(1, "Add the public API", "bo-acme", "ana-acme", "api", 51, "c2"),
    PullSeed(2, "Sign in by e-mail", "cy-acme", "bo-acme", "sign-in", 31, "c3"),
    PullSeed(3, "Speed up search", "ana-acme", "bo-acme", "search", 9, "c4"),
    PullSeed(4, "Add feature X", "ana-acme", "bo-acme", "feature-x", 4, "c5"),
    PullSeed(5, "Fix bug Y", "cy-acme", "ana-acme", "bug-y", 3.5, "c6"),
    PullSeed(6, "Update dependency Z", "bo-acme", "dee-acme", "dependency-z", 3.3, "c7"),
    PullSeed(7, "Drop the legacy column", "bo-acme", "dee-acme", "drop-legacy", 2.4, "c9"),
    PullSeed(8, "Add dark mode", "cy-acme", "ana-acme", "dark", 1, head="c10"),
)
ISSUES = (
    IssueSeed(9, "Search is slow for long words", "cy-acme", 6, ("bug",)),
    IssueSeed(10, "Explain the sign-in page", "ana-acme", 5, ("documentation",)),
)
TAGS = (
    TagSeed("v1.0.0", "c2", 49, "The public API."),
    TagSeed("v1.1.0", "c3", 29, "Sign in by e-mail."),
    TagSeed("v1.2.0", "c4", 7, "Search is twice as fast."),
    TagSeed("v1.2.1", "c7", 2.5, "Feature X, bug Y, dependency Z."),
    TagSeed("v1.3.0", "c9", 1.4, "Drops the legacy column for good."),
)
RUNS = (
    RunSeed("ci.yml", "c2", "bo-acme", 50),
    RunSeed("release.yml", "c2", "bo-acme", 48.9, "v1.0.0", "workflow_dispatch"),
    RunSeed("ci.yml", "c3", "cy-acme", 30),
    RunSeed("release.yml", "c3", "ana-acme", 28.9, "v1.1.0", "workflow_dispatch"),
    RunSeed("ci.yml", "c4", "ana-acme", 8),
    RunSeed("release.yml", "c4", "ana-acme", 6.9, "v1.2.0", "workflow_dispatch"),
    RunSeed("ci.yml", "c5", "ana-acme", 3.2),
    RunSeed("ci.yml", "c6", "cy-acme", 3.1),
    RunSeed("ci.yml", "c7", "bo-acme", 3),
    RunSeed("ci.yml", "c9", "bo-acme", 2.3, event="pull_request"),
    RunSeed("ci.yml", "c10", "cy-acme", 1, event="pull_request"),
)
