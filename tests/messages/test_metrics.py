"""Metrics: each number of the answer in Slack with the ids that it rests on."""

from datetime import UTC, datetime, timedelta

from bot.domain.deployments.changes import Commit
from bot.domain.deployments.states import Kind
from bot.domain.metrics.history import CauseState, IncidentRecord, Record, Result
from bot.domain.metrics.measures import measure
from bot.domain.metrics.metrics import Window
from bot.messages.knowing.metrics import Measured, numbers
from tests.messages.samples import read

MARCH = datetime(2024, 3, 4, tzinfo=UTC)
WEEK = Window(start=MARCH, end=MARCH + timedelta(days=7), as_of=MARCH + timedelta(days=7))


def record(number: int, kind: Kind = Kind.RELEASE, result: Result = Result.SUCCESS) -> Record:
    """One a day, with a commit of the hour before; D3's author has a clock that is ahead."""
    live = MARCH + timedelta(days=number - 1)
    authored = live + timedelta(hours=1 if number == 3 else -1)
    return Record(
        id=f"D{number}",
        service="app",
        environment="production",
        version=f"v1.{number}.0",
        kind=kind,
        result=result,
        requested_at=live,
        live_at=live,
        healthy_at=live + timedelta(minutes=5),
        rolls_back="D4" if kind is Kind.ROLLBACK else None,
        for_incident="INC-1" if kind is Kind.HOTFIX else None,
        commits=(Commit(sha=f"{number:x}" * 40, authored_at=authored, parents=1),),
    )


def test_each_number_lists_its_ids() -> None:
    history = (
        record(0),
        record(2),
        record(3),
        record(4, result=Result.FAILURE),
        record(5, Kind.ROLLBACK),
        record(6, Kind.HOTFIX),
    )
    outage = IncidentRecord(
        id="INC-1",
        service="app",
        severity="outage",
        title="down",
        declared_at=MARCH + timedelta(days=1),
        started_at=MARCH + timedelta(days=1),
        restored_at=MARCH + timedelta(days=1, minutes=20),
        cause="D2",
        cause_state=CauseState.SUSPECTED,
    )
    found = measure({"production": history}, (outage,), "production", WEEK)
    told = numbers([Measured(service="app", environment="production", found=found)], "")

    assert read(told).split("• ")[1:10] == [
        "Deployments: 3 successful, 3.0 a week (D2, D3, D6)\n",
        "Went live and did not succeed: 1 (D4)\n",
        "Rollbacks: 1 (D5)\n",
        "Lead time: 60 min (median), 60 min (mean) (D2, D6); "
        "1 commit left out, the clock was wrong (3333333)\n",
        "Change failure rate: 25.0 % (D4); 50.0 % if the suspects are confirmed (D2)\n",
        "Time to recovery: 20 min (mean), 20 min (median) (INC-1)\n",
        "Failed deployment recovery time: 24 h 5 min (median) (D4)\n",
        "Rework rate: 25.0 % (D6)\n",
        "Goal: Deploy to staging daily: *missed*, " + found.goals[0].why + "\n",
    ]
