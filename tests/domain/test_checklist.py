"""The process's list: what was read, what people signed, and what is still asked."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from bot.domain.deployments.deployments import Approval, Deployment, Ending
from bot.domain.deployments.migrations import Migration
from bot.domain.deployments.states import Kind, State
from bot.domain.deployments.validation import Outcome, Reading, Validation
from bot.domain.errors import Refusal
from bot.domain.gates import Level, Verdict, judge
from bot.domain.gates.checklist import (
    TROUBLED,
    Aftermath,
    Mark,
    asked_of_approver,
    entries,
    sign,
    to_check,
    to_sign,
)
from bot.domain.gates.items import APPROVERS_CHECKS, ITEMS, Phase, title
from bot.domain.gates.signatures import Override
from bot.domain.people import Role
from tests.domain.evidence import DROPS, FINE, RULES
from tests.domain.samples import NOON, STATES, a_deployment, member

GOOD = judge(FINE, RULES)
BO = member("U0BO", Role.APPROVER)


def waiting(verdicts: tuple[Verdict, ...] = GOOD, **changes: Any) -> Deployment:
    return a_deployment(verdicts=verdicts, state=State.AWAITING_APPROVAL, **changes)


def warned(gate: str, level: Level = Level.WARN) -> tuple[Verdict, ...]:
    return tuple(replace(v, level=level, text="x") if v.gate == gate else v for v in GOOD)


def marks(deployment: Deployment, *phases: Phase, after: Aftermath | None = None) -> list[str]:
    return [e.mark.value for e in entries(deployment, after) if e.phase in phases]


def test_the_list_is_the_processs_own() -> None:
    counts = [sum(phase is wanted for phase, _ in ITEMS.values()) for wanted in Phase]
    assert counts == [9, 5, 9, 6, 5]
    assert [title(item) for item in ("qa", "watch")] == ["QA", "Team ready to monitor"]


def test_a_sound_version_has_all_of_before_and_nothing_to_ask() -> None:
    assert set(marks(waiting(), Phase.BEFORE)) == {"done"}
    assert [e.mark for e in to_check(waiting())] == [Mark.DONE] * 4
    assert asked_of_approver(waiting()) == ()
    assert to_sign(waiting()) == ()


@pytest.mark.parametrize("gate", APPROVERS_CHECKS)
@pytest.mark.parametrize("level", [Level.WARN, Level.NOT_SET_UP])
def test_what_nothing_was_read_for_is_asked_until_somebody_signs(gate: str, level: Level) -> None:
    asking = waiting(warned(gate, level))
    assert [e.item for e in asked_of_approver(asking)] == [gate]
    signed = sign(asking, gate, BO, NOON)
    assert asked_of_approver(signed) == ()
    [entry] = [e for e in to_check(signed) if e.item == gate]
    assert (entry.mark, entry.by, entry.at) == (Mark.SIGNED, "U0BO", NOON)


@pytest.mark.parametrize("gate", [*APPROVERS_CHECKS, "backup"])
@pytest.mark.parametrize("who", ["U0ANA", "U0ANA2"])
def test_the_name_of_whoever_asked_for_it_does_not_count(gate: str, who: str) -> None:
    requester = member(who, Role.APPROVER, github="Ana-acme")
    asking = waiting(warned(gate), migrations=(DROPS,), requested_by_github="ana-acme")
    signed = sign(asking, gate, requester, NOON)
    assert gate in [e.item for e in asked_of_approver(signed)]
    assert gate not in [e.item for e in asked_of_approver(sign(signed, gate, BO, NOON))]


def test_what_was_lifted_is_not_asked_again() -> None:
    lifted = Override(gate="bugs", by="U0BO", at=NOON, reason="an admin page only")
    blocked = waiting(warned("bugs", Level.BLOCK), overrides=(lifted,))
    assert asked_of_approver(blocked) == ()


def test_a_gate_that_is_off_leaves_it_to_people() -> None:
    off = tuple(v for v in GOOD if v.gate not in ("staging", "watch"))
    assert [e.item for e in asked_of_approver(waiting(off))] == ["staging", "watch"]
    both = sign(sign(waiting(off), "staging", BO, NOON), "watch", BO, NOON)
    assert asked_of_approver(both) == ()


def test_migrations_ask_for_a_backup_once() -> None:
    changing = waiting(migrations=(DROPS,))
    assert [e.item for e in asked_of_approver(changing)] == ["backup"]
    assert asked_of_approver(sign(changing, "backup", BO, NOON, "bk-1, 2 h old")) == ()


@pytest.mark.parametrize(
    ("level", "asked"), [(Level.PASS, []), (Level.WARN, ["backup"]), (Level.NOT_SET_UP, ["backup"])]
)
def test_a_recent_backup_that_was_read_of_is_not_asked_for(level: Level, asked: list[str]) -> None:
    read = Verdict(gate="backup", level=level, text="Newest backup 02:00, 8 h old")
    changing = waiting((*GOOD, read), migrations=(DROPS,))
    assert [e.item for e in asked_of_approver(changing)] == asked
    lifted = Override(gate="backup", by="U0BO", at=NOON, reason="the table is empty")
    assert asked_of_approver(changing.with_(overrides=(lifted,))) == ()


def test_other_environments_ask_nothing() -> None:
    staging = waiting((), environment="staging", migrations=(Migration(path="1.sql"),))
    assert to_check(staging) == asked_of_approver(staging) == ()
    back = waiting((), kind=Kind.ROLLBACK, migrations=(DROPS,))
    assert to_check(back) == asked_of_approver(back) == ()


@pytest.mark.parametrize(
    ("item", "actor", "code"),
    [
        ("staging", member("U0CY"), "not_allowed"),
        ("staging", member("U0CY", Role.QA), ""),
        ("ci", BO, "nothing_to_sign"),
        ("tag", BO, "no_such_item"),
        ("nonsense", BO, "no_such_item"),
        ("logs", BO, "nothing_to_sign"),
    ],
)
def test_who_may_sign_what(item: str, actor: Any, code: str) -> None:
    asking = waiting(warned("staging"))
    if not code:
        assert sign(asking, item, actor, NOON).sign_offs[0].item == item
        return
    with pytest.raises(Refusal) as error:
        sign(asking, item, actor, NOON)
    assert error.value.code == code


def test_only_qa_signs_for_qa() -> None:
    asking = waiting(warned("qa"))
    assert to_sign(asking) == ("qa",)
    with pytest.raises(Refusal):
        sign(asking, "qa", BO, NOON)
    assert to_sign(sign(asking, "qa", member("U0CY", Role.QA), NOON)) == ()


def test_during_and_after_fill_themselves() -> None:
    found = Validation(
        started_at=NOON,
        readings=(
            Reading(what="health", outcome=Outcome.OK, text="3 passes in a row", at=NOON),
            Reading(what="response_times", outcome=Outcome.DEGRADED, text="900 ms", at=NOON),
            Reading(what="logs", outcome=Outcome.NO_DATA, text="no logs", at=NOON),
        ),
    )
    good = waiting(run_id=7, approvals=(Approval(who="U0BO", at=NOON),), validation=found)
    done = replace(good, state=State.SUCCEEDED)
    assert marks(done, Phase.DURING) == ["open", "done", "done", "done", "done"]
    assert marks(done, Phase.AFTER) == ["done", "open", "against", "open", "done", "done"]
    assert set(marks(done, Phase.ISSUES)) == {"not_needed"}
    assert to_sign(done) == (
        *("loads", "authentication", "flows", "api", "error_rate"),
        *("uptime_kuma", "alerts", "logs"),
    )
    signed = sign(done, "uptime_kuma", BO, NOON)
    [uptime] = [e for e in entries(signed) if e.item == "uptime"]
    assert (uptime.mark, uptime.by) == (Mark.SIGNED, "U0BO")
    [approval] = [e for e in entries(done) if e.item == "approval"]
    assert (approval.by, approval.at) == ("U0BO", NOON)
    assert marks(replace(done, approvers=2), Phase.DURING)[2] == "open"
    by_hand = replace(done, ending=Ending(code="marked_good", text="", by="U0DEE"))
    [validated] = [e for e in entries(by_hand) if e.item == "validated"]
    assert (validated.text, validated.by) == ("marked good", "U0DEE")


@pytest.mark.parametrize("code", ["not_validated", "success", ""])
def test_what_is_only_kept_for_the_history_was_neither_judged_nor_told(code: str) -> None:
    kept = a_deployment(
        state=State.SUCCEEDED, adopted=True, ending=Ending(code=code, text="") if code else None
    )
    found = {e.item: e.mark for e in entries(kept)}
    for item in ("team", "completed", "validated", "success"):
        assert found[item] is Mark.OPEN
    ran = {e.item: e.mark for e in entries(replace(kept, run_id=7))}
    assert (ran["completed"], ran["validated"]) == (Mark.DONE, Mark.OPEN)
    of_merge = replace(kept, run_id=7, validation=Validation(started_at=NOON))
    merged = {e.item: e.mark for e in entries(of_merge)}
    assert (merged["validated"], merged["success"]) == (Mark.DONE, Mark.OPEN)


def read(
    what: str, outcome: Outcome = Outcome.OK, *proves: str, text: str = "as it was"
) -> Reading:
    return Reading(what=what, outcome=outcome, text="as it was", at=NOON, proves=proves)


ALL_READ = (
    *map(read, ("health", "error_rate", "response_times", "uptime_kuma", "alerts")),
    read("smoke", Outcome.OK, "flows", "authentication"),
    read("check_search", Outcome.OK, "api"),
    read("check_page", Outcome.OK, "loads"),
)


@pytest.mark.parametrize(
    ("instead", "mark", "item"),
    [
        (None, Mark.DONE, "alerts"),
        (read("alerts", Outcome.DEGRADED), Mark.AGAINST, "alerts"),
        (read("error_rate", Outcome.NO_DATA), Mark.OPEN, "error_rate"),
        (read("uptime_kuma", Outcome.UNKNOWN), Mark.OPEN, "uptime_kuma"),
        (read("check_search"), Mark.OPEN, "api"),  # which the team does not say to be about it
        (read("check_login", Outcome.BAD, "authentication"), Mark.AGAINST, "authentication"),
        (read("check_login", Outcome.UNKNOWN, "authentication"), Mark.OPEN, "authentication"),
        (read("check_search", Outcome.DEGRADED, "api"), Mark.AGAINST, "api"),
    ],
)
def test_productions_validation_is_read_or_signed_or_not_checked(
    instead: Reading | None, mark: Mark, item: str
) -> None:
    found = Validation(started_at=NOON, readings=ALL_READ)
    watched = replace(waiting(), state=State.VALIDATING, validation=found)
    assert marks(watched, Phase.PRODUCTION) == ["done"] * 9
    if instead:
        watched = replace(watched, validation=found.having(instead))
    [entry] = [e for e in entries(watched) if e.item == item]
    assert entry.mark is mark
    others = [e.mark for e in entries(watched) if e.phase is Phase.PRODUCTION and e is not entry]
    assert others.count(Mark.DONE) >= 8
    assert to_sign(watched) == ((item,) if mark is Mark.OPEN else ())


def test_what_was_never_read_in_production_is_signed_while_it_is_watched() -> None:
    watched = replace(waiting(), state=State.VALIDATING, validation=Validation(started_at=NOON))
    assert set(marks(watched, Phase.PRODUCTION)) == {"open"}
    signed = sign(watched, "authentication", BO, NOON, "logged in")
    [entry] = [e for e in entries(signed) if e.item == "authentication"]
    assert (entry.mark, entry.by, entry.text) == (Mark.SIGNED, "U0BO", "logged in")
    never_ran = replace(waiting(), state=State.FAILED)
    assert "authentication" not in to_sign(never_ran)


def test_no_name_turns_what_is_read_as_bad_later_into_a_tick() -> None:
    watched = replace(waiting(), state=State.VALIDATING, validation=Validation(started_at=NOON))
    signed = sign(watched, "uptime_kuma", BO, NOON)
    down = Reading(what="uptime_kuma", outcome=Outcome.BAD, text="DOWN: 503", at=NOON)
    later = replace(signed, validation=Validation(started_at=NOON).having(down))
    read = {e.item: (e.mark, e.text) for e in entries(later)}
    assert read["uptime_kuma"] == read["uptime"] == (Mark.AGAINST, "DOWN: 503")
    with pytest.raises(Refusal, match="needs no name"):
        sign(later, "uptime_kuma", BO, NOON)


def test_what_went_wrong_is_listed_with_what_came_after() -> None:
    failed = waiting(run_id=7, ending=Ending(code="failed", text="deploy was failure"))
    failed = replace(failed, state=State.FAILED)
    assert marks(failed, Phase.ISSUES) == ["done", "open", "open", "open", "open"]
    after = Aftermath(rollback="D13, v1.2.0 succeeded", hotfix="D14", cause="", post_mortem="")
    assert marks(failed, Phase.ISSUES, after=after) == ["done", "done", "open", "done", "open"]
    [completed] = [e for e in entries(failed) if e.item == "completed"]
    assert (completed.mark, completed.text) == (Mark.AGAINST, "deploy was failure")
    assert {"cause", "post_mortem"} <= set(to_sign(failed))


@given(STATES)
def test_every_state_has_the_whole_list(state: State) -> None:
    found = entries(replace(waiting(), state=state))
    assert [e.item for e in found] == list(ITEMS)
    needed = {e.mark for e in found if e.phase is Phase.ISSUES} != {Mark.NOT_NEEDED}
    assert needed is (state in TROUBLED)
