"""Every mistake in gonogo.yaml is told at once, where it is and what to do about it."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot import config
from bot.config import Config, ConfigError
from bot.config.people import is_group

SMALLEST = """\
services: {app: {repo: acme/app}}
"""


def mistakes(text: str) -> list[str]:
    """What is wrong with this file."""
    with pytest.raises(ConfigError) as wrong:
        config.parse(text)
    found = wrong.value.problems
    assert str(wrong.value) == "; ".join(found)
    return [sentence.removeprefix("gonogo.yaml ") for sentence in found]


def test_a_service_is_enough() -> None:
    found = config.parse(SMALLEST)
    assert found.slack.channel == "deployments"
    production = found.environment("app", "production")
    assert production is not None
    assert (production.passes, production.bake) == (3, timedelta(minutes=10))
    assert found.workflow("app", "production") == "release.yml"
    assert [(name, env) for name, env, *_ in found.pipelines()] == [("app", "production")]


def test_a_monitor_watches_a_service_that_there_is() -> None:
    text = """\
services: {app: {repo: acme/app}}
incidents:
  uptime_kuma:
    monitors:
      Main site: ap
      Shop: app
"""
    assert mistakes(text) == [
        "line 5: incidents.uptime_kuma.monitors.Main site: “ap” is not under services; "
        "did you mean “app”?"
    ]


def test_every_mistake_is_told_at_once_with_its_line() -> None:
    text = """\
slack: {chanel: deployments}
people:
  ana: {slack: ana}
services:
  to: {repo: acme/to}
  v1.2.1: {repo: acme/app}
  two words: {repo: acme/app}
  app:
    repo: app
    enviroments: {}
    environments:
      prod: {}
      staging: {bake: -PT5S, passes: 0}
  web: {workflow: web.yml}
roles:
  deploy: [ana]
