"""What people read of the database before and while a rollback goes back."""

from bot.domain.deployments.migrations import Migration
from bot.domain.deployments.states import Kind, State
from bot.domain.rollbacks.target_steps import TargetStep
from bot.domain.rollbacks.undoing import Undoing, steps
from bot.messages.deployments import cards
from bot.messages.rollbacks import undoing
from bot.messages.rollbacks.rollbacks import Order, proposal
from tests.messages.samples import LATER, buttons, in_state, read

ADDS = Migration(path="migrations/0008_add.sql", has_down=True)
DROPS = Migration(path="migrations/0007_drop.sql", has_down=False, breaks="drop column")
UNSEEN = Migration(path="migrations/0009_<big>.sql", has_down=None)
ORDER = Order(service="app", environment="production", version="v1.2.0", live="v1.2.1", reason="x")
WISH = Undoing(count=2, version="v1.2.1", backup="db-17, 3 h old", call=("U0DEE", "S0DBA"))


def test_migrations_without_a_way_down_are_red_and_their_names_cannot_do_anything() -> None:
    assert undoing.listed((DROPS, ADDS, UNSEEN)) == [
        "*3 migrations in between*; the database stays as it is:",
        "• 🔴 0007_drop.sql: no way down",
        "• 0008_add.sql",
        "• 🔴 0009_&lt;big&gt;.sql: no way down is known",
    ]
    assert undoing.listed((ADDS,) * 10)[-1] == "• and 2 more"


def test_the_second_button_is_there_only_where_it_is_offered_and_asks_once_more() -> None:
    alone = buttons(proposal(ORDER, (), None, (DROPS,)))
    assert [one["text"]["text"] for one in alone] == ["Roll Back to v1.2.0"]
    offered = Order(**{**{f: getattr(ORDER, f) for f in Order.__slots__}, "undo": 2})
    first, second = buttons(proposal(offered, (), None, (ADDS, ADDS)))
    assert '"undo": 0' in first["value"]
    assert '"undo": 2' in second["value"]
    assert second["text"]["text"] == "Undo 2 migrations and Roll Back to v1.2.0"
    assert second["confirm"]["style"] == "danger"


def test_the_card_names_the_backup_and_whom_to_call() -> None:
    going = in_state(
        State.SWITCHING,
        kind=Kind.ROLLBACK,
        migrations=(ADDS,),
        undoing=WISH,
        steps=(*steps(WISH), TargetStep(target="web")),
    )
    shown = read(cards.card(going, LATER))
    assert "*Database*: 2 migrations undone before the code goes back, once" in shown
    assert "Backup: db-17, 3 h old" in shown
    assert "Call if it goes wrong: <@U0DEE> <!subteam^S0DBA>" in shown
    assert "*Steps*\n• migrate:status before *waiting*" in shown


def test_a_rollback_of_the_code_alone_says_that_the_database_stays() -> None:
    going = in_state(State.RUNNING, kind=Kind.ROLLBACK, migrations=(DROPS,))
    assert "*1 migration in between*; the database stays as it is:" in read(
        cards.card(going, LATER)
    )
    assert "in between" not in read(cards.card(in_state(State.RUNNING, migrations=(DROPS,)), LATER))
