"""Targets in gonogo.yaml: what may stand there, and that nothing hostile gets past it."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from bot import config
from bot.config import ConfigError
from bot.config.targets import DockerSshTarget

SMALLEST: dict[str, Any] = {
    "kind": "docker_ssh",
    "name": "web-1",
    "host": "web-1.acme.example",
    "user": "deploy",
    "container": "app",
    "image": "registry.digitalocean.com/acme/app",
    "publish": "3000",
    "container_port": 3000,
}
HOSTILE = (
    "",
    "-v",
    "--privileged",
    "a; touch PWNED",
    "$(id)",
    "`id`",
    "a\nb",
    "a'b",
    'a"b',
    "a b",
    "a\\b",
    "a|b",
    "a&b",
    "a>b",
    "a*",
    "~",
    "é",
    "a\u202eb",
    "a\x00b",
    "../../etc/passwd",
)
WORDS = ("name", "host", "user", "container", "image", "publish", "env_file", "health")


def made(**settings: object) -> DockerSshTarget:
    return DockerSshTarget.model_validate(SMALLEST | settings)


def problem(**settings: object) -> str:
    with pytest.raises(ValidationError) as wrong:
        made(**settings)
    return " ".join(error["msg"] for error in wrong.value.errors())


def test_a_target_needs_little_and_is_careful_by_default() -> None:
    target = made()
    assert (target.port, target.candidate, target.keep) == (22, True, 2)
    assert (target.deadline, target.grace) == (timedelta(minutes=1), timedelta(seconds=10))


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("setting", WORDS)
def test_no_hostile_word_is_taken(setting: str, hostile: str) -> None:
    assert problem(**{setting: hostile})


@pytest.mark.parametrize("hostile", [word for word in HOSTILE if word != "--privileged"])
def test_no_hostile_flag_is_taken(hostile: str) -> None:
    assert "must be an option of docker run in one word" in problem(flags=[hostile])


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("host", "10.0.0.5"),
        ("host", "2001:db8::1"),
        ("image", "acme/app"),
        ("image", "127.0.0.1:5000/acme/web.app/api_v2"),
        ("publish", "10.0.0.5:80"),
        ("env_file", "/etc/app/app.env"),
        ("health", "/health?full=1"),
        ("flags", ["--init", "--volume=app data:/data", "--label=team=shop", "--network=shop"]),
    ],
)
def test_what_teams_have_is_taken(setting: str, value: object) -> None:
    found = getattr(made(**{setting: value}), setting)
    assert found == (tuple(value) if isinstance(value, list) else value)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"container": "app-prev-7"}, "which gonogo puts behind it"),
        ({"image": "acme/app:v1.2.0"}, "without tag and digest"),
        ({"publish": "0"}, "must be a port"),
        ({"publish": "65536"}, "must be a port"),
        ({"publish": "300.0.0.1:80"}, "must be a port"),
        ({"flags": ["--name=other"]}, "--name is set by gonogo itself"),
        ({"flags": ["--label=deploy.run=x"]}, "--label is set by gonogo itself"),
        ({"flags": ["--network=host"]}, "set candidate to false"),
        ({"flags": ["--network-alias=app"]}, "set candidate to false"),
        ({"errors": "("}, "is no regular expression"),
        ({"deadline": "PT0S"}, "greater than or equal"),
        ({"shell": "sh"}, "Extra inputs"),
    ],
)
def test_what_cannot_work_is_refused_with_its_reason(
    settings: dict[str, object], says: str
) -> None:
    assert says in problem(**settings)


def test_without_a_candidate_the_network_may_be_the_hosts() -> None:
    assert made(flags=["--network=host"], candidate=False).flags == ("--network=host",)


@pytest.mark.parametrize(
    ("publish", "url"),
    [
        ("3000", "http://127.0.0.1:3000/health"),
        ("0.0.0.0:3000", "http://127.0.0.1:3000/health"),
        ("10.0.0.5:80", "http://10.0.0.5:80/health"),
    ],
)
def test_health_is_asked_for_where_it_is_published(publish: str, url: str) -> None:
    assert made(publish=publish).url == url


def test_a_mistake_in_a_target_is_told_with_its_line_and_names_are_unique() -> None:
    web = "{kind: docker_ssh, name: web, host: h, user: u, container: c, image: a, "
    text = f"""\
services:
  app:
    repo: acme/app
    environments:
      production:
        targets:
          - {web}publish: "1", container_port: 1}}
          - {web}publish: "1", container_port: 1}}
      staging:
        targets:
          - {web}publish: x, container_port: 1}}
"""
    with pytest.raises(ConfigError) as wrong:
        config.parse(text)
    assert [sentence.removeprefix("gonogo.yaml ") for sentence in wrong.value.problems] == [
        "line 6: services.app.environments.production.targets: two targets are called “web”",
        "line 11: services.app.environments.staging.targets.0.publish: "
        "must be a port of the host, or address:port",
    ]
