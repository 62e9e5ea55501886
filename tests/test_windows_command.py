"""`gonogo windows` answers from the configuration alone, for people and for scripts."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.__main__ import main

FRIDAY, THURSDAY = "2026-11-27T09:00:00Z", "2026-11-26T09:00:00Z"
RULES = """\
services:
  app:
    repo: acme/app
    windows:
      production:
        tz: Europe/Berlin
        hours: ["09:00", "17:00"]
        weekdays: [mon, tue, wed, thu]
        country: DE
        subdivision: BE
        days: ["2026-12-24"]
        day_before_holiday: true
        freezes: [{name: year-end, start: 2026-12-18T00:00+01:00, end: 2027-01-04T00:00+01:00}]
  docs: {repo: acme/docs}
"""


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only thing that the command needs."""
    monkeypatch.setenv("GONOGO_CONFIG", str(tmp_path / "gonogo.yaml"))
    for name in ("SLACK_BOT_TOKEN", "GITHUB_TOKEN", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "gonogo.yaml").write_text(RULES)
    return tmp_path / "gonogo.yaml"


def ask(*more: str, service: str = "app", environment: str = "production") -> Result:
    return CliRunner().invoke(
        main, ["windows", "--service", service, "--environment", environment, *more]
    )


def answer(at: str, *more: str, **where: str) -> dict[str, Any]:
    """What a script reads."""
    asked = ask("--at", at, "--json", *more, **where)
    assert (asked.exit_code, asked.stderr) == (0, "")
    read: dict[str, Any] = json.loads(asked.stdout)
    return read


OPEN = {"allowed": True, "blocked_by": [], "next_open": None}


@pytest.mark.parametrize(
    ("at", "blocked_by", "next_open"),
    [
        (FRIDAY, ["friday"], "2026-11-30T08:00:00Z"),
        ("2026-11-27T18:00:00+01:00", ["friday", "outside_hours"], "2026-11-30T08:00:00Z"),
        ("2026-10-26T07:30:00.5Z", ["outside_hours"], "2026-10-26T08:00:00Z"),
        ("2026-12-24T10:00:00Z", ["holiday", "freeze:year-end"], "2027-01-04T08:00:00Z"),
        ("2026-12-23T10:00:00Z", ["day_before_holiday", "freeze:year-end"], "2027-01-04T08:00:00Z"),
        ("2026-05-13T10:00:00Z", ["day_before_holiday"], "2026-05-18T07:00:00Z"),
    ],
)
@pytest.mark.usefixtures("rules")
def test_closed_names_all_reasons_and_the_next_opening(
    at: str, blocked_by: list[str], next_open: str
) -> None:
    told = {"allowed": False, "blocked_by": blocked_by, "next_open": next_open}
    assert answer(at) == told
    assert answer(at, "--kind", "hotfix") == told
    assert answer(at, "--kind", "rollback") == OPEN
    assert answer(at, environment="staging") == OPEN
    assert answer(at, service="docs") == OPEN


@pytest.mark.usefixtures("rules")
def test_open_has_no_next_opening() -> None:
    assert answer(THURSDAY) == answer("2026-11-26T10:00:00+01:00") == OPEN


def test_a_freeze_without_an_end_in_sight_has_no_next_opening(rules: Path) -> None:
    rules.write_text(RULES.replace("2027-01-04", "2029-01-04"))
    told = {"allowed": False, "blocked_by": ["freeze:year-end"], "next_open": None}
    assert answer("2027-02-02T10:00:00Z") == told


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (
            ("--at", FRIDAY),
            "Closed: Friday; opens Monday 2026-11-30 09:00 Europe/Berlin",
        ),
        (("--at", THURSDAY), "Window open (Thursday 2026-11-26 10:00 Europe/Berlin)"),
        (("--at", FRIDAY, "--kind", "rollback"), "A rollback is never held up"),
    ],
)
@pytest.mark.usefixtures("rules")
def test_people_read_a_sentence(more: tuple[str, ...], says: str) -> None:
    assert ask(*more).stdout == f"{says}\n"


@pytest.mark.usefixtures("rules")
def test_without_a_window_it_is_always_open() -> None:
    assert ask(service="docs").stdout == "No windows: always open\n"


@pytest.mark.usefixtures("rules")
def test_without_a_time_it_is_about_now() -> None:
    assert ask().stdout.startswith(("Window open (", "Closed: "))


@pytest.mark.parametrize(
    ("asked", "where", "says"),
    [
        ((), {"service": "ap"}, "no service “ap”; known: app, docs"),
        ((), {"environment": "moon"}, "no environment “moon”; known: production, staging"),
        (("--at", "2026-11-27T09:00:00"), {}, "--at must be a time such as"),
        (("--at", "friday"), {}, "--at must be a time such as"),
        (("--at", ""), {}, "--at must be a time such as"),
        (("--at", "9999-12-31T23:59:59Z"), {}, "--at must be a time such as"),
        (("--kind", "moon"), {}, "--kind"),
    ],
)
@pytest.mark.usefixtures("rules")
def test_what_is_not_known_is_refused_with_what_is(
    asked: tuple[str, ...], where: dict[str, str], says: str
) -> None:
    refused = ask(*asked, "--json", **where)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert says in refused.stderr


def test_a_wrong_configuration_is_told_with_every_mistake(rules: Path) -> None:
    rules.write_text(RULES.replace("Europe/Berlin", "Mars/Base").replace("repo: acme/docs", ""))
    refused = ask()
    assert refused.exit_code == 2
    assert "line 6: services.app.windows.production.tz: is no time zone" in refused.stderr
    assert "line 14: services.docs.repo: is missing" in refused.stderr
