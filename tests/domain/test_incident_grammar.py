"""What may be typed after /incident."""

import pytest
from hypothesis import given

from bot.domain.grammar import IncidentWish, parse_incident
from bot.domain.incidents.incidents import Severity
from tests.domain.samples import ANYTHING


def opens(severity: Severity | None = None, text: str = "", **more: object) -> IncidentWish:
    return IncidentWish(deed="open", severity=severity, text=text, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "wish"),
    [
        ("", opens()),
        ("outage All users locked out", opens(Severity.OUTAGE, "All users locked out")),
        ("OUTAGE: down", opens(Severity.OUTAGE, "down")),
        ("--major slow", opens(Severity.MAJOR, "slow")),
        ("sev3 slow", opens(Severity.MODERATE, "slow")),
        ("minor", opens(Severity.MINOR)),
        ("the site is down", opens(None, "the site is down")),
        ("outages again", opens(None, "outages again")),
        ("list", IncidentWish(deed="list")),
        ("LIST", IncidentWish(deed="list")),
        ("list is empty", opens(None, "list is empty")),
        ("help", IncidentWish(deed="help")),
        ("playbook", IncidentWish(deed="playbook")),
        ("playbook is missing", opens(None, "playbook is missing")),
        ("help does not load", opens(None, "help does not load")),
        ("update", IncidentWish(deed="update")),
        ("update INC-7", IncidentWish(deed="update", incident=7)),
        ("update inc-7: all is well", IncidentWish(deed="update", incident=7, text="all is well")),
        (
            "update page is broken",
            opens(None, "update page is broken", maybe_update="page is broken"),
        ),
        ("drill", opens(drill=True)),
        ("drill outage all down", opens(Severity.OUTAGE, "all down", drill=True)),
        ("drill all down", opens(None, "all down", drill=True)),
        ("outage “nobody gets in”", opens(Severity.OUTAGE, '"nobody gets in"')),
    ],
)
def test_what_is_understood(typed: str, wish: IncidentWish) -> None:
    assert parse_incident(typed) == wish


@given(ANYTHING)
def test_whatever_is_typed_is_some_wish(typed: str) -> None:
    assert parse_incident(typed).deed in ("open", "list", "update", "playbook", "help")
