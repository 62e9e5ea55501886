"""The doctor names each thing that is missing, and what to do about it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest

from bot import config
from bot.adapters.github import PyGithubAdapter
from bot.adapters.health import HealthProbe
from bot.adapters.slack.slack import SlackChat
from bot.adapters.store import Unreachable, Unusable
from bot.doctor import doctor
from bot.doctor.preflight import Finding
from bot.ports import Workflow
from sandbox import app
from sandbox.seeds import Seed
from sandbox.world import World
from tests.scenarios import outside

Examine = Callable[..., Awaitable[dict[str, list[Finding]]]]
SHIPPED = Workflow(
    file="release.yml",
    blob="0" * 40,
    branch="main",
    active=True,
    inputs={"version": True, "sha": False, "request_id": False, "requested_by": False},
    carries_id=True,
    guarded=True,
)


async def up_to_date() -> str:
    return ""


async def too_old() -> str:
    return "its tables are not those of this version"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World(Seed.named("default"))
    runner = await app.start(made)
    yield made
    await runner.cleanup()


@pytest.fixture
async def examine(world: World) -> AsyncIterator[Examine]:
    chat = SlackChat("xoxb-local-bot", api_url=f"{world.base_url}/api/")
    github = PyGithubAdapter(f"{world.base_url}/github", "ghp_local_token")
    probes = HealthProbe(allow=("127.0.0.1",))

    async def look(
        changed: Callable[[str], str] = str, database: Callable[[], Awaitable[str]] = up_to_date
    ) -> dict[str, list[Finding]]:
        loaded = config.parse(changed(world.seed.gonogo_yaml(world.base_url)))
        found = await doctor.examine(
            loaded,
            chat=chat,
            github=github,
            rights=github.rights,
            mirrors=github.mirrors,
            probes=probes,
            database=database,
        )
        subjects = dict.fromkeys(finding.subject for finding in found)
        return {name: [one for one in found if one.subject == name] for name in subjects}

    yield look
    await probes.close()
    await github.close()
    await chat.close()


def problems(found: dict[str, list[Finding]]) -> dict[str, str]:
    return {
        name: str(finding)
        for name, findings in found.items()
        for finding in findings
        if finding.ok is not True
    }


async def test_the_sandboxs_own_configuration_has_no_problem(examine: Examine) -> None:
    found = await examine()
    assert problems(found) == {}
    assert list(found) == [
        "database",
        "channel deployments",
        "person ana",
        "person bo",
        "person cy",
        "person dee",
        "rights in acme/app",
        "way back of app",
        "acme/app release.yml",
        "merges to acme/app main",
        "GitHub deployments of acme/app",
        "health of app production",
        "health of app staging",
    ]


@pytest.mark.parametrize(
    ("on", "ok", "says"),
    [
        ("on: deployment", False, "each one starts hook.yml (on: deployment)"),
        ("on: [push, deployment_status]", True, "each status of one starts hook.yml"),
        ("on: {deployment: {}, push: {}}", False, "each one starts hook.yml (on: deployment)"),
    ],
)
async def test_what_our_own_records_would_start_is_told(
    world: World, examine: Examine, on: str, ok: bool, says: str
) -> None:
    hook = f"{on}\njobs: {{ship: {{runs-on: ubuntu-latest, steps: [{{run: make ship}}]}}}}\n"
    outside.commit(world, "Deploy by events", {".github/workflows/hook.yml": hook})
    [finding] = (await examine())["GitHub deployments of acme/app"]
    assert (finding.ok, finding.text.startswith(says)) == (ok, True)
    assert "github_deployments" in finding.action
    without = await examine(
        lambda text: text.replace(
            "    workflow: release.yml\n",
            "    workflow: release.yml\n    github_deployments: false\n",
        )
    )
    assert "GitHub deployments of acme/app" not in without


async def test_a_user_group_may_hold_a_role(examine: Examine) -> None:
    found = await examine(lambda text: text.replace("- dee\n", "- dee\n  - S0REL\n", 1))
    assert problems(found) == {}
    assert found["user group S0REL"][0].text == "2 members"


async def test_tables_of_another_version(examine: Examine) -> None:
    found = problems(await examine(database=too_old))
    assert list(found) == ["database"]
    assert "gonogo db upgrade" in found["database"]


@pytest.mark.parametrize(
    ("why", "ok", "says"),
    [
        (Unreachable("Connect call failed"), None, "does not answer (Connect call failed)"),
        (TimeoutError(), None, "does not answer (TimeoutError)"),
        (Unusable('role "x" does not exist'), False, 'role "x" does not exist'),
    ],
)
async def test_a_database_that_is_away_is_a_finding_among_the_others(
    examine: Examine, why: Exception, ok: bool | None, says: str
) -> None:
    async def away() -> str:
        raise why

    found = await examine(database=away)
    assert problems(found) == {"database": f"database: {says}; check DATABASE_URL"}
    assert found["database"][0].ok is ok


@pytest.mark.parametrize(
    ("old", "new", "subject", "says"),
    [
        (
            "deploy_job: staging",
            "deploy_job: stage",
            "merges to acme/app main",
            "has no job “stage”",
        ),
        ("workflow: ci.yml", "workflow: cd.yml", "merges to acme/app main", "correct adopt.work"),
        ("channel: deployments", "channel: nowhere", "channel nowhere", "create it, or invite"),
        ("channel: deployments", "channel: general", "channel general", "/invite @gonogo"),
        ("slack: U0ANA", "slack: U0NOBODY", "person ana", "correct people.ana.slack"),
        ("slack: U0ANA", "slack: U0EVE", "person ana", "guest account"),
        ("- dee\n", "- dee\n  - S0NONE\n", "user group S0NONE", "correct the role"),
        ("release.yml", "ship.yml", "acme/app ship.yml", "add .github/workflows/ship.yml"),
        ("/health/staging", "/health/none", "health of app staging", "/health/none"),
        (
            "    workflow: release.yml\n",
            "    workflow: release.yml\n    deploy_job: ship\n",
            "acme/app release.yml",
            "has no job “ship”; correct deploy_job; its jobs are guard, verify, deploy, smoke",
        ),
        (
            "smoke: smoke",
            "smoke: Smoke checks",
            "acme/app release.yml",
            "has no job or step “Smoke checks”",
        ),
    ],
)
async def test_what_is_missing_is_named(
    examine: Examine, old: str, new: str, subject: str, says: str
) -> None:
    found = problems(await examine(lambda text: text.replace(old, new, 1)))
    assert list(found) == [subject]
    assert says in found[subject]


async def test_a_repository_that_cannot_be_read_is_named_with_each_of_its_workflows(
    examine: Examine,
) -> None:
    found = problems(await examine(lambda text: text.replace("acme/app", "acme/none", 1)))
    assert list(found) == [
        "rights in acme/none",
        "way back of app",
        "acme/none release.yml",
        "merges to acme/none main",
        "GitHub deployments of acme/none",
    ]
    assert "let the token read it" in found["acme/none release.yml"]


async def test_what_does_not_answer_is_unknown(world: World, examine: Examine) -> None:
    world.faults.add(system="slack", kind="status:500", path="/conversations.list", count=9)
    (finding,) = (await examine())["channel deployments"]
    assert finding.ok is None and "not reachable" in finding.text


def test_jobs_and_steps_are_known_by_the_names_that_a_run_shows() -> None:
    named = replace(SHIPPED, jobs=("guard", "Deploy"), steps=("Smoke tests",))
    assert not list(doctor.name_findings("x", named, {"deploy"}, {"smoke tests", "guard"}))
    [found] = doctor.name_findings("x", named, {"smoke tests"}, set())
    assert (found.ok, found.text) == (False, "has no job “smoke tests”")
    made_in_the_run = replace(named, jobs=("deploy ${{ matrix.region }}",))
    assert not list(doctor.name_findings("x", made_in_the_run, {"deploy eu"}, {"smoke"}))


@pytest.mark.parametrize(
    ("workflow", "ok", "says"),
    [
        (SHIPPED, True, "carried out once"),
        (replace(SHIPPED, active=False), False, "enable it under Actions"),
        (replace(SHIPPED, inputs={"request_id": False}), False, "no input “version”"),
        (replace(SHIPPED, inputs={}), False, "no input “version”"),
        (
            replace(SHIPPED, inputs=SHIPPED.inputs | {"region": True, "tier": True}),
            False,
            "cannot fill: region, tier",
        ),
        (replace(SHIPPED, guarded=False), True, "a person has to look"),
        (replace(SHIPPED, carries_id=False), True, "a person has to look"),
        (replace(SHIPPED, inputs={"version": True}), True, "a person has to look"),
    ],
)
def test_a_workflow_is_judged_by_what_it_declares(workflow: Workflow, ok: bool, says: str) -> None:
    found = list(doctor.workflow_findings("acme/app release.yml", workflow))
    assert all(one.ok for one in found) is ok
    assert any(says in str(one) for one in found)
