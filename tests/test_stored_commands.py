"""The commands that need nothing but the store: import, export, metrics, rollback-target."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.__main__ import main
from bot.adapters.store import only_instance, revisions, upgrade
from bot.adapters.store.database import Unconfirmed
from bot.cli.ending import database_errors
from bot.ports import Stale

RUNNER = CliRunner()
BEFORE = {
    "type": "deployment",
    "id": "a",
    "service": "app",
    "environment": "production",
    "version": "v1.0.0",
    "kind": "release",
    "result": "success",
    "requested_at": "2024-03-10T10:00:00Z",
    "live_at": "2024-03-10T10:10:00Z",
}
AFTER = BEFORE | {
    "id": "b",
    "version": "v1.1.0",
    "requested_at": "2024-03-19T10:00:00+02:00",
    "live_at": "2024-03-19T08:10:00Z",
    "commits": [{"sha": "c1", "authored_at": "2024-03-19T07:09:30Z", "parents": 1, "title": "X"}],
}
OUTAGE = {
    "type": "incident",
    "id": "out",
    "service": "app",
    "severity": "outage",
    "title": "down",
    "declared_at": "2024-03-19T08:20:00Z",
    "started_at": "2024-03-19T08:15:00Z",
    "restored_at": "2024-03-19T08:30:20Z",
    "cause": "b",
    "cause_state": "confirmed",
}


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty database, and nothing else configured."""
    address = f"sqlite:///{tmp_path}/gonogo.db"
    monkeypatch.setenv("DATABASE_URL", address)
    monkeypatch.chdir(tmp_path)
    asyncio.run(upgrade(address))
    return address


def write(*lines: object) -> str:
    file = Path("history.jsonl")
    told = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    file.write_text("".join(f"{line}\n" for line in told))
    return str(file)


def run(*words: str) -> str:
    done = RUNNER.invoke(main, words)
    assert done.exit_code == 0, done.output
    return done.stdout


def metrics(*more: str) -> dict[str, object]:
    here = ("--service", "app", "--environment", "production")
    window = ("--from", "2024-03-18", "--to", "2024-04-01", "--as-of", "2024-04-01T00:00:00Z")
    told: dict[str, object] = json.loads(run("metrics", *here, *window, *more, "--json"))
    return told


def test_metrics_of_what_was_imported(database: str) -> None:
    assert run("import", write(BEFORE, AFTER, OUTAGE)) == "3 taken in, 0 known already\n"
    told = metrics()
    goals = told.pop("goals")
    assert told == {
        "deployments_live": 1,
        "live_deployments": ["b"],
        "deployments_successful": 1,
        "successful_deployments": ["b"],
        "rollbacks": 0,
        "rollback_deployments": [],
        "deployments_per_day": 0.0714,
        "deployments_per_week": 0.5,
        "median_deploy_days_per_week": 0.5,
        "lead_median_minutes": 60.5,
        "lead_mean_minutes": 60.5,
        "lead_deployments": ["b"],
        "lead_skipped_clock_skew": 0,
        "lead_skipped_commits": [],
        "change_failure_rate": 1.0,
        "change_failure_rate_if_suspects_confirmed": 1.0,
        "failed_deployments": ["b"],
        "suspected_deployments": [],
        "mttr_mean_minutes": 15.33,
        "mttr_median_minutes": 15.33,
        "fdrt_median_minutes": 20.33,
        "recovered_deployments": ["b"],
        "fdrt_unrecovered": [],
        "open_incidents": [],
        "restored_incidents": ["out"],
        "rework_rate": 0.0,
        "rework_deployments": [],
    }
    assert isinstance(goals, list)
    assert [(goal["name"], goal["met"]) for goal in goals] == [
        ("staging_deployments", False),
        ("production_deployments", False),
        ("change_failure_rate", False),
        ("mttr_minutes", True),
    ]


def test_a_round_trip_changes_no_answer(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("import", write(BEFORE, AFTER, OUTAGE))
    before, exported = metrics(), run("export")
    other = f"sqlite:///{tmp_path}/other.db"
    asyncio.run(upgrade(other))
    monkeypatch.setenv("DATABASE_URL", other)
    run("import", write(*exported.splitlines()))
    assert metrics() == before
    assert run("export") == exported
    assert run("import", write(*exported.splitlines())) == "0 taken in, 3 known already\n"


def test_a_rollback_target_comes_from_the_stored_history(database: str) -> None:
    here = ("rollback-target", "--service", "app", "--environment", "production")
    empty: dict[str, object] = {
        "live": None,
        "target": None,
        "refuse": "nothing_live",
        "tainted": [],
    }
    assert json.loads(run(*here, "--json")) == empty
    assert run(*here) == "nothing is live; no target: nothing_live\n"
    run("import", write(BEFORE, AFTER, AFTER | {"id": "c", "version": "v1.2.0", "bad": True}))
    assert json.loads(run(*here, "--json")) == {
        "live": "v1.2.0",
        "target": "v1.1.0",
        "refuse": None,
        "tainted": ["v1.2.0"],
    }
    assert run(*here) == "v1.2.0 is live; a rollback goes to v1.1.0\n"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "line 2: not valid JSON"),
        ('{"type":"deploy"}', "line 2: type has to be deployment or incident"),
        (AFTER | {"colour": "red"}, "line 2: unknown field colour"),
        ({**AFTER, "version": None}, "line 2: version: must be a valid string"),
        (AFTER | {"result": "won"}, "line 2: result: "),
        (AFTER | {"bad": "yes"}, "line 2: bad: must be a valid boolean"),
        (AFTER | {"hold": 1}, "line 2: hold: must be a valid boolean"),
        (AFTER | {"requested_at": "2024-03-19T10:00:00"}, "line 2: requested_at: "),
        (AFTER | {"rolls_back": "gone"}, "line 2: there is no deployment gone to roll back"),
        (AFTER | {"id": "a"}, "line 2: a is known already, with other content"),
        (OUTAGE | {"cause": None}, "line 2: cause_state is confirmed, but there is no cause"),
        (
            OUTAGE | {"cause": "a", "closure": "external"},
            "line 2: an external incident cannot have a confirmed cause",
        ),
        (
            OUTAGE | {"cause": "a", "restored_at": "2024-03-19T08:00:00Z"},
            "line 2: restored_at lies before started_at",
        ),
    ],
)
def test_a_wrong_line_is_told_and_nothing_is_kept(database: str, line: object, told: str) -> None:
    done = RUNNER.invoke(main, ["import", write(BEFORE, line)])
    assert done.exit_code == 1
    assert done.stderr.startswith(f"gonogo: {told}"), done.stderr
    assert run("export") == ""


