"""The playbook inside Slack: every word of the document, and nothing of its markup."""

import re
from pathlib import Path

import pytest

from bot.config import Commands
from bot.domain.incidents.incidents import State
from bot.messages.incidents import incidents, playbook
from tests.domain.samples import NOON, an_incident

WRITTEN = Path(__file__).parents[2] / "docs" / "incident-playbook.md"
WORD = re.compile(r"\w[\w'/.-]*")


def told(names: Commands) -> str:
    return "\n".join(part["text"]["text"] for part in playbook.page(names.model_dump())["blocks"])


def test_every_word_of_the_document_in_its_order() -> None:
    written = re.sub(r"\]\([^)]*\)|^!.*$|^# .*$", "", WRITTEN.read_text(), flags=re.MULTILINE)
    prose = re.sub(r"^[|].*$\n", "", written, flags=re.MULTILINE)
    page = re.sub(r"^• .*\*.* · .*$\n", "", told(Commands()), flags=re.MULTILINE)
    assert WORD.findall(page.replace("_", " ")) == WORD.findall(prose.replace("_", " "))


def test_the_table_of_severities_is_a_list() -> None:
    assert (
        "• *moderate* · means: something is broken, there is a way round · what the process "
        "decides: accelerate a hotfix · news every: 30 minutes · production: open"
    ) in told(Commands())


def test_nothing_of_its_markup_is_left() -> None:
    page = told(Commands())
    assert not re.search(r"\*\*|\]\(|^#|\|", page, re.MULTILINE)
    assert len(page) > 6000


def test_commands_have_the_names_that_they_have_here() -> None:
    page = told(Commands(incident="/inc", deploy="/ship"))
    assert "`/inc outage All users" in page and "`/ship v1.2.2 hotfix INC-7" in page
    assert "/incident" not in page and "/deploy " not in page


@pytest.mark.parametrize("state", list(State))
def test_it_is_linked_from_every_incident(state: State) -> None:
    incident = an_incident()
    if state is not State.INVESTIGATING:
        incident = incident.to(state, NOON)
    ours = str(incidents.root(incident).blocks)
    assert "'action_id': 'incident_playbook'" in ours
    own = str(incidents.root(incident, "https://wiki.acme.example/how").blocks)
    assert "incident_playbook" not in own
    assert "Playbook: <https://wiki.acme.example/how|what to do>" in own
