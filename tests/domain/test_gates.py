"""Each gate passes, warns, blocks or is not set up, in words that name what was read and what to
do; a source that is silent never passes.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.deployments.backups import Backups
from bot.domain.errors import Fault
from bot.domain.gates import (
    DEFAULTS,
    FINAL,
    Check,
    CheckRules,
    Evidence,
    Gate,
    Level,
    Policy,
    Staged,
    blocks,
    judge,
)
from bot.domain.gates.overrides import unlifted
from bot.domain.gates.signatures import Override
from bot.domain.rollbacks.rehearsal import Place, Rehearsal
from tests.domain.evidence import (
    BACKED_UP,
    C7,
    CHANGING,
    DROPS,
    FINE,
    GREEN,
    HELD,
    ORDER,
    PAYS,
    RED,
    RULES,
    RUNNING,
    SAFE,
    STAGING,
    UNSEEN,
    WAY_BACK,
    after,
    verdict,
)
from tests.domain.gate_cases import BLOCK, CASES, NOT_SET_UP, PASS, WARN
from tests.domain.samples import NOON

FAR = NOON + timedelta(days=3)
DOWN = Fault("github", "HTTP 502")


def silent_at(*names: str) -> Rehearsal:
    """A way back to which these places gave no answer."""
    places = (Place(name=name, kind="vercel", possible=None, text="HTTP 502") for name in names)
    return replace(WAY_BACK, places=tuple(places))


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
        Gate.MONITORING,
    }


@pytest.mark.parametrize(
    ("gate", "one", "more"),
    [
        ("ci", {"checks": (RED,)}, {"checks": (RED, replace(RED, name="test"))}),
        ("ci", {"checks": (replace(RED, conclusion=None),)}, {"checks": (RED,)}),
        ("reviewed", {"approved": frozenset({5})}, {"approved": frozenset()}),
        ("staging", {"staged": Staged(version="v1")}, {"staged": "Staging is not healthy"}),
        ("bugs", {"bugs": (PAYS,)}, {"bugs": (PAYS, replace(PAYS, number=12))}),
        ("migrations", {"migrations": (DROPS,)}, {"migrations": (DROPS, UNSEEN)}),
        ("backup", {"backups": replace(BACKED_UP, at=FAR)}, {"backups": Backups(at=FAR)}),
        ("way_back", {"way_back": silent_at("api")}, {"way_back": silent_at("api", "web")}),
        ("notes", {"notes": None}, {"notes": None, "unread": {"notes": DOWN}}),
        ("bugs", {"bugs": (PAYS,)}, {"unread": {"bugs": DOWN}}),
    ],
)
def test_what_a_gate_says_more_than_what_was_lifted_is_a_new_question(
    gate: str, one: dict[str, Any], more: dict[str, Any]
) -> None:
    first, later = verdict(gate, **CHANGING | one), verdict(gate, **CHANGING | more)
    lifted = Override(gate=gate, by="U0BO", at=NOON, reason="", about=first.about)
    assert (first.level, unlifted((first,), (lifted,))) == (BLOCK, ())
    assert unlifted((later,), (lifted,)) == (later,)


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
        ({}, (GREEN, STAGING), PASS, "CI green (1 check)"),
        ({}, (GREEN, replace(STAGING, conclusion=None)), PASS, "CI green (1 check)"),
        ({"require": ("staging",)}, (GREEN, STAGING), BLOCK, "CI is red: staging"),
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
