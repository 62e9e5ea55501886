"""Drift: an environment that runs another version than the one that was deployed."""

from tests.scenarios.workspace import Workspace

ALERT = "Drift: app production answers as v1.1.0, and v1.2.0 should be there"


async def looks(team: Workspace, times: int = 4) -> None:
    for _ in range(times):
        await team.passes("PT61S")


async def test_drift_is_told_once_with_both_values_and_resolved_below(team: Workspace) -> None:
    await team.post("/health", environment="production", status="ok", version="v1.1.0")
    await looks(team, 2)
    assert await team.channel() == []
    await looks(team, 3)

    [alert] = await team.channel()
    assert alert.splitlines()[0] == ALERT
    assert "D1 brought v1.2.0, requested by @ana, live since 2024-03-19" in alert
    status = await team.types("ana", "/deployments status production")
    assert "Drift: it answers as v1.1.0" in status

    await team.post("/health", environment="production", status="ok")
    await looks(team, 2)
    assert await team.channel() == [alert]
    assert await team.thread() == [
        "Resolved: app production answers as v1.2.0 and runs v1.2.0 (D1)."
    ]
    assert "Drift" not in await team.types("ana", "/deployments status production")


async def test_drift_that_a_deployment_ends_is_resolved_and_may_come_again(
    team: Workspace,
) -> None:
    await team.post("/health", environment="production", status="ok", version="v1.2.1")
    await looks(team)
    assert len(await team.channel()) == 1
    await team.asks_and_approves()
    await team.passes("PT45S")
    await looks(team, 2)
    assert (await team.thread())[-1].startswith("Resolved: app production answers as v1.2.1")
    await team.post("/health", environment="production", status="ok", version="v1.2.0")
    await looks(team)
    assert (await team.channel())[-1].startswith("Drift: app production answers as v1.2.0")


async def test_what_is_under_way_or_does_not_answer_is_no_drift(team: Workspace) -> None:
    await team.post("/github/preset", workflow="release.yml", script="manual")
    await team.asks_and_approves()
    await team.post("/health", environment="production", status="ok", version="v1.2.1")
    await looks(team)
    assert len(await team.channel()) == 1
    await team.ends_run("cancelled")
    await team.post("/health", environment="production", status="bad", version="v1.2.1")
    await looks(team)
    assert not any("Drift" in text for text in await team.channel())
