"""A log in a thread: foreign lines, of which none can end the quotation or mention anybody."""

from bot.domain.rollbacks.targets import LogTail
from bot.messages.deployments import tails
from tests.domain.samples import NOON
from tests.messages.samples import read, texts


def test_lines_that_look_like_an_error_are_counted() -> None:
    found = LogTail(text="one\nERROR two\n", errors=("ERROR two",), at=NOON)
    assert read(tails.tail("web-1", found)) == (
        "*Log of web-1: 1 line like an error*\n```one\nERROR two```"
    )
    quiet = LogTail(text="", errors=(), at=NOON)
    assert read(tails.tail("web-1", quiet)) == "*Log of web-1: no line like an error*"


def test_nothing_in_a_log_ends_the_quotation_or_mentions_and_the_newest_lines_stay() -> None:
    long = "old & older\n" * 2000 + "``` <!channel> <@U0ANA> newest"
    (_, quoted) = texts(tails.output("web-1", long))
    assert quoted.startswith("```")
    assert quoted.endswith("''' &lt;!channel&gt; &lt;@U0ANA&gt; newest```")
    assert "`" not in quoted[3:-3]
    assert "<" not in quoted
    assert len(quoted) < 3000
