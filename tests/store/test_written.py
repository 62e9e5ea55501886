"""JSON comes back from a column as it went in, whatever people typed."""

import json

import pytest

from bot.adapters.store import written

STRANGE: dict[str, object] = {
    "text": "naïve 🚀 \u2028",
    "half": "\ud83d",
    "nested": [None, True, 1.5, {"a": []}],
}


@pytest.mark.parametrize("value", [STRANGE, {"text": "ok"}, [], None, "\ud800", 2**60])
def test_what_was_written_is_read(value: object) -> None:
    assert written.read(written.write(value)) == value


def test_what_older_versions_wrote_is_read() -> None:
    assert written.read(json.dumps(STRANGE)) == STRANGE
    with pytest.raises(ValueError, match="double quotes"):
        written.read("{")
