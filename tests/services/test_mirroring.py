"""Where GitHub shows what we deploy: releases and ways back in the same environment of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot import config
from bot.domain.approvals.protection import Mode, Protection
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind, State
from bot.ports import Tx
from bot.services.runs import mirroring
from tests.services.team import Team

CONFIG = """
services:
  app:
    repo: acme/app
    environments:
      production: {approval: {mode: github_environment, environments: [prod-eu]}}
"""
GATE = Protection(mode=Mode.GITHUB_ENVIRONMENT, environments=("prod-eu",))


@pytest.mark.parametrize(
    "facts", [{"protection": GATE}, {"kind": Kind.ROLLBACK}], ids=["a release", "a rollback"]
)
async def test_it_is_the_one_at_whose_gate_releases_wait(team: Team, facts: dict[str, Any]) -> None:
    loaded = config.parse(CONFIG)
    running = Deployment(
        service="app",
        environment="production",
        version="v1.1.0",
        state=State.RUNNING,
        repo="acme/app",
        workflow="release.yml",
        requested_by="U0ANA",
        requested_at=team.clock.now(),
        run_id=7,
    )

    def act(tx: Tx) -> str:
        added = tx.add(replace(running, **facts))
        mirroring.follow(loaded, tx, added, added)
        shown = tx.mirror(added.id)
        assert shown is not None
        return shown.environment

    assert await team.store.run(act) == "prod-eu"
