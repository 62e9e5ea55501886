"""The form of the timeline's shortcut takes for a number only what is one."""

from typing import cast

import pytest

from handlers import timeline
from handlers.payloads import FormErrors, Office, Submission


@pytest.mark.parametrize("number", ["", "²", "٣", "-1", "INC-1"])
def test_what_is_no_number_is_asked_for_again(number: str) -> None:
    form = Submission(
        form="timeline",
        user="U0ANA",
        view_id="V1",
        view_hash="",
        values={"incident": number, "at": "1711447200", "text": "The queue is full"},
        memory={},
    )

    # Nothing of the office is used before the form is found whole.
    answer = timeline.submit(form, cast(Office, None))

    assert isinstance(answer, FormErrors)
    assert set(answer.errors) == {"incident"}
