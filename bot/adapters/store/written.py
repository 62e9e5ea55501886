"""Written: JSON as it is written into a column and read from it, as fast as it can be."""

import json
from typing import Any

from pydantic_core import PydanticSerializationError, from_json, to_json


def write(value: Any) -> str:
    """As JSON; half a character, which only the slow way can write, is kept as it is."""
    try:
        return to_json(value).decode()
    except PydanticSerializationError:
        return json.dumps(value)


def read(text: str) -> Any:
    """What was written, by whichever way."""
    try:
        return from_json(text)
    except ValueError:
        return json.loads(text)
