"""Evidence of a version that is fine, and the pieces of it that may be wrong."""

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
    Policy,
    Rules,
    Staged,
    Verdict,
    judge,
)
from bot.domain.gates.holds import Held
from bot.domain.rollbacks.rehearsal import Place, Rehearsal
from tests.domain.samples import NOON

C7 = "7ccb03b" + "0" * 33
GREEN = Check(name="test", conclusion="success")
RED = Check(name="lint", conclusion="failure")
STAGING = Check(name="staging", conclusion="cancelled", deploys=True)
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
