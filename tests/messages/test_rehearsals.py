"""The way back on a card, in the words of the people who may need it."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.deployments.migrations import Migration
from bot.domain.deployments.states import State
from bot.domain.rollbacks.rehearsal import Place, Rehearsal
from bot.messages.deployments import cards, notes
from bot.messages.rollbacks import rehearsals
from tests.domain.samples import NOON
from tests.messages.samples import LATER, in_state, read

IMAGE = Place(
    name="web-1",
    kind="docker_ssh",
    possible=True,
    facts=("image present on the host",),
    takes=timedelta(seconds=18),
    was_timed=True,
)
PAGE = Place(name="web", kind="vercel", possible=True, takes=timedelta(seconds=32))
DROPS = Migration(path="migrations/0007_drop.sql", has_down=False, breaks="drop column")
FOUND = Rehearsal(at=NOON, version="v1.2.0", ran_as="D1", places=(IMAGE, PAGE), migrations=(DROPS,))


def test_every_place_the_database_and_the_time_stand_in_one_line() -> None:
    assert rehearsals.way_back(FOUND) == (
        "*If this goes wrong:* v1.2.0, web-1 image present yes (18 s as the last time), "
        "web Vercel eligible yes (about 32 s), migrations reversible 🔴 *no* (0007_drop.sql), "
        "about 50 s\n"
        "• web-1: image present on the host"
    )


def test_a_closed_way_is_red_and_a_silent_place_is_never_yes() -> None:
    gone = replace(IMAGE, possible=False, text="its image is gone", facts=())
    silent = replace(PAGE, possible=None, text="HTTP 502", takes=None)
    found = replace(FOUND, places=(gone, silent), migrations=())
    assert rehearsals.way_back(found) == (
        "🔴 *If this goes wrong:* v1.2.0, web-1 *no* (its image is gone), "
        "web *not known* (HTTP 502), no migrations"
    )
    assert rehearsals.way_back(Rehearsal(at=NOON)).startswith(
        "🔴 *If this goes wrong:* there is no"
    )


def test_a_database_of_which_nobody_knows_is_not_called_reversible() -> None:
    assert "migrations *not known* (github: HTTP 502)" in rehearsals.way_back(
        replace(FOUND, migrations=(), unread="github: HTTP 502")
    )
    assert "migrations not configured" in rehearsals.way_back(replace(FOUND, migrations=None))
    down = replace(DROPS, has_down=True)
    assert "migrations reversible yes" in rehearsals.way_back(replace(FOUND, migrations=(down,)))


def test_it_stands_on_a_card_that_waits_and_in_a_dry_run() -> None:
    waiting = in_state(State.AWAITING_APPROVAL, rehearsal=FOUND)
    assert "*If this goes wrong:* v1.2.0" in read(cards.card(waiting, LATER))
    running = in_state(State.RUNNING, rehearsal=FOUND)
    assert "If this goes wrong" not in read(cards.card(running, LATER))
    assert "*If this goes wrong:* v1.2.0" in notes.plan(waiting).text


def test_a_gate_at_github_is_the_workflows_whatever_version_goes_back() -> None:
    workflow = Place(name="rollback.yml", kind="github_workflow", possible=True)
    fact = "waits at GitHub's gate production until somebody answers it"

    def said(*places: Place) -> str:
        return rehearsals.gate(replace(FOUND, places=places))

    held = said(IMAGE, replace(workflow, facts=(fact,)))
    assert held.startswith(f"🔴 *rollback.yml {fact}*, as read ")
    assert said(workflow).startswith("No gate at GitHub would hold it, as read ")
    assert said(IMAGE, PAGE) == "It takes no workflow, so no gate at GitHub would hold it."
    unknown = "Whether a gate at GitHub would hold it is not known."
    assert said(replace(workflow, possible=None)) == unknown
    assert rehearsals.gate(None) == unknown
