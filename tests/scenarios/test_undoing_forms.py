"""The forms that undo migrations, and those that were open since before."""

import json

from tests.scenarios.test_incident_ends import OUTAGE, suspect
from tests.scenarios.undoing import asked, card
from tests.scenarios.workspace import Workspace


async def test_the_form_takes_the_code_back_alone(reverting: Workspace) -> None:
    team = reverting
    await team.types("bo", "/rollback")
    await team.submits("bo", Reason="Critical functionality broken")
    await team.passes("PT3M")

    assert (await team.channel())[-1].startswith("⚠️ Production rollback executed")
    assert "2 migrations in between; the database stays as it is:" in await card(team)
    assert await asked(team) == []


async def test_the_form_goes_to_another_version_as_well(reverting: Workspace) -> None:
    team = reverting
    await team.types("bo", "/rollback")
    await team.submits("bo", **{"Back to": "v1.1.0", "Reason": "Critical functionality broken"})
    await team.passes("PT3M")

    assert "Rolled back to: v1.1.0" in (await team.channel())[-1]
    assert await asked(team) == []


async def test_a_form_that_was_open_since_before_takes_the_code_back_alone(
    reverting: Workspace,
) -> None:
    team = reverting
    await team.types("bo", "/rollback")
    slack = team.world.slack
    view = slack.views.top(slack.named("bo").id)
    assert view is not None
    memory = json.loads(view.source["private_metadata"])
    memory["order"] = json.dumps(json.loads(memory["order"]) | {"undo": 2})
    view.source["private_metadata"] = json.dumps(memory)
    await team.submits("bo", Reason="Critical functionality broken")
    await team.passes("PT3M")

    assert (await team.channel())[-1].startswith("⚠️ Production rollback executed")
    assert await asked(team) == []


async def test_from_an_incident_the_migrations_are_listed_before_they_are_undone(
    reverting: Workspace,
) -> None:
    team = reverting
    await team.types("cy", OUTAGE)
    await team.passes("PT1S")
    await team.clicks("bo", "Roll Back", ts=await suspect(team))
    await team.passes("PT1S")
    shown = next(text for text in reversed(await team.told("bo")) if "Roll back app" in text)
    assert "2 migrations in between; the database stays as it is:" in shown
    assert "0008_add_marks.sql" in shown
