"""What stands under the fields of a form: plain sentences, because Slack shows no markup there; and
by what a form of Override knows again what it showed.
"""

import json

import pytest

from bot.domain.deployments.deployments import Deployment
from bot.domain.errors import COMMANDS, Refusal
from bot.domain.gates import Level, Verdict
from bot.domain.people import Who
from bot.messages import blocks
from bot.messages.deployments import forms
from tests.domain.samples import NOON, a_deployment

NAMES = {"U0ANA": "Ana"}


def mistake(template: str, **facts: object) -> str:
    return forms.mistake(Refusal("x", template, **facts), lambda who: NAMES.get(who, who), SHIP)


SHIP = {"deploy": "/ship", "deployments": "/log"}


def test_people_are_named_and_times_are_in_utc() -> None:
    said = mistake(
        "Taken by {who} and {other} at {when}.", who=Who("U0ANA"), other=Who("U1"), when=NOON
    )
    assert said == "Taken by Ana and U1 at 2024-03-26 12:00 UTC."


def test_foreign_words_stand_as_they_were_typed_but_for_what_cannot_be_seen() -> None:
    assert mistake("“{word}”", word="<a & b>\u202e\n c") == "“<a & b> c”"
    assert len(mistake("{word}", word="x" * 900)) == 500


def test_commands_are_called_as_the_team_calls_them() -> None:
    assert mistake("Type {deploy} v1.2.1") == "Type /ship v1.2.1"


def test_a_fact_goes_before_the_command_of_that_name() -> None:
    assert mistake("{deploy} hotfix {deployments}", deployments="INC-7") == "/ship hotfix INC-7"
    no = Refusal("x", "{deploy} hotfix {incident}", incident="INC-7")
    assert blocks.refused(no, COMMANDS).text == "/deploy hotfix INC-7"


def blocked(*names: str) -> Deployment:
    gates = ("ci", "reviewed", "staging", "qa", "notes", "bugs", "lock", "window", "hold", "backup")
    held = (Verdict(gate=gate, level=Level.BLOCK, text="No", about=names) for gate in gates)
    return a_deployment(verdicts=tuple(held))


@pytest.mark.parametrize("number", [1, 30, 31, 300])
def test_a_form_of_override_knows_again_what_it_showed(number: int) -> None:
    names = tuple(f"CI is red: Build and test {n}" for n in range(number))
    memory = forms.override(blocked(*names), "C0DEPLOY")["private_metadata"]
    shown = json.loads(memory)["shown"]

    assert len(memory) <= 3000
    assert forms.not_shown(blocked(*reversed(names)), ["ci", "lock"], shown) == set()
    assert forms.not_shown(blocked(*names, "L2"), ["ci"], shown) == {"ci"}
    assert forms.not_shown(blocked(), ["ci"], shown) == set()
    assert forms.not_shown(blocked(*names), ["merged"], shown) == {"merged"}
    assert forms.not_shown(blocked(*names), ["ci"], None) == {"ci"}
