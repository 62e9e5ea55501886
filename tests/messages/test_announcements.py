"""The announcements: the team's own words, where each line claims only what was read."""

from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.domain.deployments.changes import Change, ChangeList
from bot.domain.deployments.deployments import Deployment, Ending
from bot.domain.deployments.states import State
from bot.domain.deployments.validation import Outcome, Reading, Validation
from bot.domain.rollbacks.target_steps import Progress, TargetStep
from bot.domain.rollbacks.targets import Fate
from bot.messages.deployments import announcements, cards
from tests.domain.samples import NOON, a_deployment
from tests.messages.samples import in_state, read, reading, texts


def with_readings(*readings: Reading) -> Deployment:
    return in_state(State.SUCCEEDED, validation=Validation(started_at=NOON, readings=readings))


def test_the_success_message_is_the_teams_own_line_by_line() -> None:
    message = announcements.succeeded(
        with_readings(
            *map(
                reading, ("health", "smoke", "logs", "response_times", "uptime_kuma", "error_rate")
            )
        )
    )
    assert message.text == snapshot("""\
✅ v1.2.1 deployed to production successfully
Changes:
- Add feature X
- Fix bug Y
- Update dependency Z
Validation:
- Health checks passing
- Smoke tests passed
- No errors in logs
- Response times normal
Monitoring:
- Uptime Kuma: ✅
- Error rate: Normal
- Performance: ✅\
""")
    assert texts(message) == [
        message.text.replace("✅ v1.2.1", "*✅ v1.2.1").replace("successfully", "successfully*")
    ]


def test_a_line_claims_only_what_was_read() -> None:
    message = announcements.succeeded(
        with_readings(
            reading("health", Outcome.BAD, "HTTP 503"),
            reading("smoke", Outcome.NO_DATA, "no job smoke in the run"),
            reading("response_times", Outcome.DEGRADED, "900 ms (baseline 100 ms)"),
            reading("error_rate", Outcome.DEGRADED, "3.2 % (baseline 0.4 %)"),
        )
    )
    assert message.text == snapshot("""\
✅ v1.2.1 deployed to production successfully
Changes:
- Add feature X
- Fix bug Y
- Update dependency Z
Validation:
- Health checks: HTTP 503
- Smoke tests: no job smoke in the run
- Errors in logs: not configured
- Response times: 900 ms (baseline 100 ms)
Monitoring:
- Uptime Kuma: not configured
- Error rate: 3.2 % (baseline 0.4 %)
- Performance: 900 ms (baseline 100 ms)\
""")


def test_who_marked_it_good_answers_for_it_below_the_first_line() -> None:
    ended = Ending(code="marked_good", text="not healthy within 5 min: HTTP 503", by="U0DEE")
    said = announcements.succeeded(in_state(State.SUCCEEDED, ending=ended)).text
    assert said.splitlines()[:3] == [
        "✅ v1.2.1 deployed to production successfully",
        "Marked good by <@U0DEE>; validation had failed: not healthy within 5 min: HTTP 503",
        "Changes:",
    ]


def test_nothing_read_is_said_as_such() -> None:
    assert announcements.succeeded(a_deployment(state=State.SUCCEEDED)).text == snapshot("""\
✅ v1.2.1 deployed to production successfully
Changes:
- none listed
Validation:
- Health checks: not configured
- Smoke tests: not configured
- Errors in logs: not configured
- Response times: not configured
Monitoring:
- Uptime Kuma: not configured
- Error rate: not configured
- Performance: not configured\
""")


@given(st.sets(st.sampled_from(["health", "smoke", "logs", "response_times", "error_rate"])))
def test_a_good_line_needs_its_good_reading(read_well: set[str]) -> None:
    said = announcements.succeeded(with_readings(*map(reading, sorted(read_well)))).text
    lines = {
        "health": "- Health checks passing",
        "smoke": "- Smoke tests passed",
        "logs": "- No errors in logs",
        "response_times": "- Response times normal",
        "error_rate": "- Error rate: Normal",
    }
    assert {what for what, line in lines.items() if line in said} == read_well


def test_a_long_change_list_leaves_room_for_what_was_checked() -> None:
    many = ChangeList(changes=tuple(Change(title="x" * 90, author="bo") for _ in range(300)))
    message = announcements.succeeded(in_state(State.SUCCEEDED, changes=many))
    for said in (message.text, *texts(message)):
        assert "\n- and 281 more\nValidation:\n" in said
        assert said.endswith("- Performance: ✅")


def test_a_failed_run_tells_both_people_where_to_look() -> None:
    ended = Ending(code="run_failed", text="The run ended with failure in deploy")
    message = announcements.failed(in_state(State.FAILED, ending=ended))
    assert message.text == snapshot("""\
app v1.2.1 → production: failed
The run ended with failure in deploy\
""")
    assert read(message) == snapshot("""\
*app v1.2.1 → production: failed*
The run ended with failure in deploy
<@U0ANA> <@U0BO> Production may be half-way: check what is live before the next deployment.
Run 7001
[Roll Back]\
""")


def test_a_failed_validation_says_why_and_what_can_be_done() -> None:
    found = in_state(State.DEGRADED, notice="the job smoke was failure")
    message = announcements.failed(found)
    assert message.text == snapshot("""\
app v1.2.1 → production: validation failed, production is not proven healthy
the job smoke was failure\
""")
    assert read(message) == snapshot("""\
*app v1.2.1 → production: validation failed, production is not proven healthy*
the job smoke was failure
<@U0ANA> <@U0BO> Decide on the card: Mark Good, Roll Back, or Close as Failed.
Run 7001
[Roll Back]\
""")


def test_a_run_that_never_started_does_not_frighten_anybody() -> None:
    ended = Ending(code="not_started", text="GitHub refused to start the run: 422")
    message = announcements.failed(in_state(State.FAILED, ending=ended, run_id=None, run_url=None))
    assert read(message) == snapshot("""\
*app v1.2.1 → production: failed*
GitHub refused to start the run: 422
<@U0ANA> <@U0BO> No run of it is known at GitHub.\
""")


def test_what_stopped_half_way_calls_people_and_names_no_validation() -> None:
    good = TargetStep(target="web", progress=Progress.ENDED, fate=Fate.SUCCEEDED)
    bad = TargetStep(target="api", progress=Progress.ENDED, fate=Fate.FAILED_RESTORED)
    mixed = in_state(State.DEGRADED, steps=(good, bad))
    said = "".join(texts(announcements.failed(mixed, call=("U0DEE", "S0REL"))))
    assert "production is mixed" in said
    assert "<@U0DEE> <!subteam^S0REL> Decide on the card: Retry what failed, Mark Good, " in said
    assert "validation" not in said
    unchanged = in_state(State.DEGRADED, steps=(bad,))
    assert "nothing was switched" in announcements.failed(unchanged).text
    assert cards.status(unchanged) == "Degraded: nothing was switched, a person has to decide"
    assert "Mark Good" in str(cards.card(mixed, NOON).blocks)
    assert "Mark Good" not in str(cards.card(unchanged, NOON).blocks)
