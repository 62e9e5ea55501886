"""How long a way back is expected to take: each place by its own last time, else as is stated."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot import config
from bot.config.targets import stated
from bot.domain.approvals.protection import Mode, Protection
from bot.domain.deployments.deployments import Deployment, Ending
from bot.domain.deployments.runs import Progress, Stage
from bot.domain.deployments.states import Kind, State
from bot.domain.rollbacks import switching
from bot.domain.rollbacks.expectations import Expected, at_target, by_workflow, in_all
from bot.domain.rollbacks.target_steps import TargetStep
from bot.domain.rollbacks.targets import Fate, Sight
from tests.domain.samples import NOON, a_deployment

STATED = timedelta(minutes=2)


def at(seconds: int) -> timedelta:
    return timedelta(seconds=seconds)


def switched(name: str, seconds: int, fate: Fate = Fate.SUCCEEDED) -> Deployment:
    ended = NOON + at(seconds)
    step = TargetStep(target=name, began_at=NOON, ended_at=ended, fate=fate)
    return replace(a_deployment(), kind=Kind.ROLLBACK, steps=(step,))


def taken_up_again(deployment: Deployment) -> Deployment:
    """Its step had ended unknown, and somebody pressed Retry much later."""
    [step] = deployment.steps
    unknown = replace(step, fate=Fate.UNKNOWN, receipt={"run": "7"})
    [again] = switching.again([unknown])
    later = NOON + timedelta(hours=1)
    seen = again.seen(Sight(fate=Fate.SUCCEEDED, text="it ended well", at=later))
    return replace(deployment, steps=(seen.looked_at_again(),))


@pytest.mark.parametrize(
    ("earlier", "takes", "was_timed"),
    [
        ((), STATED, False),
        ((switched("web", 20), switched("web", 90)), at(20), True),
        ((switched("api", 20), switched("web", 90)), at(90), True),
        ((switched("web", 20, Fate.FAILED_RESTORED),), STATED, False),
        ((switched("web", 20, Fate.UNKNOWN), switched("web", 8)), at(8), True),
        ((switched("api", 20),), STATED, False),
        ((taken_up_again(switched("web", 4200)), switched("web", 8)), at(8), True),
    ],
)
def test_a_target_takes_what_its_last_good_step_took(
    earlier: tuple[Deployment, ...], takes: timedelta, was_timed: bool
) -> None:
    assert at_target(earlier, "web", STATED) == Expected(
        name="web", takes=takes, was_timed=was_timed
    )


def ran(kind: Kind, seconds: int, state: State = State.SUCCEEDED) -> Deployment:
    return replace(
        a_deployment(),
        kind=kind,
        state=state,
        run_id=7,
        requested_at=NOON,
        progress=Progress(status="completed", started_at=NOON + at(5)),
        live_at=NOON + at(seconds),
    )


def approved_late(deployment: Deployment) -> Deployment:
    return replace(deployment, requested_at=NOON - timedelta(hours=1), approvers=1)


def called_good(deployment: Deployment) -> Deployment:
    return replace(deployment, ending=Ending(code="marked_good", text="", by="U0BO"))


def at_a_gate(deployment: Deployment, let_in: int | None = None) -> Deployment:
    """Its run waited at GitHub for the approval; the deploying job began then, if it is shown."""
    held = Protection(mode=Mode.GITHUB_ENVIRONMENT, environments=("production",))
    run = deployment.progress
    assert run is not None
    if let_in is not None:
        job = Stage(name="deploy", status="completed", started_at=NOON + at(let_in))
        run = replace(run, stages=(job,))
    return replace(deployment, protection=held, progress=run)


@pytest.mark.parametrize(
    ("earlier", "takes", "was_timed"),
    [
        ((), STATED, False),
        ((ran(Kind.RELEASE, 65), ran(Kind.ROLLBACK, 40)), at(35), True),
        ((ran(Kind.RELEASE, 65),), at(60), False),
        ((ran(Kind.ROLLBACK, 40, State.FAILED),), STATED, False),
        ((replace(ran(Kind.RELEASE, 65), run_id=None),), STATED, False),
        ((approved_late(ran(Kind.ROLLBACK, 40)),), at(35), True),
        ((called_good(ran(Kind.ROLLBACK, 9000)), ran(Kind.RELEASE, 65)), at(60), False),
        ((at_a_gate(ran(Kind.RELEASE, 9000)),), STATED, False),
        ((at_a_gate(ran(Kind.RELEASE, 9000), 8900),), at(100), False),
    ],
)
def test_a_workflow_takes_what_the_last_way_back_took_else_the_last_run(
    earlier: tuple[Deployment, ...], takes: timedelta, was_timed: bool
) -> None:
    found = by_workflow(earlier, "rollback.yml", STATED, job="deploy")
    assert (found.takes, found.was_timed) == (takes, was_timed)


def test_one_place_follows_another() -> None:
    both = (Expected(name="web", takes=at(20)), Expected(name="api", takes=STATED, was_timed=True))
    assert in_all(both) == at(140)


def test_each_kind_of_target_states_a_time_which_a_team_may_state_itself() -> None:
    def asked(more: str) -> list[timedelta]:
        host = "host: h, user: u, container: c, image: i, publish: '3000', container_port: 3000"
        rules = config.parse(f"""
services:
  app:
    repo: acme/app
    environments:
      production:
        targets:
          - {{kind: docker_ssh, name: a, {host}{more}}}
          - {{kind: vercel, name: b, project: p{more}}}
          - {{kind: do_app_platform, name: c, app: 4f6c71e2-1e90-4762-9fee-6cc4a0a9f2cf{more}}}
          - {{kind: github_workflow, name: d{more}}}
people: {{ana: {{slack: U0ANA}}}}
""")
        found = rules.environment("app", "production")
        assert found is not None
        return [stated(one) for one in found.targets]

    assert asked("") == [at(18), at(10), at(120), at(180)]
    assert asked(", takes: PT7S") == [at(7)] * 4
