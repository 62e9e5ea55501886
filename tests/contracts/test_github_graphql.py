"""What the bot asks GitHub's GraphQL API, and what the local one answers, fit the public schema."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from bot.adapters.github.pulls import REVERT
from tests.contracts import npm
from tests.sandbox.github_host import running

PACKAGE = Path(__file__).parent / "graphql"


def faults(query: str, variables: object, data: object) -> list[str]:
    """What GitHub's schema has against a request and its answer; skips the test without npm."""
    folder = npm.installed(PACKAGE)
    shutil.copy(PACKAGE / "judge.mjs", folder)
    told = json.dumps({"query": query, "variables": variables, "data": data})
    judged = subprocess.run(
        ("node", "judge.mjs"), cwd=folder, input=told, capture_output=True, text=True, check=True
    )
    found: list[str] = json.loads(judged.stdout)
    return found


async def test_a_revert_is_asked_for_and_answered_as_the_schema_says() -> None:
    async with running() as host:
        _, pull = await host.call("GET", "/repos/acme/app/pulls/4")
        variables = {"input": {"pullRequestId": pull["node_id"], "title": "t", "body": "b"}}
        body = {"query": REVERT, "variables": variables}
        status, answer = await host.call("POST", "/graphql", body)
        assert (status, "errors" in answer) == (200, False)
        assert faults(REVERT, variables, answer["data"]) == []
        refused: Any = (await host.call("POST", "/graphql", body))[1]
        assert refused["errors"][0]["type"] == "UNPROCESSABLE"
        assert faults(REVERT, variables, refused["data"]) == []


def test_the_judge_notices_what_the_schema_does_not_have() -> None:
    one = {"input": {"pullRequestId": "x"}}
    assert "naame" in str(faults(REVERT.replace("number url", "naame"), one, {}))
    assert "pullRequestId" in str(faults(REVERT, {"input": {}}, {}))
    made = {"revertPullRequest": {"revertPullRequest": {"number": "four", "url": "u"}}}
    assert faults(REVERT, one, made) != []
