"""The form of a rollback: where to, among all that ever ran well."""

import pytest

from bot.domain.rollbacks.rollbacks import Earlier
from bot.messages.deployments import forms
from bot.messages.rollbacks.rollbacks import Order
from tests.domain.records import day, deployed


@pytest.mark.parametrize("version", ["v129", "v5", "v9.9.9"])
def test_what_is_meant_can_be_chosen_however_much_ran_well(version: str) -> None:
    names = [str(number) for number in reversed(range(130))]
    known = [Earlier(version=f"v{name}", record=deployed(name, day(1))) for name in names]
    order = Order(service="app", environment="production", version=version, live="v1.2.0")
    form = forms.rollback(order, known, None, "C0BOARD")

    [target] = [one["element"] for one in form["blocks"] if one.get("block_id") == "target"]
    assert len(target["options"]) == 100
    assert target["initial_option"]["value"] == version
    assert target["initial_option"] == target["options"][0]
