"""Letters: whoever wrote what was deployed is told once, and can say that it is enough."""

from tests.scenarios import outside
from tests.scenarios.workspace import Workspace


async def about(team: Workspace, person: str) -> list[str]:
    """The letters among a person's direct messages."""
    return [text for text in await team.letters(person) if text.startswith("What you wrote")]


async def is_over(team: Workspace) -> bool:
    return await team.state() == "Succeeded"


async def test_each_author_gets_one_letter_and_can_end_them(team: Workspace) -> None:
    await team.asks_and_approves()
    await team.until(lambda: is_over(team))
    await team.passes("PT2S")

    for person, change in (
        ("ana", "Add feature X (#4)"),
        ("cy", "Fix bug Y (#5)"),
        ("bo", "Update dependency Z (#6)"),
    ):
        [letter] = await about(team, person)
        assert letter.splitlines()[:2] == [
            "What you wrote is live with app v1.2.1 → production (D2):",
            f"• {change}",
        ]
    assert await about(team, "dee") == []

    last = (await team.messages("@cy"))[-1]
    await team.clicks("cy", "No More of These", channel="@cy", ts=last["ts"])
    await team.passes("PT1S")
    assert await team.types("bo", "/deployments notify maybe") == (
        "On or off? Type /deployments notify on, or notify off."
    )
    assert "You get no more messages" in await team.types("bo", "/deployments notify off")
    assert "in production" in await team.types("bo", "/deployments notify ON")
    assert "I do not know this account." in await team.types("eve", "/deployments notify off")

    outside.commit(team.world, "Fix bug W", by="cy-acme")
    outside.tag(team.world, "v1.2.2", outside.commit(team.world, "<!channel> & co", by="bo-acme"))
    await team.passes("PT1M")
    await team.types("ana", "/deploy v1.2.2")
    await team.passes("PT2S")
    await team.approves("bo")

    async def is_told() -> bool:
        return len(await about(team, "bo")) == 2

    await team.until(is_told)
    assert "• <!channel> & co" in (await about(team, "bo"))[-1]
    assert len(await about(team, "cy")) == 1
    assert [row.action for row in await team.trail("U0CY")] == ["letters_off"]
