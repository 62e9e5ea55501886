"""The guard of the shipped workflows, run as GitHub runs it: a request is carried out by its first
run, however many other runs there are.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
import yaml

from tests.sandbox.github_host import TOKEN, Host, running

WORKFLOWS = Path(__file__).parent.parent.parent / "examples" / "workflows"
REQUEST = "D12-0badcafe"
GH = '''#!{python}
"""What `gh api --method GET --paginate PATH -f NAME=VALUE…` does: one page after the other."""
import os, re, sys, urllib.parse, urllib.request
word, method, get, paginate, path, *fields = sys.argv[1:]
assert [word, method, get, paginate] == ["api", "--method", "GET", "--paginate"], sys.argv
query = urllib.parse.urlencode(dict(field.split("=", 1) for field in fields[1::2]))
bearer = {{"Authorization": "Bearer " + os.environ["GH_TOKEN"]}}
url = os.environ["GITHUB_API_URL"] + "/" + path + "?" + query
while url:
    with urllib.request.urlopen(urllib.request.Request(url, headers=bearer)) as answer:
        sys.stdout.write(answer.read().decode())
        found = re.search('<([^>]+)>; rel="next"', answer.headers.get("Link", ""))
    url = found and found[1]
'''


@pytest_asyncio.fixture
async def host() -> AsyncIterator[Host]:
    async with running(start=datetime.now(UTC)) as host:
        yield host


def script(workflow: str) -> str:
    """What the one step of its guard runs."""
    found = yaml.safe_load((WORKFLOWS / f"{workflow}.yml").read_text())
    (step,) = found["jobs"]["guard"]["steps"]
    return str(step["run"])


async def is_first(host: Host, folder: Path, run: int, request: str) -> bool:
    """What the guard of that run says."""
    (folder / "gh").write_text(GH.format(python=sys.executable))
    (folder / "gh").chmod(0o755)
    told = folder / "output"
    told.write_text("")
    environment = {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "GITHUB_API_URL": host.url,
        "GH_TOKEN": TOKEN,
        "GITHUB_REPOSITORY": "acme/app",
        "GITHUB_RUN_ID": str(run),
        "GITHUB_OUTPUT": str(told),
        "REQUEST_ID": request,
    }
    shell = await asyncio.create_subprocess_exec("bash", "-c", script("release"), env=environment)
    assert await shell.wait() == 0, "the guard failed, and with it the run"
    return {"first=true\n": True, "first=false\n": False}[told.read_text()]


@pytest.mark.needs("jq")
async def test_a_twin_is_seen_behind_more_than_a_hundred_other_runs(
    host: Host, tmp_path: Path
) -> None:
    first = await host.dispatch(version="v1.2.1", request_id=REQUEST)
    for number in range(110):
        await host.dispatch(version="v1.2.1", request_id=f"D{number + 13}-0badcafe")
    twin = await host.dispatch(version="v1.2.1", request_id=REQUEST)

    assert await is_first(host, tmp_path, first, REQUEST)
    assert not await is_first(host, tmp_path, twin, REQUEST)
    assert await is_first(host, tmp_path, twin, "D2-0badcafe")  # which is a part of others
    assert await is_first(host, tmp_path, twin, "")  # by hand


@pytest.mark.needs("jq")
async def test_where_the_runs_cannot_be_read_nothing_is_deployed(
    host: Host, tmp_path: Path
) -> None:
    run = await host.dispatch(version="v1.2.1", request_id=REQUEST)
    await host.control("POST", "/faults", {"system": "github", "kind": "status:502", "count": 9})
    with pytest.raises(AssertionError, match="the guard failed"):
        await is_first(host, tmp_path, run, REQUEST)


def test_all_guards_look_in_the_same_way_at_their_own_runs() -> None:
    for workflow in ("rollback", "migrate"):
        assert script(workflow) == script("release").replace("release.yml", f"{workflow}.yml")
