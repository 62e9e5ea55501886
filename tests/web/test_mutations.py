"""What is no longer as it was signed is refused, whatever was changed; and of what is signed,
nothing breaks the parser. Without HTTP, so that there can be a hundred thousand of them.
"""

import os
import random

from bot.adapters.slack.slack_payload import Malformed, parse
from bot.adapters.slack.slack_signature import is_signed
from tests.web.conftest import NOW, SECRET
from tests.web.slack_requests import (
    FORM,
    INTERACTIONS,
    JSON,
    command,
    event,
    interaction,
    mutated,
    signed,
)

MUTATIONS = int(os.environ.get("GONOGO_MUTATIONS", "1000"))
SOURCES = [(command(), FORM), (event(), JSON), *((interaction(one), FORM) for one in INTERACTIONS)]
SIGNED_PARTS = ("X-Slack-Request-Timestamp", "X-Slack-Signature")


def is_good(headers: dict[str, str], body: bytes) -> bool:
    return is_signed(headers, body, SECRET.encode(), NOW)


def test_no_mutation_of_what_was_signed_is_taken_for_signed() -> None:
    chance = random.Random(11)
    tried = [(body, signed(body, kind)) for body, kind in SOURCES]
    assert all(is_good(headers, body) for body, headers in tried)
    for _ in range(MUTATIONS):
        body, headers = chance.choice(tried)
        part = chance.choice((*SIGNED_PARTS, "body"))
        if part == "body":
            changed = mutated(body, chance)
            assert is_good(headers, changed) is (changed == body), changed
            continue
        said = headers[part]
        forged = mutated(said.encode(), chance).decode("latin-1")
        assert is_good(headers | {part: forged}, body) is (forged == said), forged


def test_no_mutation_that_is_signed_breaks_the_parser() -> None:
    chance = random.Random(13)
    taken = 0
    for _ in range(MUTATIONS):
        source, kind = chance.choice(SOURCES)
        try:
            taken += isinstance(parse(mutated(source, chance), kind), dict)
        except Malformed:
            continue
    assert 0 < taken < MUTATIONS
