"""What the GitHub adapter starts or stops is sent once, and every answer has its one meaning."""

from __future__ import annotations

import asyncio

import pytest

from bot.adapters.github import PyGithubAdapter
from bot.domain.errors import Declined, Fault, NotFound, Unanswered
from bot.ports.fences import fenced
from sandbox.holds import Hold
from sandbox.world import World
from tests.adapters.canned_github import Says, canned

APP = "acme/app"
RELEASE = "release.yml"
DISPATCHES = "/repos/acme/app/actions/workflows/release.yml/dispatches"
CANCEL = "/repos/acme/app/actions/runs/7/cancel"


def posts(world: World) -> int:
    rows = world.journal.entries("github", "POST")
    return sum(row["direction"] == "from_bot" for row in rows)


def started(world: World) -> int:
    """Runs that the bot has started, whatever it was told."""
    runs = world.github.actions.runs.values()
    return sum(run.actor == "gonogo-bot" for run in runs)


async def release(github: PyGithubAdapter) -> object:
    return await github.dispatch(APP, RELEASE, "main", {"version": "v1.2.1"})


async def test_a_dispatch_names_its_run(world: World, github: PyGithubAdapter) -> None:
    inputs = {"version": "v1.2.1", "request_id": "q7"}
    found = await github.dispatch(APP, RELEASE, "main", inputs)

    assert found.run_id == next(reversed(world.github.actions.runs))
    sent = [row["body"] for row in world.journal.entries("github", "POST")]
    assert sent[0] == {"ref": "main", "inputs": inputs, "return_run_details": True}
    assert posts(world) == 1


async def test_a_dispatch_whose_run_is_not_named(world: World, github: PyGithubAdapter) -> None:
    world.faults.add(system="github", kind="no_run_id")

    found = await github.dispatch(APP, RELEASE, "main", {"version": "v1.2.1"})
    assert (found.run_id, found.url) == (None, None)
    assert (posts(world), started(world)) == (1, 1)


@pytest.mark.parametrize(
    ("kind", "runs"),
    [
        ("status:500", 0),
        ("status:502", 0),
        ("status:503", 0),
        ("status:408", 0),
        ("status:302", 0),
        ("status:202", 0),
        ("status_after_apply:502", 1),
        ("reset_before", 0),
        ("reset_after_apply", 1),
        ("bad_json", 1),
        ("timeout", 0),
        ("slow:2", 1),
    ],
)
async def test_nobody_knows_and_nothing_is_sent_again(
    world: World, hasty_github: PyGithubAdapter, kind: str, runs: int
) -> None:
    await hasty_github.login()
    world.faults.add(system="github", kind=kind, method="POST")

    with pytest.raises(Unanswered):
        await release(hasty_github)
    while started(world) < runs:  # slow: it starts after all
        await asyncio.sleep(0.05)
    assert (posts(world), started(world)) == (1, runs)


@pytest.mark.parametrize("status", [301, 307, 308])
async def test_a_renamed_repository_is_a_no(
    world: World, github: PyGithubAdapter, status: int
) -> None:
    world.faults.add(system="github", kind=f"status:{status}", method="POST")

    with pytest.raises(Declined, match=f"acme/app was renamed or moved .HTTP {status}."):
        await release(github)
    assert (posts(world), started(world)) == (1, 0)


@pytest.mark.parametrize(
    ("kind", "least", "most"),
    [
        ("rate_limit", 50, 61),
        ("status:429:retry_after=3", 3, 3),
        ("status:429", 60, 60),
        ("status:403:retry_after=9", 9, 9),
    ],
)
async def test_a_limit_says_when_to_send_it(
    world: World, github: PyGithubAdapter, kind: str, least: float, most: float
) -> None:
    """Surely nothing was started, so that it is neither unclear nor refused."""
    world.faults.add(system="github", kind=kind, method="POST")

    with pytest.raises(Fault) as raised:
        await release(github)
    assert type(raised.value) is Fault
    assert raised.value.retry_after is not None and least <= raised.value.retry_after <= most
    assert (posts(world), started(world)) == (1, 0)


async def test_github_that_nobody_reaches_has_started_nothing() -> None:
    github = PyGithubAdapter("http://127.0.0.1:1", "ghp_x", timeout=1)
    with pytest.raises(Fault, match="not reachable") as raised:
        await release(github)
    await github.close()
    assert type(raised.value) is Fault


