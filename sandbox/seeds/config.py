"""The bot's gonogo.yaml as each seed has it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

import yaml

from sandbox.seeds.people import ROLES, Person

PROVED = ["loads", "authentication", "flows", "api"]
"""What of the validation of production the smoke test is about."""

CHECKED = (
    "loads",
    "authentication",
    "flows",
    "api",
    "migrations",
    "integrations",
    "console",
    "performance",
)
OFFICE_HOURS = {
    "tz": "Europe/Berlin",
    "hours": ["09:00", "17:00"],
    "weekdays": ["mon", "tue", "wed", "thu"],
}


Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # the same in C, where it was built
MONITORS = {"default"}
"""The seeds in which every outside system is read of production, and told what went live there."""

MODES = {"gated": "github_environment", "ruled": "github_protection_rule"}


def gonogo_yaml(
    seed: str,
    services: Iterable[str],
    people: Iterable[Person],
    base_url: str,
    targets: Sequence[Mapping[str, object]] = (),
) -> str:
    """The configuration for a bot against the world at `base_url`, as YAML."""
    staff = [person for person in people if person.github]
    services = tuple(services)
    config: dict[str, Any] = {
        "slack": {"channel": "deployments"},
        "people": {one.name: {"slack": one.id, "github": one.github} for one in staff},
        "roles": {role: [one.name for one in staff if role in one.roles] for role in ROLES},
        "services": {name: _service(seed, name, services, base_url) for name in services},
        "incidents": {"paging": {"group": "S0REL", "by_hand": "call the person on duty"}},
        "status_page": {"kind": "uptime_kuma", "page": "default-page"},
        "network": {"allow": ["127.0.0.1"]},
    }
    if targets:
        production = config["services"][services[0]]["environments"]["production"]
        production["targets"] = [dict(target) for target in targets]
    return yaml.dump(config, Dumper=Dumper, sort_keys=False)


def database_id(service: str) -> str:
    """The id that the service's database has at DigitalOcean."""
    return str(uuid5(NAMESPACE_DNS, f"{service}.database"))


def _service(seed: str, name: str, services: tuple[str, ...], base_url: str) -> dict[str, Any]:
    suffix = f"/{name}" if len(services) > 1 else ""
    bake = "PT15M" if seed == "bake" else "PT0S"
    service: dict[str, Any] = {
        "repo": f"acme/{name}",
        "workflow": "release.yml",
        "environments": {
            "production": {
                "health": f"{base_url}/health/production{suffix}",
                "smoke": "smoke",
                "bake": bake,
            },
            "staging": {
                "health": f"{base_url}/health/staging{suffix}",
                "bake": "PT0S",
                "checks": {item: {"url": f"{base_url}/health/staging{suffix}"} for item in CHECKED},
                "adopt": {
                    "workflow": "ci.yml",
                    "deploy_job": "staging",
                    "smoke": "Smoke tests",
                },
            },
        },
        "migrations": {"paths": ["migrations/*.sql"], "down": "-- down", "tested_by": "migrate"},
        "backups": {"database": database_id(name)},
        "watch": ["ana", "dee"],
    }
    if seed in MONITORS:
        service["environments"]["production"]["monitors"] = _monitors(name)
        service["environments"]["production"]["annotations"] = _annotations(name)
        service["environments"]["production"]["smoke_proves"] = PROVED
    if mode := MODES.get(seed):
        service["environments"]["production"]["approval"] = {"mode": mode}
    if seed == "bake":
        service["windows"] = {"production": OFFICE_HOURS}
    return service


def _monitors(service: str) -> list[dict[str, Any]]:
    return [
        {"kind": "posthog", "project": 1, "environment": "production"},
        {"kind": "sentry", "organization": "acme", "project": 1, "environment": "production"},
        {"kind": "uptime_kuma", "page": "default-page", "monitor": service},
    ]


def _annotations(service: str) -> list[dict[str, Any]]:
    return [
        {"kind": "posthog", "project": 1},
        {"kind": "sentry", "organization": "acme", "projects": [service]},
        {"kind": "pagerduty"},
    ]
