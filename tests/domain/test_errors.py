"""A refusal is a sentence with its facts; a fault names the system that failed."""

import pytest

from bot.domain.errors import Declined, Fault, NotFound, Refusal, Unanswered


def test_a_refusal_reads_as_its_sentence_and_keeps_code_and_facts() -> None:
    no = Refusal("slot_taken", "{name} is first.", name="D7")
    assert (str(no), no.code, no.facts) == ("D7 is first.", "slot_taken", {"name": "D7"})


def test_what_people_typed_is_not_a_template() -> None:
    assert str(Refusal("unknown", "“{word}”", word="{name} {0}")) == "“{name} {0}”"


def test_a_sentence_without_its_fact_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        Refusal("unknown", "{word}")


@pytest.mark.parametrize("kind", [Fault, NotFound, Unanswered, Declined])
def test_a_fault_names_who_failed_and_when_to_come_back(kind: type[Fault]) -> None:
    fault = kind("github", "HTTP 502", retry_after=3)
    assert isinstance(fault, Fault)
    assert (str(fault), fault.retry_after) == ("github: HTTP 502", 3)
