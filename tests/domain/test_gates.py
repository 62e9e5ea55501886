"""Each gate passes, warns, blocks or is not set up, in words that name what was read and what to
do; a source that is silent never passes.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.deployments.backups import Backup, Backups
from bot.domain.deployments.changes import Change, ChangeList, Commit
from bot.domain.deployments.migrations import Migration
from bot.domain.errors import Fault
from bot.domain.gates import (
    DEFAULTS,
    FINAL,
    Check,
    CheckRules,
    Evidence,
    Gate,
    Issue,
    Level,
    Policy,
    Rules,
    Staged,
    Verdict,
    blocks,
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
FINE = Evidence(
    version="v1.2.1",
    commit=C7,
    live="v1.2.0",
    on_branch=True,
    branch="main",
    checks=(GREEN,),
    changes=PULLED,
    workflow_active=True,
    approved=frozenset({4, 5}),
    notes="Feature X and bug Y.",
    bugs=(),
    staged=Staged(version="v1.2.1", commit=C7),
    on_qa="Quin",
    migrations=(),
    health="",
    watchers=("ana", "dee"),
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
    *("migrations", "monitoring", "watch", "way_back", "workflow"),
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
    ("monitoring", {}, PASS, "Health answers"),
    ("monitoring", {"health": "HTTP 503"}, BLOCK, "Not healthy before the deployment: HTTP 503"),
    ("monitoring", {"health": None}, NOT_SET_UP, "No health URL"),
    ("watch", {}, PASS, "On watch: ana, dee"),
    (
        "watch",
        {"watchers": ()},
        BLOCK,
        "Nobody of those who watch is a member of the workspace",
    ),
    ("watch", {"watchers": None}, NOT_SET_UP, "Nobody is named who watches"),
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
    ("workflow", {"workflow_active": False}, BLOCK, "The release workflow is disabled at GitHub"),
    (
        "workflow",
        {"missing_inputs": ("region", "size")},
        BLOCK,
        "The release workflow needs inputs I cannot fill: region, size",
    ),
]


@pytest.mark.parametrize(("gate", "changes", "level", "text"), CASES)
def test_what_each_gate_says(gate: str, changes: dict[str, Any], level: Level, text: str) -> None:
    found = verdict(gate, **changes)
    assert (found.level, found.text) == (level, text)
    assert bool(found.action) == (level is BLOCK)


@pytest.mark.parametrize(
    ("gate", "changes"), [(gate, changes) for gate, changes, level, _ in CASES if level is BLOCK]
)
def test_what_a_team_lets_a_gate_do(gate: str, changes: dict[str, Any]) -> None:
    for policy, level in ((Policy.BLOCK, BLOCK), (Policy.WARN, WARN)):
        rules = replace(RULES, policies=dict.fromkeys(Gate, policy))
        assert verdict(gate, rules, **changes).level is (BLOCK if gate in FINAL else level)
    off = judge(replace(FINE, **changes), replace(RULES, policies=dict.fromkeys(Gate, Policy.OFF)))
    assert [v.gate for v in off] == ["live", "workflow"]


def test_without_migrations_no_backup_is_asked_for() -> None:
    for migrations in ((), None):
        found = judge(replace(FINE, migrations=migrations, backups=Backups(at=NOON)), RULES)
        assert "backup" not in {v.gate for v in found}


def test_every_gate_that_can_be_silent_or_missing_was_looked_at() -> None:
    shown = {(gate, level) for gate, _, level, _ in CASES}
    assert {gate for gate, level in shown if level is PASS} == {*ORDER, "backup"}
    assert {gate for gate, level in shown if level is BLOCK} == {*ORDER, "backup"}
    assert {gate for gate, level in shown if level is NOT_SET_UP} == {
        *(Gate.STAGING, Gate.QA, Gate.BUGS, Gate.MIGRATIONS, Gate.BACKUP),
        *(Gate.MONITORING, Gate.WATCH),
    }


@pytest.mark.parametrize("gate", list(Gate))
@pytest.mark.parametrize(
    ("policy", "level"), [(Policy.BLOCK, BLOCK), (Policy.WARN, WARN)], ids=["block", "warn"]
)
def test_a_silent_source_never_passes(gate: Gate, policy: Policy, level: Level) -> None:
    silent = {gate: Fault("github", "HTTP 502")}
    found = verdict(gate, replace(RULES, policies={gate: policy}), unread=silent, **CHANGING)
    assert found.level is level
    assert found.text.endswith("could not be read: HTTP 502")
    assert found.action


def test_a_new_team_is_held_up_by_little() -> None:
    assert {gate for gate, policy in DEFAULTS.items() if policy is Policy.BLOCK} == {
        *(Gate.CI, Gate.MERGED, Gate.BUGS, Gate.HOLD)
    }
    nothing = replace(
        FINE, notes=None, staged=None, on_qa=None, migrations=None, health=None, watchers=None
    )
    assert blocks(judge(replace(nothing, bugs=None, checks=(), way_back=None, live=None))) == ()


def test_before_staging_changes_less_is_asked() -> None:
    found = judge(FINE, replace(RULES, is_production=False))
    assert [v.gate for v in found] == [
        *("ci", "merged", "reviewed", "live", "migrations", "monitoring", "workflow")
    ]


@pytest.mark.parametrize(
    ("rules", "checks", "level", "text"),
    [
        ({"ignore": ("lint",)}, (GREEN, RED), PASS, "CI green (1 check)"),
        ({"ignore": ("li*",)}, (GREEN, RED), PASS, "CI green (1 check)"),
        (
            {"allow_failure": ("lint",)},
            (GREEN, RED),
            PASS,
            "CI green (1 check), lint failed as they may",
        ),
        (
            {"allow_failure": ("lint",)},
            (RED,),
            WARN,
            "No check is green; CI green (0 checks), lint failed as they may",
        ),
        ({"require": ("test",)}, (GREEN,), PASS, "CI green (1 check)"),
        ({"require": ("e2e*",)}, (GREEN,), BLOCK, "Required checks are missing: e2e*"),
        ({"require": ("test",)}, (), BLOCK, "Required checks are missing: test"),
        (
            {"require": ("test",), "ignore": ("test",)},
            (GREEN,),
            BLOCK,
            "Required checks are missing: test",
        ),
        (
            {"require": ("e2e",)},
            (RED, RUNNING),
            BLOCK,
            "CI is red: lint; CI is still running: build; Required checks are missing: e2e",
        ),
    ],
)
def test_a_team_names_the_checks_that_count(
    rules: dict[str, Any], checks: tuple[Check, ...], level: Level, text: str
) -> None:
    found = verdict("ci", replace(RULES, checks=CheckRules(**rules)), checks=checks)
    assert (found.level, found.text) == (level, text)


def test_migrations_without_a_test_are_said_to_be_untested() -> None:
    found = verdict("migrations", replace(RULES, tested_by=None), migrations=(SAFE,))
    assert (found.level, found.text) == (BLOCK, "1 migration: no check tests them")


def test_without_labels_nobody_knows_what_is_critical() -> None:
    found = verdict("bugs", replace(RULES, labels=()), bugs=None)
    assert (found.level, found.text) == (NOT_SET_UP, "No labels of critical bugs")


def test_going_back_names_the_way_back() -> None:
    assert verdict("live", changes=after("behind")).action == (
        "Going back is a rollback; ask for that instead."
    )


def test_a_sound_version_meets_no_objection() -> None:
    assert {found.level for found in judge(FINE, RULES)} == {PASS}


CHECKS = st.builds(
    Check,
    name=st.text(max_size=5),
    conclusion=st.sampled_from(
        [None, "success", "neutral", "skipped", "failure", "cancelled", "timed_out", "stale", "new"]
    ),
)
EVIDENCE = st.builds(
    Evidence,
    version=st.sampled_from(["v1.2.1", "v1.2.0", "v1.1.0", "nightly"]),
    commit=st.just(C7),
    live=st.sampled_from(["v1.2.0", "v1.2.1", "nightly", "", None]),
    on_branch=st.booleans(),
    branch=st.just("main"),
    checks=st.lists(CHECKS, max_size=4).map(tuple),
    changes=st.sampled_from(["ahead", "behind", "diverged", "identical", "unknown"]).map(after),
    workflow_active=st.booleans(),
    missing_inputs=st.lists(st.text(max_size=5), max_size=2).map(tuple),
    approved=st.frozensets(st.sampled_from([4, 5])),
    notes=st.sampled_from([None, "", "news"]),
    bugs=st.sampled_from([None, (), (PAYS,)]),
    staged=st.sampled_from([None, "unknown", Staged(version="v1.2.1"), Staged(version="x")]),
    on_qa=st.sampled_from([None, "", "Quin"]),
    migrations=st.sampled_from([None, (), (SAFE,), (DROPS, UNSEEN)]),
    backups=st.sampled_from([None, Backups(at=NOON), BACKED_UP]),
    health=st.sampled_from([None, "", "down"]),
    watchers=st.sampled_from([None, (), ("ana",)]),
    way_back=st.sampled_from([None, Rehearsal(at=NOON), WAY_BACK]),
    holds=st.sampled_from([(), (HELD,), (HELD, replace(HELD, contains=None))]),
    unread=st.dictionaries(st.sampled_from(Gate), st.just(Fault("github", "502")), max_size=3),
)


@given(EVIDENCE)
def test_all_gates_speak_at_once_and_a_block_says_what_to_do(evidence: Evidence) -> None:
    found = judge(evidence, RULES)
    is_held = evidence.holds or Gate.HOLD in evidence.unread
    order = [*ORDER[:9], "backup", *ORDER[9:-1], *(["hold"] if is_held else []), ORDER[-1]]
    assert [v.gate for v in found] == [g for g in order if g != "backup" or evidence.migrations]
    assert all(v.text for v in found)
    assert all(v.action for v in blocks(found))
    assert not {v.gate for v in found if v.level in (PASS, NOT_SET_UP)} & evidence.unread.keys()


@given(EVIDENCE.filter(lambda evidence: not evidence.unread))
def test_a_red_or_running_check_always_blocks(evidence: Evidence) -> None:
    bad = [c for c in evidence.checks if c.conclusion not in ("success", "neutral", "skipped")]
    assert (judge(evidence)[0].level is BLOCK) is bool(bad)