@pytest.mark.parametrize(
    ("file", "ref", "inputs", "says"),
    [
        (RELEASE, "none", {"version": "v1.2.1"}, "422 No ref found for: none"),
        (RELEASE, "main", {}, "422 Required input 'version' not provided"),
        (RELEASE, "main", {"version": "v1.2.1", "x": "1"}, "422 Unexpected inputs provided"),
        ("none.yml", "main", {"version": "v1.2.1"}, "404 Not Found"),
    ],
)
async def test_a_definite_no_has_githubs_words(
    world: World,
    github: PyGithubAdapter,
    file: str,
    ref: str,
    inputs: dict[str, str],
    says: str,
) -> None:
    with pytest.raises(Declined) as raised:
        await github.dispatch(APP, file, ref, inputs)
    assert raised.value.text.startswith(says)
    assert (posts(world), started(world)) == (1, 0)


async def test_a_missing_permission_is_named() -> None:
    no = {"message": "Resource not accessible by integration"}
    needs = {"X-Accepted-GitHub-Permissions": "actions=write"}
    async with canned({DISPATCHES: Says(no, 403, needs)}) as it:
        with pytest.raises(Declined) as raised:
            await release(it.github)

    text = "403 Resource not accessible by integration (needs actions=write)"
    assert raised.value.text == text


@pytest.mark.parametrize("status", [400, 422])
async def test_an_older_server_is_asked_without_the_run_details(status: int) -> None:
    no = {"message": 'Invalid request.\n\n"return_run_details" is not a permitted key.'}
    async with canned({DISPATCHES: (Says(no, status), Says("", 204))}) as it:
        found = await it.github.dispatch(APP, RELEASE, "main", {"version": "v1.2.1"})

    plain = {"ref": "main", "inputs": {"version": "v1.2.1"}}
    assert found.run_id is None
    assert [body for _, _, body in it.asked] == [{**plain, "return_run_details": True}, plain]


@pytest.mark.parametrize(
    "answer",
    [
        Says("<html>Unicorn!</html>", 502),
        Says("<html>Sign in</html>", 200),
        Says({}, 200),
        Says([], 200),
        Says("", 200),
    ],
)
async def test_an_answer_without_sense_is_no_answer(answer: Says) -> None:
    async with canned({DISPATCHES: answer}) as it:
        with pytest.raises(Unanswered):
            await release(it.github)
    assert len(it.asked) == 1


async def test_a_server_that_sends_to_another_one_is_not_followed() -> None:
    away = Says("", 301, {"Location": f"http://localhost:1{DISPATCHES}"})
    async with canned({DISPATCHES: away}) as it:
        with pytest.raises(Unanswered):
            await release(it.github)
    assert len(it.asked) == 1


async def test_what_is_not_ours_any_more_is_not_sent(world: World, github: PyGithubAdapter) -> None:
    with fenced(lambda: False), pytest.raises(Fault, match="another bot may do it") as raised:
        await github.dispatch(APP, RELEASE, "main", {"version": "v1.2.1"})
    assert type(raised.value) is Fault
    assert world.journal.entries("github", "POST") == []


async def test_a_run_is_cancelled_once_and_again(world: World, github: PyGithubAdapter) -> None:
    run = await github.dispatch(APP, RELEASE, "main", {"version": "v1.2.1"})
    assert run.run_id is not None

    await github.cancel(APP, run.run_id)
    await github.cancel(APP, run.run_id)  # it has ended: no error
    await github.cancel(APP, run.run_id, force=True)

    assert world.github.actions.runs[run.run_id].conclusion == "cancelled"
    paths = [str(row["path"]) for row in world.journal.entries("github", "POST")]
    asked = [path.rpartition("/")[2] for path in paths if f"/{run.run_id}/" in path]
    assert asked == ["cancel", "cancel", "force-cancel"]


async def test_a_cancellation_without_an_answer(world: World, github: PyGithubAdapter) -> None:
    run = await github.dispatch(APP, RELEASE, "main", {"version": "v1.2.1"})
    assert run.run_id is not None
    world.faults.add(system="github", kind="status:500", path="/cancel")

    with pytest.raises(Unanswered):
        await github.cancel(APP, run.run_id)
    with pytest.raises(NotFound):
        await github.cancel(APP, 1)


async def test_a_cancellation_that_is_refused() -> None:
    async with canned({CANCEL: Says({"message": "Must have admin rights."}, 403)}) as it:
        with pytest.raises(Declined, match="403 Must have admin rights"):
            await it.github.cancel(APP, 7)


async def test_one_write_at_a_time(world: World, github: PyGithubAdapter) -> None:
    """GitHub asks for it; the second waits in line, and is still sent once."""
    hold = world.hold = Hold(after=False, of=lambda entry: DISPATCHES in entry.path)
    both = [asyncio.create_task(release(github)) for _ in range(2)]
    await hold.reached()
    await asyncio.sleep(0.2)  # the second could have come meanwhile
    assert posts(world) == 1

    hold.let_go()
    await asyncio.gather(*both, return_exceptions=True)
    assert posts(world) == 2
