"""The settings of the gates, and what is wrong with them."""

import pytest

from bot import config
from bot.config import ConfigError
from bot.config.gates import gate_rules
from bot.domain.gates import Gate, Policy

APP = "services: {app: {repo: acme/app, %s}}"


def test_a_bare_off_is_the_word_and_not_false() -> None:
    found = config.parse(APP % "gates: {watch: off, qa: block, staging: 'off'}")
    rules = gate_rules(found, "app", "production")
    assert [rules.policy(g) for g in (Gate.WATCH, Gate.QA, Gate.STAGING, Gate.CI, Gate.NOTES)] == [
        *(Policy.OFF, Policy.BLOCK, Policy.OFF),
        *(Policy.BLOCK, Policy.WARN),
    ]


def test_a_service_that_is_gone_has_the_defaults() -> None:
    found = config.parse(APP % "gates: {qa: block}")
    assert gate_rules(found, "api", "production").policy(Gate.QA) is Policy.WARN
    assert gate_rules(found, "app", "staging").policy(Gate.QA) is Policy.OFF


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("gates: {stagin: block}", "services.app.gates.stagin: must be 'ci', 'merged'"),
        ("gates: {ci: on}", "services.app.gates.ci: must be 'block', 'warn' or 'off'"),
        ("migrations: {paths: [a], down: '('}", "migrations.down: is no regular expression"),
        (
            "migrations: {paths: [a], workflow: m.yml, image: {target: web-1}}",
            "the database is asked by `workflow` or by `image`, not by both",
        ),
        (
            "migrations: {paths: [a], image: {target: web-1}}",
            "migrations: production has no docker_ssh target web-1",
        ),
        (
            "migrations: {paths: [a], image: {target: web-1, down: [npm, run, down]}}",
            "down has to be told how many: put {count} into one of its words",
        ),
        ("migrations: {paths: []}", "services.app.migrations.paths: "),
        (
            "watch: [zoe]",
            "services.app.watch.0: “zoe” is neither under people nor a group (S…, team:a/b)",
        ),
        ("checks: {requires: [test]}", "unknown setting; did you mean “require”?"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(setting: str, says: str) -> None:
    with pytest.raises(ConfigError) as wrong:
        config.parse(APP % setting)
    assert says in str(wrong.value)
