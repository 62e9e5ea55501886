"""Whoever copies the example configuration and the shipped workflows has two that fit together."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from bot import config
from bot.adapters.github import reading
from bot.config import Config
from bot.doctor import way_back_doctor
from bot.doctor.doctor import name_findings, workflow_findings
from bot.ports import Workflow

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "examples" / "workflows"


@pytest.fixture(scope="module")
def loaded() -> Config:
    return config.load(ROOT / "gonogo.example.yaml")


def as_read(file: str) -> Workflow:
    """The workflow as the bot reads it from GitHub."""
    told = {"content": base64.b64encode((FOLDER / file).read_bytes()), "sha": "b10b"}
    return reading.workflow(file, "main", "active", told)


def test_what_deploys_has_the_jobs_and_smoke_tests_that_are_named(loaded: Config) -> None:
    for _, _, service, settings, file in loaded.pipelines():
        workflow = as_read(file)
        smokes = [settings.smoke] if settings.smoke else []
        assert not list(name_findings(file, workflow, [service.deploy_job], smokes))
        assert all(finding.ok for finding in workflow_findings(file, workflow))


def test_what_merges_start_does_so_as_well(loaded: Config) -> None:
    for _, _, _, adopt in loaded.merges():
        assert adopt.smoke is not None
        workflow = as_read(adopt.workflow)
        assert not list(name_findings("", workflow, [adopt.deploy_job], [adopt.smoke]))


def test_the_ways_back_have_their_jobs(loaded: Config) -> None:
    for way in way_back_doctor.ways(loaded):
        assert not way.job or not as_read(way.files[0]).lacks(way.job)
    for service in loaded.services.values():
        assert as_read(service.rollback_workflow).guarded


def test_the_checks_that_are_asked_for_are_made(loaded: Config) -> None:
    for service in loaded.services.values():
        tested_by = service.migrations.tested_by if service.migrations else None
        for name in (*service.checks.require, tested_by):
            assert name is None or name in as_read("ci.yml").jobs
