"""What each gate says of which facts: a version that is fine, and everything that may be wrong."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.deployments.backups import Backup, Backups
from bot.domain.deployments.changes import Change, ChangeList, Commit
from bot.domain.deployments.migrations import Migration
from bot.domain.deployments.validation import Outcome, Reading
from bot.domain.gates import (
    Check,
    Evidence,
    Gate,
    Issue,
    Level,
    Policy,
    Rules,
    Staged,
    Verdict,
    judge,
)
from bot.domain.gates.holds import Held
from bot.domain.rollbacks.rehearsal import Place, Rehearsal
from tests.domain.samples import NOON

PASS, WARN, BLOCK, NOT_SET_UP = Level.PASS, Level.WARN, Level.BLOCK, Level.NOT_SET_UP
C7 = "7ccb03b" + "0" * 33
GREEN = Check(name="test", conclusion="success")
RED = Check(name="lint", conclusion="failure")
RUNNING = Check(name="build", conclusion=None)
TRIED = Check(name="migrate", conclusion="success")
PULLED = ChangeList(
    base="v1.2.0",
    ancestry="ahead",
    changes=(
        Change(title="Add X", author="ana", pull_request=4),
        Change(title="Fix Y", author="cy", pull_request=5),
    ),
)
SEEN = tuple(Commit(sha=sha, authored_at=NOON) for sha in ("c1", "c2"))
SAFE = Migration(path="migrations/0008_add.sql", has_down=True)
DROPS = Migration(path="migrations/0007_drop.sql", has_down=False, breaks="drop column")
UNSEEN = Migration(path="migrations/0009_big.sql", has_down=None, breaks=None)
PAYS = Issue(number=9, title="Payments fail", url="https://github.test/9")
WAY_BACK = Rehearsal(
    at=NOON,
    version="v1.2.0",
    ran_as="D1",
    places=(Place(name="web", kind="vercel", possible=True),),
)
NO_IMAGE = Place(name="web-1", kind="docker_ssh", possible=False, text="its image is gone")
NO_ANSWER = Place(name="api", kind="do_app_platform", possible=None, text="HTTP 502")
BACKED_UP = Backups(at=NOON, newest=Backup(id="2024-03-26T02:00:00Z", at=NOON - timedelta(hours=8)))
CHANGING: dict[str, Any] = {"migrations": (SAFE,), "checks": (TRIED,)}
UP = Reading(what="uptime_kuma", outcome=Outcome.OK, text="up", at=NOON)
DOWN = replace(UP, outcome=Outcome.BAD, text="down")
QUIET = Reading(what="issues", outcome=Outcome.OK, text="no new issues", at=NOON)
ERRORS = replace(QUIET, outcome=Outcome.BAD, text="3 new issues: A; B")
UNREAD = replace(QUIET, outcome=Outcome.UNKNOWN, text="not known, HTTP 502")
FINE = Evidence(
    version="v1.2.1",
    commit=C7,
    live="v1.2.0",
    on_branch=True,
    branch="main",
    checks=(GREEN,),
    changes=PULLED,
    workflow_active=True,
    carries_sha=True,
    approved=frozenset({4, 5}),
    notes="Feature X and bug Y.",
    bugs=(),
    staged=Staged(version="v1.2.1", commit=C7),
    on_qa="Quin",
    migrations=(),
    health="",
    monitors=(UP,),
    watchers=("ana", "dee"),
    on_call=("dee",),
    way_back=WAY_BACK,
)
HELD = Held(lock="L1", rollback="D3", left="v1.2.0", contains=1, total=2, back=("Bug Y",))
RULES = Rules(
    policies=dict.fromkeys(Gate, Policy.BLOCK),
    tested_by="migrate",
    labels=("critical", "sev1"),
    oldest_backup=timedelta(hours=26),
)
ORDER = [
    *("ci", "merged", "reviewed", "live", "staging", "qa", "notes", "bugs"),
    *("migrations", "monitoring", "watch", "on_call", "way_back"),
    "workflow",
]


def verdict(gate: str, rules: Rules = RULES, **changes: Any) -> Verdict:
    """The verdict of one gate when these facts differ."""
    [found] = [v for v in judge(replace(FINE, **changes), rules) if v.gate == gate]
    return found


def after(ancestry: str) -> ChangeList:
    return replace(PULLED, ancestry=ancestry)


def loose(*pulls: int | None) -> ChangeList:
    changes = tuple(Change(title="x", author="ana", pull_request=number) for number in pulls)
    return replace(PULLED, changes=changes)


CASES: list[tuple[str, dict[str, Any], Level, str]] = [
    ("ci", {}, PASS, "CI green (1 check)"),
    ("ci", {"checks": (GREEN, replace(GREEN, conclusion="skipped"))}, PASS, "CI green (2 checks)"),
    ("ci", {"checks": (GREEN, RED)}, BLOCK, "CI is red: lint"),
    ("ci", {"checks": (RED, RUNNING)}, BLOCK, "CI is red: lint; CI is still running: build"),
    ("ci", {"checks": (Check(name="x", conclusion="new"),)}, BLOCK, "CI is red: x"),
    ("ci", {"checks": (GREEN, RUNNING)}, BLOCK, "CI is still running: build"),
    ("ci", {"checks": ()}, WARN, "No CI checks on this commit"),
    ("merged", {}, PASS, "Merged to main"),
    ("merged", {"on_branch": False}, BLOCK, "The commit is not on main"),
    ("reviewed", {}, PASS, "2 pull requests approved"),
    ("reviewed", {"changes": loose()}, PASS, "Nothing new to review"),
    ("reviewed", {"approved": frozenset({5})}, BLOCK, "Not approved in a review: #4"),
    ("reviewed", {"changes": loose(4, None)}, BLOCK, "1 commit without a pull request"),
    (
        "reviewed",
        {"changes": replace(PULLED, commits=400, log=SEEN)},
        BLOCK,
        "398 older commits that GitHub does not list",
    ),
    (
        "reviewed",
        {"changes": loose(6, None, None)},
        BLOCK,
        "Not approved in a review: #6; 2 commits without a pull request",
    ),
    ("live", {}, PASS, "Follows v1.2.0"),
    ("live", {"live": None}, WARN, "No live version known; this is the first deployment"),
    ("live", {"live": "v1.2.1"}, WARN, "v1.2.1 is already live; this deploys it again"),
    ("live", {"changes": after("behind")}, BLOCK, "v1.2.1 is older than v1.2.0, which is live"),
    ("live", {"changes": after("diverged")}, WARN, "v1.2.1 does not contain all of v1.2.0"),
    ("live", {"changes": after("ahead"), "live": "v9.0.0"}, PASS, "Follows v9.0.0"),
    (
        "live",
        {"changes": after("unknown"), "live": "v1.3.0"},
        BLOCK,
        "v1.2.1 is older than v1.3.0, which is live",
    ),
    ("live", {"changes": after("unknown"), "live": "nightly"}, PASS, "Follows nightly"),
    ("staging", {}, PASS, "Staging runs v1.2.1 (7ccb03b), validated"),
    (
        "staging",
        {"staged": Staged(version="v1.2.1")},
        PASS,
        "Staging runs v1.2.1 (7ccb03b), validated",
    ),
    (
        "staging",
        {"staged": Staged(version="7ccb03b")},
        PASS,
        "Staging runs v1.2.1 (7ccb03b), validated",
    ),
    ("staging", {"staged": Staged(version="7cc")}, BLOCK, "Staging runs 7cc, not v1.2.1"),
    (
        "staging",
        {"staged": Staged(version="v1.2.1", commit="d4" * 20)},
        BLOCK,
        "Staging runs v1.2.1 (d4d4d4d), not v1.2.1",
    ),
    (
        "staging",
        {"staged": Staged(version="v1.2.1", commit=C7, problem="D9 is degraded")},
        BLOCK,
        "Staging runs v1.2.1, not validated: D9 is degraded",
    ),
    ("staging", {"staged": "Staging tells no version"}, BLOCK, "Staging tells no version"),
    ("staging", {"staged": None}, NOT_SET_UP, "No staging environment"),
    ("qa", {}, PASS, "QA signed 7ccb03b off (Quin)"),
    ("qa", {"on_qa": ""}, BLOCK, "QA has not signed 7ccb03b off"),
    ("qa", {"on_qa": None}, NOT_SET_UP, "Nobody holds the role qa"),
    ("notes", {}, PASS, "Release notes published"),
    ("notes", {"notes": None}, BLOCK, "No GitHub release for v1.2.1"),
    ("notes", {"notes": " \n"}, BLOCK, "The release v1.2.1 has no notes"),
    ("bugs", {}, PASS, "No open issue labelled critical, sev1"),
    ("bugs", {"bugs": (PAYS,)}, BLOCK, "Known critical bugs: #9 Payments fail"),
    ("bugs", {"bugs": None}, NOT_SET_UP, "The repository has no issues"),
    (
        "bugs",
        {"monitors": (UP, QUIET)},
        PASS,
        "No open issue labelled critical, sev1; Error tracker: no new issues",
    ),
    (
        "bugs",
        {"bugs": None, "monitors": (QUIET,)},
        PASS,
        "The repository has no issues; Error tracker: no new issues",
    ),
    (
        "bugs",
        {"monitors": (ERRORS,)},
        WARN,
        "No open issue labelled critical, sev1; Error tracker: 3 new issues: A; B",
    ),
    (
        "bugs",
        {"bugs": None, "monitors": (UNREAD,)},
        WARN,
        "The repository has no issues; Error tracker: not known, HTTP 502",
    ),
    (
        "bugs",
        {"bugs": (PAYS,), "monitors": (ERRORS,)},
        BLOCK,
        "Known critical bugs: #9 Payments fail; Error tracker: 3 new issues: A; B",
    ),
    ("migrations", {}, PASS, "No migrations"),
    (
        "migrations",
        {"changes": replace(PULLED, files=300)},
        BLOCK,
        "GitHub names only 300 of the files, so a migration may be missing",
    ),
    ("migrations", {"changes": replace(PULLED, files=299)}, PASS, "No migrations"),
    (
        "migrations",
        {"migrations": (SAFE,), "checks": (TRIED,)},
        PASS,
        "1 migration with a way down, tested by migrate",
    ),
    (
        "migrations",
        {"migrations": (SAFE, DROPS), "checks": (TRIED,)},
        BLOCK,
        "2 migrations: no down step in 0007_drop.sql; "
        "not backward compatible: 0007_drop.sql (drop column)",
    ),
    (
        "migrations",
        {"migrations": (UNSEEN,), "checks": (TRIED,)},
        BLOCK,
        "1 migration: not known whether there is a down step in 0009_big.sql; "
        "GitHub does not show 0009_big.sql",
    ),
    (
        "migrations",
        {"migrations": (SAFE,)},
        BLOCK,
        "1 migration: not tested: migrate did not run",
    ),
    (
        "migrations",
        {"migrations": (SAFE,), "checks": (replace(TRIED, conclusion="failure"),)},
        BLOCK,
        "1 migration: not tested: migrate ended with failure",
    ),
    (
        "migrations",
        {"migrations": (SAFE,), "checks": (replace(TRIED, conclusion=None),)},
        BLOCK,
        "1 migration: not tested: migrate is still running",
    ),
    (
        "migrations",
        {"changes": ChangeList()},
        WARN,
        "Without a live version nobody can tell which migrations are new",
    ),
    ("migrations", {"migrations": None}, NOT_SET_UP, "No paths of migrations"),
    (
        "backup",
        CHANGING | {"backups": BACKED_UP},
        PASS,
        "Newest backup 2024-03-26T02:00:00Z, 8 h 0 min old",
    ),
    (
        "backup",
        CHANGING | {"backups": replace(BACKED_UP, at=NOON + timedelta(hours=18))},
        PASS,
        "Newest backup 2024-03-26T02:00:00Z, 26 h 0 min old",
    ),
    (
        "backup",
        CHANGING | {"backups": replace(BACKED_UP, at=NOON + timedelta(hours=19))},
        BLOCK,
        "Newest backup 2024-03-26T02:00:00Z, 27 h 0 min old: more than 26 h 0 min",
    ),
    ("backup", CHANGING | {"backups": Backups(at=NOON)}, BLOCK, "The database has no backup"),
    ("backup", CHANGING, NOT_SET_UP, "No database whose backups are read"),
    ("monitoring", {}, PASS, "Health answers; Uptime Kuma: up"),
    ("monitoring", {"health": None}, PASS, "No health URL; Uptime Kuma: up"),
    ("monitoring", {"monitors": (UP, ERRORS)}, PASS, "Health answers; Uptime Kuma: up"),
    ("monitoring", {"health": "HTTP 503"}, BLOCK, "Not healthy before the deployment: HTTP 503"),
    ("monitoring", {"monitors": (DOWN,)}, BLOCK, "Uptime Kuma: down"),
    (
        "monitoring",
        {"health": "HTTP 503", "monitors": (DOWN, UNREAD)},
        BLOCK,
        "Not healthy before the deployment: HTTP 503; Uptime Kuma: down; "
        "Error tracker: not known, HTTP 502",
    ),
    (
        "monitoring",
        {"monitors": (replace(UP, outcome=Outcome.NO_DATA, text="it has seen nothing yet"),)},
        WARN,
        "Health answers; Uptime Kuma: it has seen nothing yet",
    ),
    (
        "monitoring",
        {"monitors": ()},
        NOT_SET_UP,
        "Health answers, and no monitors are configured",
    ),
    (
        "monitoring",
        {"health": None, "monitors": ()},
        NOT_SET_UP,
        "No health URL, and no monitors are configured",
    ),
    ("watch", {}, PASS, "On watch: ana, dee"),
    ("watch", {"watchers_beyond": 5}, PASS, "On watch: ana, dee; 5 more are not asked"),
    (
        "watch",
        {"watchers": ()},
        BLOCK,
        "Nobody of those who watch is a member of the workspace",
    ),
    ("watch", {"watchers": None}, WARN, "Nobody is named who watches"),
    ("on_call", {}, PASS, "On call: dee"),
    ("on_call", {"on_call": ("dee", "kim")}, PASS, "On call: dee, kim"),
    ("on_call", {"on_call": ()}, BLOCK, "Nobody is on call"),
    (
        "on_call",
        {"on_call": None},
        WARN,
        "Nobody is known to be on call: no pager that tells, and no group",
    ),
    ("way_back", {}, PASS, "Way back: v1.2.0 (D1)"),
    ("way_back", {"way_back": Rehearsal(at=NOON)}, BLOCK, "No known-good version to go back to"),
    (
        "way_back",
        {"way_back": replace(WAY_BACK, places=(*WAY_BACK.places, NO_IMAGE, NO_ANSWER))},
        BLOCK,
        "No way back to v1.2.0: web-1: its image is gone",
    ),
    (
        "way_back",
        {"way_back": replace(WAY_BACK, places=(*WAY_BACK.places, NO_ANSWER))},
        BLOCK,
        "Not known whether there is a way back to v1.2.0: api: HTTP 502",
    ),
    ("workflow", {}, PASS, "Release workflow ready"),
    (
        "workflow",
        {"carries_sha": False},
        WARN,
        "Release workflow takes no sha: commit not verifiable in the run",
    ),
    ("workflow", {"workflow_active": False}, BLOCK, "The release workflow is disabled at GitHub"),
    (
        "workflow",
        {"missing_inputs": ("region", "size")},
        BLOCK,
        "The release workflow needs inputs I cannot fill: region, size",
    ),
]
