"""A rollback without an incident leaves an issue for its findings, with an owner."""

from pathlib import Path

from sandbox.github.issues import Issue
from sandbox.world import World
from tests.scenarios import outside
from tests.scenarios.test_remedies import presses, rolled_back, said_below
from tests.scenarios.test_rollback import deployed, rolls_back
from tests.scenarios.workspace import Workspace, workspace


def findings(team: Workspace) -> list[Issue]:
    """The issues of that kind."""
    issues = outside.repo(team.world).issues.values()
    return [one for one in issues if one.title.startswith("Findings")]


async def test_a_rollback_leaves_an_issue_with_its_facts_and_an_owner(team: Workspace) -> None:
    await rolled_back(team)
    [issue] = findings(team)
    assert issue.title == "Findings: app went back from v1.2.1 to v1.2.0 (D3)"
    assert issue.assignees == ("ana-acme",)
    bad, good = (outside.commit_of(team.world, v)[:7] for v in ("v1.2.1", "v1.2.0"))
    for fact in (
        f"- Rolled back: v1.2.1 (D2) {bad}\n- Back to: v1.2.0 (D3) {good}\n",
        "- Reason: feature X loses orders\n- Asked for by: ana\n- Owner: @ana-acme\n",
        "- Rollback asked for: 2024-03-26 10:0",
        "- Proven healthy: 2024-03-26 10:0",
        "- Add feature X (#4, ana-acme)\n- Fix bug Y (#5, cy-acme)\n",
        "## Root cause\n\n_To be written._",
    ):
        assert fact in issue.body
    assert f"The findings go into #{issue.number}. @ana owns it." in await said_below(team)
    assert ("findings_made", "U0ANA") in [(e.action, e.actor) for e in await team.trail("D3")]


async def test_with_an_incident_its_post_mortem_has_the_findings(team: Workspace) -> None:
    await deployed(team)
    await team.types("bo", "/incident major Orders are lost")
    await team.passes("PT5S")
    await rolls_back(team, "ana", "/rollback because feature X loses orders")
    assert findings(team) == []


async def test_a_lost_answer_opens_no_second_one(tmp_path: Path) -> None:
    rules = {"services": {"app": {"aftercare": {"owner": "dee"}}}}
    async with workspace(tmp_path, rules=rules) as team:
        await deployed(team)
        await team.fault("github", "status_after_apply:502", path="/issues", method="POST")
        await rolls_back(team, "ana", "/rollback because feature X loses orders")
        await team.passes("PT2M")
        [issue] = findings(team)
        assert issue.assignees == ("dee-acme",)
        assert any("@dee owns it" in line for line in await said_below(team))


async def test_without_the_right_it_is_told_and_made_later(tmp_path: Path) -> None:
    def without(world: World) -> None:
        world.github_as = "app"
        world.github.app.permissions["issues"] = "read"

    async with workspace(tmp_path, begin=without) as team:
        await rolled_back(team)
        assert (await said_below(team))[-1].startswith(
            "@ana There is no issue with the findings: GitHub says: 403 Resource not accessible"
        )
        team.world.github.app.permissions["issues"] = "write"
        await team.post("/github/expire_tokens")
        await presses(team, "bo", "Try Again")
        await team.passes("PT5S")
        assert len(findings(team)) == 1
        assert "@ana owns it" in (await said_below(team))[-1]


async def test_a_rollback_by_somebody_whom_nobody_knows_has_no_owner_yet(
    team: Workspace,
) -> None:
    await deployed(team)
    outside.rolls_back(team.world, "v1.2.0")
    await team.passes("PT3M")
    [issue] = findings(team)
    assert "- Asked for by: somebody outside Slack\n- Owner: nobody yet\n" in issue.body
    assert f"The findings go into #{issue.number}. Nobody owns it yet." in await said_below(team)