def test_every_wrong_line_is_told_at_once(database: str) -> None:
    done = RUNNER.invoke(main, ["import", write("{", BEFORE, "[]", AFTER | {"kind": "x"})])
    assert [line.split(":")[1] for line in done.stderr.splitlines()] == [
        *(" line 1", " line 3", " line 4")
    ]


def test_what_a_line_says_and_what_it_points_at_are_told_together(database: str) -> None:
    run("import", write(BEFORE))
    lines = (
        AFTER | {"rolls_back": "gone"},
        BEFORE | {"version": "v9.0.0"},
        OUTAGE | {"id": "unread", "colour": "red"},
        AFTER | {"id": "d", "for_incident": "unread"},
    )
    done = RUNNER.invoke(main, ["import", write(*lines)])
    assert (done.exit_code, done.stderr.splitlines()) == (
        1,
        [
            "gonogo: line 1: there is no deployment gone to roll back",
            "gonogo: line 2: a is known already, with other content",
            "gonogo: line 3: unknown field colour",
        ],
    )


def test_the_tables_are_taken_back_for_an_older_version_and_forth_again(database: str) -> None:
    newest = revisions()[-1]
    assert run("db", "downgrade", "0045") == "the tables are those of 0045\n"
    assert RUNNER.invoke(main, ["export"]).exit_code == 2
    done = RUNNER.invoke(main, ["db", "downgrade", newest])
    assert (done.exit_code, done.stderr) == (
        2,
        f"gonogo: DATABASE_URL: its tables are those of 0045, older than {newest}\n",
    )
    run("db", "upgrade")
    assert run("export") == ""


@pytest.mark.parametrize(
    "why", [Unconfirmed("the connection was lost"), Stale("somebody else was always faster")]
)
def test_a_database_that_is_lost_on_the_way_is_said_in_a_sentence(
    capsys: pytest.CaptureFixture[str], why: Exception
) -> None:
    with pytest.raises(SystemExit) as ended, database_errors():
        raise why
    assert ended.value.code == 1
    assert capsys.readouterr().err == f"gonogo: the database does not answer: {why}\n"


def test_a_revision_that_there_is_not_is_refused(database: str) -> None:
    for wrong in ("base", "-1", "head", "1"):
        done = RUNNER.invoke(main, ["db", "downgrade", "--", wrong])
        assert done.exit_code == 2
        assert f"there is no revision “{wrong}”; known are 0001 to " in done.stderr
    assert run("export") == ""


def test_the_tables_of_a_running_bot_are_not_taken_back(database: str) -> None:
    with only_instance(database):
        done = RUNNER.invoke(main, ["db", "downgrade", "0045"])
    assert done.exit_code == 75
    assert "another gonogo works on " in done.stderr
    assert run("export") == ""


def test_a_file_that_is_not_there_is_said_so(database: str) -> None:
    done = RUNNER.invoke(main, ["import", "gone.jsonl"])
    assert (done.exit_code, done.stderr) == (1, "gonogo: gone.jsonl: No such file or directory\n")


@pytest.mark.parametrize(
    "words",
    [
        ("export",),
        ("import", "history.jsonl"),
        ("audit", "verify"),
        ("rollback-target", "--service", "app", "--environment", "production"),
    ],
)
def test_without_tables_the_way_to_them_is_told(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/empty.db")
    monkeypatch.chdir(tmp_path)
    write(BEFORE)
    done = RUNNER.invoke(main, words)
    assert done.exit_code == 2
    assert "run: gonogo db upgrade" in done.stderr


@pytest.mark.parametrize(
    ("option", "value"), [("--from", "yesterday"), ("--to", "2024-03-18"), ("--as-of", "noon")]
)
def test_a_time_that_makes_no_sense_is_refused(database: str, option: str, value: str) -> None:
    given = {"--from": "2024-03-18", "--to": "2024-04-01", "--as-of": "2024-04-01T00:00:00Z"}
    words = [word for pair in (given | {option: value}).items() for word in pair]
    here = ["--service", "app", "--environment", "production"]
    done = RUNNER.invoke(main, ["metrics", *here, *words])
    assert done.exit_code == 2
    assert option in done.stderr


def test_metrics_are_readable_in_a_terminal(database: str) -> None:
    run("import", write(BEFORE, AFTER, OUTAGE))
    words = ("--service", "app", "--environment", "production")
    told = run("metrics", *words, "--from", "2024-03-18", "--to", "2024-04-01")
    assert "lead_median_minutes                        60.5\n" in told
    assert "change_failure_rate, under 5 percent: missed (100.0% of the" in told
