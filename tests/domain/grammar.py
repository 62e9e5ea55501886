"""Lines that people type, for tests of what is understood."""

import pytest

from bot.domain.errors import Refusal
from bot.domain.grammar import (
    parse_deploy,
    parse_report,
)

SERVICES = ("app", "api", "Web-Shop")


def no_to(text: str, *, report: bool = False) -> tuple[str, str]:
    """The code and the sentence with which this text is refused."""
    with pytest.raises(Refusal) as no:
        parse_report(text, SERVICES) if report else parse_deploy(text, SERVICES)
    return no.value.code, str(no.value)
