"""What GitHub's own page should say of a deployment, and whether that has to be written."""

from typing import Any

import pytest

from bot.domain.approvals.protection import Mode, Protection
from bot.domain.deployments.deployments import Binding, Deployment
from bot.domain.deployments.mirrors import (
    Mirror,
    Shown,
    has_to_be_written,
    key_of,
    place_of,
    ref_of,
    should_show,
)
from bot.domain.deployments.outside import Outside
from bot.domain.deployments.runs import Progress, Stage
from bot.domain.deployments.states import Kind, State
from bot.domain.rollbacks.target_steps import TargetStep
from tests.domain.samples import a_deployment

RUN: dict[str, Any] = {"run_id": 77}
COMMIT = "7ccb03b" + 33 * "0"
BOUND = Binding(tag_object="", commit=COMMIT, workflow_blob="")


def working(job: str, status: str) -> Progress:
    """A run with one job."""
    return Progress(status="in_progress", stages=(Stage(name=job, status=status),))


def over(conclusion: str) -> Progress:
    return Progress(status="completed", conclusion=conclusion)


@pytest.mark.parametrize(
    ("state", "facts", "shown"),
    [
        (State.AWAITING_APPROVAL, RUN, Shown.NOTHING),
        (State.UNKNOWN, {}, Shown.NOTHING),
        (State.RUNNING, RUN, Shown.NOTHING),
        (State.RUNNING, RUN | {"progress": working("verify", "in_progress")}, Shown.NOTHING),
        (State.RUNNING, RUN | {"progress": working("deploy", "queued")}, Shown.NOTHING),
        (State.RUNNING, RUN | {"progress": working("Deploy", "in_progress")}, Shown.IN_PROGRESS),
        (State.ABORTING, RUN | {"progress": working("deploy", "completed")}, Shown.IN_PROGRESS),
        (State.SWITCHING, {}, Shown.IN_PROGRESS),
        (State.VALIDATING, RUN, Shown.IN_PROGRESS),
        (State.SUCCEEDED, RUN, Shown.SUCCESS),
        (State.SUCCEEDED, RUN | {"version": ""}, Shown.NOTHING),
        (State.SUCCEEDED, RUN | {"version": "", "binding": BOUND}, Shown.SUCCESS),
        (State.SUCCEEDED, RUN | {"adopted": True}, Shown.NOTHING),
        (State.DEGRADED, RUN, Shown.FAILURE),
        (State.FAILED, RUN, Shown.FAILURE),
        (State.FAILED, {}, Shown.NOTHING),
        (State.FAILED, {"steps": (TargetStep(target="web"),)}, Shown.FAILURE),
        (State.CANCELLED, RUN, Shown.FAILURE),
        (State.CANCELLED, RUN | {"dry_run": True}, Shown.NOTHING),
        (State.CANCELLED, {}, Shown.NOTHING),
        (State.NEEDS_ATTENTION, RUN, Shown.NOTHING),
    ],
)
def test_only_what_touched_production_is_shown(
    state: State, facts: dict[str, Any], shown: Shown
) -> None:
    assert should_show(a_deployment(state=state, **facts), "deploy") is shown


@pytest.mark.parametrize(
    ("before", "shown", "run", "written"),
    [
        (Shown.NOTHING, Shown.IN_PROGRESS, working("deploy", "in_progress"), False),
        (Shown.IN_PROGRESS, Shown.SUCCESS, over("success"), False),
        (Shown.IN_PROGRESS, Shown.FAILURE, over("failure"), False),
        (Shown.IN_PROGRESS, Shown.FAILURE, over("success"), True),
        (Shown.FAILURE, Shown.SUCCESS, over("success"), True),
    ],
)
def test_what_actions_keeps_itself_is_only_corrected(
    before: Shown, shown: Shown, run: Progress, written: bool
) -> None:
    deployment = a_deployment(progress=run)
    theirs = a_mirror(ours=False, shown=before)
    assert has_to_be_written(theirs, deployment, shown) is written
    assert has_to_be_written(a_mirror(shown=before), deployment, shown)


def a_mirror(**changes: Any) -> Mirror:
    return Mirror(deployment=12, repo="acme/app", environment="production", **changes)


def test_it_is_found_again_by_what_no_other_deployment_has() -> None:
    assert key_of(a_deployment(request_id="D12-0a1b2c3d")) == "D12-0a1b2c3d"
    assert key_of(a_deployment()) == "D12@2024-03-26T12:00:00+00:00"


@pytest.mark.parametrize(
    ("deployment", "ref"),
    [
        (a_deployment(binding=BOUND), "v1.2.1"),
        (a_deployment(version="", binding=BOUND), COMMIT),
        (a_deployment(version="", outside=Outside(login="carl", event="push")), ""),
    ],
)
def test_a_commit_stands_for_a_version_that_nobody_knows(deployment: Deployment, ref: str) -> None:
    assert ref_of(deployment) == ref


@pytest.mark.parametrize("kind", [Kind.RELEASE, Kind.ROLLBACK])
@pytest.mark.parametrize(
    ("gates", "named", "place"),
    [
        (("prod-eu", "prod-us"), "prod-us", "prod-us"),
        (("checks", "Prod"), "prod", "Prod"),
        (("production-approval",), "production", "production"),
        (("production-approval",), "prod-eu", "production"),
        (("prod-eu",), "", "production"),
        ((), "prod-eu", "production"),
    ],
)
def test_it_is_shown_where_releases_go_and_not_where_only_the_approval_is(
    kind: Kind, gates: tuple[str, ...], named: str, place: str
) -> None:
    gate = Protection(mode=Mode.GITHUB_ENVIRONMENT, environments=gates) if gates else None
    assert place_of(a_deployment(kind=kind), gate, named) == place
