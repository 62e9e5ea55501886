"""Which reports are asked for by a typed line, and what the audit trail is asked for."""

from typing import Any

import pytest

from bot.domain.errors import Refusal
from bot.domain.grammar import (
    AuditWish,
    ReportWish,
    parse_audit,
    parse_report,
)
from tests.domain.grammar import SERVICES, no_to


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("", {"report": "status"}),
        ("STATUS", {"report": "status"}),
        ("status app", {"report": "status", "service": "app"}),
        ("status web-shop prod", {"report": "status", "service": "Web-Shop",
                                  "environment": "production"}),
        ("show D12", {"report": "show", "deployment": 12, "typed": "D12"}),
        ("why d7", {"report": "why", "deployment": 7, "typed": "d7"}),
        ("show 12", {"report": "show", "deployment": 12, "typed": "12"}),
        ("show “D12”", {"report": "show", "deployment": 12, "typed": "D12"}),
        ("show #D12.", {"report": "show", "deployment": 12, "typed": "#D12."}),
        ("show 'rel-3'", {"report": "show", "typed": "rel-3"}),
        ("show rel-3", {"report": "show", "typed": "rel-3"}),
        ("why the  first one", {"report": "why", "typed": "the first one"}),
        ("show D" + "9" * 13, {"report": "show", "typed": "D" + "9" * 13}),
        ("help", {"report": "help"}),
    ],
)  # fmt: skip
def test_which_reports_there_are(text: str, wish: dict[str, Any]) -> None:
    assert parse_report(text, SERVICES) == ReportWish(**wish)


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("stauts", "unknown_report", "Did you mean “status”?"),
        ("xyzzy", "unknown_report", "Known are: status, show, why, locks, "),
        ("histroy", "unknown_report", "Did you mean “history”?"),
        ("status appp", "unknown_word", "Did you mean “app”?"),
        ("status xyzzy", "unknown_word", "Known are: app, api, Web-Shop, production"),
        ("status app api", "said_twice", "Two services"),
        ("status app app", "said_twice", "Two services"),
        ("status prod staging", "said_twice", "Two environments"),
        ("show", "no_deployment_id", "For example: /deployments show D12"),
        ("show “ ”", "no_deployment_id", "For example: /deployments show D12"),
        ("why", "no_deployment_id", "For example: /deployments why D12"),
    ],
)
def test_which_reports_there_are_not(text: str, code: str, says: str) -> None:
    found, sentence = no_to(text, report=True)
    assert found == code
    assert says in sentence


@pytest.mark.parametrize(
    ("text", "wish", "words"),
    [
        ("", {}, ""),
        ("d12 page 3", {"subject": "D12", "page": 3}, "D12"),
        ("@Ana inc-7", {"subject": "INC-7", "person": "Ana"}, "INC-7 @Ana"),
        ("<@U0ANA|ana> L3", {"subject": "L3", "person": "U0ANA"}, "L3 @U0ANA"),
        ("@Ana de  Lima page 2", {"person": "Ana de Lima", "page": 2}, "@Ana de Lima"),
        ("page 2 @Ödön D1", {"subject": "D1", "person": "Ödön", "page": 2}, "D1 @Ödön"),
    ],
)
def test_what_the_audit_trail_is_asked_for(text: str, wish: dict[str, Any], words: str) -> None:
    found = parse_audit(text)
    assert found == AuditWish(**wish)
    assert found.words == words


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("app", "unknown_word"),
        ("D1 D2", "said_twice"),
        ("@ana @bo", "said_twice"),
        ("@ana <@U0BO>", "said_twice"),
        ("ana @bo", "unknown_word"),
        ("@ D1", "unknown_word"),
        ("page", "no_page"),
        ("page 1 page 2", "said_twice"),
    ],
)
def test_what_the_audit_trail_is_not_asked_for(text: str, code: str) -> None:
    with pytest.raises(Refusal) as no:
        parse_audit(text)
    assert no.value.code == code
