"""Every mistake in the configuration is told at once, where it is and what to do about it."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot
from pydantic import SecretStr

from bot import config, settings
from bot.config import Config, ConfigError
from bot.config.people import is_group
from bot.settings import Settings
from sandbox.seeds import Seed
from sandbox.world import World

SMALLEST = """\
services: {app: {repo: acme/app}}
"""
SECRETS = {
    "SLACK_BOT_TOKEN": "xoxb-very-secret-one",
    "SLACK_APP_TOKEN": "xapp-very-secret-two",
    "SLACK_SIGNING_SECRET": "very-secret-three",
    "GITHUB_TOKEN": "ghp_very_secret_four",
    "GITHUB_WEBHOOK_SECRET": "very-secret-five",
    "VERCEL_TOKEN": "very-secret-seven",
    "DIGITALOCEAN_TOKEN": "dop_v1_very-secret-eight",
    "PAGERDUTY_ROUTING_KEY": "very-secret-nine",
    "PAGERDUTY_API_TOKEN": "very-secret-ten",
    "DATABASE_URL": "postgresql+asyncpg://gonogo:very-secret-six@db.acme.example/gonogo",
}


def mistakes(text: str) -> list[str]:
    """What is wrong with this file."""
    with pytest.raises(ConfigError) as wrong:
        config.parse(text)
    found = wrong.value.problems
    assert str(wrong.value) == "; ".join(found)
    return [sentence.removeprefix("gonogo.yaml ") for sentence in found]


# gonogo.yaml


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


# The environment


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment in which nothing of ours is set."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


def given_in(environment: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in variables.items():
        environment.setenv(name, value)
    return settings.read()


def problems(environment: pytest.MonkeyPatch, **variables: str) -> list[str]:
    with pytest.raises(ConfigError) as wrong:
        given_in(environment, **variables)
    return wrong.value.problems


def test_every_wrong_variable_is_told_at_once(environment: pytest.MonkeyPatch) -> None:
    wrong = {"PORT": "http", "GONOGO_CLOCK_URL": "http://127.0.0.1:8080/clock", "GITHUB_TOKEN": ""}
    told = problems(environment, **wrong)
    assert [sentence.split(" (")[0] for sentence in told] == snapshot(
        [
            "SLACK_BOT_TOKEN: is missing",
            "SLACK_SIGNING_SECRET: set this, or SLACK_APP_TOKEN for Socket Mode",
            "GITHUB_TOKEN: set this, or the App's GITHUB_APP_ID, GITHUB_APP_PRIVATE_KEY and"
            " GITHUB_APP_INSTALLATION_ID",
            "GONOGO_CLOCK_URL: refused, because SLACK_API_URL is not loopback",
            "PORT: Input should be a valid integer, unable to parse string as an integer",
        ]
    )
    assert told[0].endswith(" (bot token of the Slack app (xoxb-…))")


def test_one_way_to_listen_is_enough(environment: pytest.MonkeyPatch) -> None:
    both = {"SLACK_BOT_TOKEN": "xoxb-1", "GITHUB_TOKEN": "ghp_1"}
    assert not given_in(environment, **both, SLACK_SIGNING_SECRET="secret").socket_mode
    assert given_in(environment, SLACK_APP_TOKEN="xapp-1").socket_mode


def test_an_app_is_a_way_into_github(environment: pytest.MonkeyPatch) -> None:
    """Its key may have come on one line, as in a file of environment variables."""
    pem = World(Seed.named("default")).github.app.pem()
    slack = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
    app = {"GITHUB_APP_ID": "4242", "GITHUB_APP_INSTALLATION_ID": "515151"}
    read = given_in(environment, **slack, **app, GITHUB_APP_PRIVATE_KEY=pem.replace("\n", "\\n"))
    assert read.github_app_private_key is not None
    assert read.github_app_private_key.get_secret_value() == pem
    assert pem in read.secrets()
    assert "PRIVATE" not in repr(read)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            {"GITHUB_TOKEN": "ghp_1", "GITHUB_APP_ID": "4242"},
            ["GITHUB_TOKEN: set either this or the App's GITHUB_APP_ID, GITHUB_APP_PRIVATE_KEY and"
             " GITHUB_APP_INSTALLATION_ID, not both"],
        ),
        (
            {"GITHUB_APP_ID": "4242"},
            ["GITHUB_TOKEN: set this, or of the App also GITHUB_APP_PRIVATE_KEY and"
             " GITHUB_APP_INSTALLATION_ID"],
        ),
        (
            {"GITHUB_APP_ID": "4242", "GITHUB_APP_PRIVATE_KEY": "-----BEGIN very-secret-key"},
            ["GITHUB_APP_PRIVATE_KEY: is no RSA private key such as GitHub gives out",
             "GITHUB_TOKEN: set this, or of the App also GITHUB_APP_INSTALLATION_ID"],
        ),
        (
            {"GITHUB_APP_INSTALLATION_ID": "acme", "GITHUB_APP_ID": "4242 "},
            ["GITHUB_APP_ID: String should match pattern '^[A-Za-z0-9.]+$'",
             "GITHUB_APP_INSTALLATION_ID: Input should be a valid integer, unable to parse string"
             " as an integer",
             "GITHUB_TOKEN: set this, or of the App also GITHUB_APP_PRIVATE_KEY"],
        ),
    ],
)  # fmt: skip
def test_there_is_exactly_one_way_into_github(
    environment: pytest.MonkeyPatch, said: dict[str, str], told: list[str]
) -> None:
    slack = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
    found = problems(environment, **slack, **said)
    assert [line.split(" (")[0] for line in found if "GITHUB" in line] == told
    assert "very-secret" not in "".join(found)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"PAGER_WEBHOOK_URL": "https://pager.example"}, ["PAGER_WEBHOOK_SECRET"]),
        ({"PAGER_WEBHOOK_SECRET": "words"}, ["PAGER_WEBHOOK_SECRET"]),
        ({"INCIDENT_IO_TOKEN": "t"}, ["INCIDENT_IO_TOKEN"]),
        ({"INCIDENT_IO_ALERT_URL": "https://api.incident.io/v2/x"}, ["INCIDENT_IO_TOKEN"]),
        (
            {"PAGER_WEBHOOK_URL": "https://pager.example", "PAGER_WEBHOOK_SECRET": "whsec_no!"},
            ["PAGER_WEBHOOK_SECRET"],
        ),
    ],
)
def test_a_pager_is_set_up_wholly_or_not_at_all(
    environment: pytest.MonkeyPatch, said: dict[str, str], told: list[str]
) -> None:
    found = problems(environment, **SECRETS, **said)
    assert [line.split(":")[0] for line in found] == told
    right = {"PAGER_WEBHOOK_URL": "https://pager.example", "PAGER_WEBHOOK_SECRET": "whsec_bm8="}
    for name in said:
        environment.delenv(name)
    read = given_in(environment, **right)
    assert set(right.values()) <= set(read.secrets())  # an address may hold a key
    assert "pager.example" not in repr(read)


def test_no_secret_stands_in_any_text_of_the_settings(environment: pytest.MonkeyPatch) -> None:
    secret = [
        name
        for name, field in Settings.model_fields.items()
        if field.annotation in (SecretStr, SecretStr | None)
    ]
    read = given_in(environment, **SECRETS)
    canaries = read.model_copy(update={name: SecretStr(f"canary-{name}") for name in secret})
    assert len(secret) > 20
    assert set(canaries.secrets()) == {f"canary-{name}" for name in secret}
    dumped = [repr(canaries), str(canaries), canaries.model_dump_json()]
    dumped.append(repr(canaries.model_dump()))
    assert not [text for text in dumped if "canary" in text]


def test_secrets_are_never_printed(environment: pytest.MonkeyPatch) -> None:
    read = given_in(environment, **SECRETS)
    assert "very" not in repr(read) + str(read)
    assert set(read.secrets()) == {v for k, v in SECRETS.items() if k != "DATABASE_URL"}


def test_a_wrong_value_is_not_printed_either(environment: pytest.MonkeyPatch) -> None:
    [told] = problems(environment, **SECRETS, PORT="very-secret-port")
    assert told.startswith("PORT: Input should be a valid integer")
    assert "very" not in told


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:8080", "[::1]:8080"])
def test_the_clock_may_move_on_this_machine(environment: pytest.MonkeyPatch, host: str) -> None:
    read = given_in(
        environment,
        **SECRETS,
        SLACK_API_URL=f"http://{host}/api/",
        GONOGO_CLOCK_URL=f"http://{host}/clock",
    )
    assert read.gonogo_clock_url == f"http://{host}/clock"


@pytest.mark.parametrize(
    "url",
    [
        "https://slack.com/api/",
        "http://127.0.0.1.evil.example/api/",
        "http://localhost@evil.example/api/",
        "http://evil.example/127.0.0.1/api/",
        "http://0.0.0.0/api/",
        "localhost",
        "http://[::1",
    ],
)
def test_the_clock_moves_nowhere_else(environment: pytest.MonkeyPatch, url: str) -> None:
    told = problems(
        environment, **SECRETS, SLACK_API_URL=url, GONOGO_CLOCK_URL="http://127.0.0.1:8080/clock"
    )
    assert [line.split(":")[0] for line in told] == ["GONOGO_CLOCK_URL"]


def test_commands_on_the_store_alone_need_no_secrets(environment: pytest.MonkeyPatch) -> None:
    assert settings.database_url() == "sqlite+aiosqlite:///gonogo.db"
    assert settings.config_path() == Path("gonogo.yaml")
    environment.setenv("DATABASE_URL", "sqlite:///other.db")
    assert settings.database_url() == "sqlite:///other.db"


def test_one_account_under_two_names_is_refused() -> None:
    text = """\
people:
  ana: {slack: U0ANA}
  bo: {slack: U0BO}
  ana2: {slack: U0ANA}
services: {app: {repo: acme/app}}
"""
    assert mistakes(text) == ["line 4: people.ana2.slack: is the account of “ana” already"]


@pytest.mark.parametrize("address", ["foo", "mysql://x", "sqlite:////nowhere/at/all/gonogo.db"])
def test_a_database_that_cannot_be_is_a_mistake(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", address)
    for read in (settings.database_url, settings.read):
        with pytest.raises(ConfigError) as wrong:
            read()
        assert any(line.startswith("DATABASE_URL: ") for line in wrong.value.problems)


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
