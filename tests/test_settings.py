"""Every mistake in the environment is told at once, and no secret is."""

from pathlib import Path

import pytest
from inline_snapshot import snapshot
from pydantic import SecretStr

from bot import settings
from bot.config import ConfigError
from bot.settings import Settings
from sandbox.seeds import Seed
from sandbox.world import World

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
            "GITHUB_TOKEN: set this, or the App's GITHUB_APP_ID, GITHUB_APP_INSTALLATION_ID and"
            " GITHUB_APP_PRIVATE_KEY_FILE or GITHUB_APP_PRIVATE_KEY",
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


def test_the_key_of_an_app_may_stay_in_its_file(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pem = World(Seed.named("default")).github.app.pem()
    (tmp_path / "gonogo.private-key.pem").write_text(pem)
    slack = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
    app = {"GITHUB_APP_ID": "4242", "GITHUB_APP_INSTALLATION_ID": "515151"}
    file = {"GITHUB_APP_PRIVATE_KEY_FILE": str(tmp_path / "gonogo.private-key.pem")}
    read = given_in(environment, **slack, **app, **file)
    assert read.github_app_private_key is not None
    assert read.github_app_private_key.get_secret_value() == pem
    assert pem in read.secrets()
    assert "PRIVATE" not in repr(read)


@pytest.mark.parametrize(
    ("content", "besides", "told"),
    [
        (None, {}, "{file} cannot be read (No such file or directory)"),
        (b"\xff\xfe", {}, "{file} cannot be read (it is no text)"),
        (b"very-secret", {}, "is no RSA private key such as GitHub gives out"),
        (b"very-secret", {"GITHUB_APP_PRIVATE_KEY": "-----BEGIN very-secret-key"},
         "set either this or GITHUB_APP_PRIVATE_KEY_FILE, not both"),
    ],
)  # fmt: skip
def test_a_file_that_holds_no_key_is_told_once(
    environment: pytest.MonkeyPatch,
    tmp_path: Path,
    content: bytes | None,
    besides: dict[str, str],
    told: str,
) -> None:
    path = tmp_path / "key.pem"
    if content is not None:
        path.write_bytes(content)
    slack = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
    app = {"GITHUB_APP_ID": "4242", "GITHUB_APP_INSTALLATION_ID": "515151"}
    file = {"GITHUB_APP_PRIVATE_KEY_FILE": str(path)}
    [line] = problems(environment, **slack, **app, **file, **besides)
    assert line.startswith(f"GITHUB_APP_PRIVATE_KEY: {told.format(file=path)} (")
    assert "very-secret" not in line


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            {"GITHUB_TOKEN": "ghp_1", "GITHUB_APP_ID": "4242"},
            ["GITHUB_TOKEN: set either this or the App's GITHUB_APP_ID, GITHUB_APP_INSTALLATION_ID"
             " and GITHUB_APP_PRIVATE_KEY_FILE or GITHUB_APP_PRIVATE_KEY, not both"],
        ),
        (
            {"GITHUB_APP_ID": "4242"},
            ["GITHUB_TOKEN: set this, or of the App also GITHUB_APP_INSTALLATION_ID and"
             " GITHUB_APP_PRIVATE_KEY_FILE or GITHUB_APP_PRIVATE_KEY"],
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
             "GITHUB_TOKEN: set this, or of the App also GITHUB_APP_PRIVATE_KEY_FILE or"
             " GITHUB_APP_PRIVATE_KEY"],
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


@pytest.mark.parametrize("address", ["foo", "mysql://x", "sqlite:////nowhere/at/all/gonogo.db"])
def test_a_database_that_cannot_be_is_a_mistake(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", address)
    for read in (settings.database_url, settings.read):
        with pytest.raises(ConfigError) as wrong:
            read()
        assert any(line.startswith("DATABASE_URL: ") for line in wrong.value.problems)