commands: {deploy: Deploy it}
approval: {expires: soon}
"""
    assert mistakes(text) == snapshot(
        [
            "line 1: slack.chanel: unknown setting; did you mean “channel”?",
            "line 3: people.ana.slack: must be a Slack user id: U012AB3CD",
            "line 5: services.to: is a word of the commands already",
            "line 6: services.v1.2.1: is a word of the commands already",
            "line 7: services.two words: must be one word of letters, digits, “-”, “_” and “.”",
            "line 9: services.app.repo: must be owner/name at GitHub",
            "line 10: services.app.enviroments: unknown setting; did you mean “environments”?",
            "line 12: services.app.environments.prod: must be 'production' or 'staging'",
            "line 13: services.app.environments.staging.bake: must not be negative",
            "line 13: services.app.environments.staging.passes: must be greater than or equal to 1",
            "line 14: services.web.repo: is missing",
            "line 16: roles.deploy: must be 'deployer', 'approver', 'lead', 'qa' or 'admin'",
            "line 17: commands.deploy: must be a slash and small letters: /deploy",
            "line 18: approval.expires: must be a valid timedelta, invalid digit in duration",
        ]
    )


def test_a_role_names_people_user_groups_or_teams() -> None:
    text = (
        SMALLEST
        + "roles:\n  deployer: [S0REL, ana, 'team:a/x']\n  approver:\n    - S0REL\n    - bo\n"
    )
    assert mistakes(text) == snapshot(
        [
            "line 3: roles.deployer.1: “ana” is neither under people nor a group (S…, team:a/b)",
            "line 6: roles.approver.1: “bo” is neither under people nor a group (S…, team:a/b)",
        ]
    )


def test_what_is_said_twice_is_told_because_yaml_would_forget_the_first() -> None:
    twice = SMALLEST + "services: {app: {repo: acme/app}, app: {repo: acme/other}}\n"
    assert mistakes(twice) == snapshot(
        ["line 1: services: is said twice", "line 1: services.app: is said twice"]
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1: file: must be a valid dictionary"),
        ("- a\n- b\n", "line 1: file: must be a valid dictionary"),
        ("slack: [\n", "line 2: not valid YAML"),
        (
            "slack: {channel: x}\nservices: {}\n",
            "line 2: services: Dictionary should have at least",
        ),
        ("slack: !!python/object:os.system {}\n", "line 1: not valid YAML"),
        ("a: &a [*a]\n", "unknown setting"),
        ("\x00", "not valid YAML"),
    ],
)
def test_a_file_that_is_no_configuration_is_told_so(text: str, says: str) -> None:
    assert says in "\n".join(mistakes(text))


@given(st.text(alphabet="abcslackvie: {}[]\n-&*!'\"\t0", max_size=60))
def test_any_text_is_a_configuration_or_a_list_of_mistakes(text: str) -> None:
    try:
        assert isinstance(config.parse(text), Config)
    except ConfigError as wrong:
        assert all(wrong.problems)


def test_a_file_that_is_not_there_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"copy gonogo\.example\.yaml"):
        config.load(tmp_path / "gonogo.yaml")


@pytest.mark.parametrize(
    ("text", "deploy"),
    [
        ("commands: {deploy: /ship}\n", "/ship"),
        ("services: {app: {}}\ncommands: {deploy: /ship}\n", "/ship"),
        ("# nothing yet\n", "/deploy"),
    ],
)
def test_the_names_of_commands_are_read_alone(tmp_path: Path, text: str, deploy: str) -> None:
    file = tmp_path / "gonogo.yaml"
    file.write_text(text)
    assert config.load_commands(file).deploy == deploy


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("commands:\n  deploy: ship\n", "line 2: commands.deploy: must be a slash and small"),
        ("commands: {deply: /ship}\n", "line 1: commands.deply: unknown setting; did you mean"),
        ("commands: {deploy: /ship, deploy: /go}\n", "line 1: commands.deploy: is said twice"),
        ("commands: {}\ncommands: {deploy: /go}\n", "line 1: commands: is said twice"),
        (
            "commands: {deploy: /ship, rollback: /ship}\n",
            "line 1: commands: deploy and rollback are /ship: each command needs a name of its own",
        ),
        (
            "commands: {deploy: /incident}\n",
            "line 1: commands: deploy and incident are /incident: each command needs a name",
        ),
        ("commands:\n", "line 1: commands: is empty: say what belongs under it, or leave it out"),
        ("- commands\n", "line 1: file: "),
        ("commands: [\n", "line 2: not valid YAML"),
    ],
)
def test_a_mistake_in_them_is_told_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "gonogo.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError) as wrong:
        config.load_commands(file)
    [told] = wrong.value.problems
    assert told.startswith(f"{file} {says}")


def test_staging_without_a_workflow_is_not_deployed_by_us() -> None:
    found = config.parse(
        SMALLEST.replace("acme/app", "acme/app, environments: {production: {}, staging: {}}")
    )
    assert found.workflow("app", "staging") is None
    assert found.workflow("app", "moon") is None
    assert found.environment("nope", "production") is None
    assert [env for _, env, *_ in found.pipelines()] == ["production"]


@pytest.mark.parametrize(
    ("name", "group"), [("S0REL", True), ("S0", False), ("sally", False), ("S-REL", False)]
)
def test_a_user_group_is_known_by_its_id(name: str, group: bool) -> None:
    assert is_group(name) is group


def test_one_account_under_two_names_is_refused() -> None:
    text = """\
people:
  ana: {slack: U0ANA}
  bo: {slack: U0BO}
  ana2: {slack: U0ANA}
services: {app: {repo: acme/app}}
"""
    assert mistakes(text) == ["line 4: people.ana2.slack: is the account of “ana” already"]


def test_staging_needs_no_approver_and_production_always_one() -> None:
    text = "services: {app: {repo: acme/app, environments: {production: %s, staging: %s}}}"
    found = config.parse(text % ("{}", "{}"))
    assert (found.approvers("app", "production"), found.approvers("app", "staging")) == (1, 0)
    found = config.parse(text % ("{approval: {needed: 2}}", "{approval: {needed: 1}}"))
    assert (found.approvers("app", "production"), found.approvers("app", "staging")) == (2, 1)
    with pytest.raises(config.ConfigError, match="production needs a second person: at least 1"):
        config.parse(text % ("{approval: {needed: 0}}", "{}"))


def test_what_merges_deploy_is_listed_by_environment() -> None:
    adopt = "{adopt: {workflow: ci.yml, deploy_job: staging}}"
    text = f"services: {{app: {{repo: acme/app, environments: {{staging: {adopt}}}}}}}"
    [(service, environment, _, found)] = config.parse(text).merges()
    assert (service, environment, found.branch, found.smoke) == ("app", "staging", "main", None)
