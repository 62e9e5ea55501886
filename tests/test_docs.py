"""The documents say what the code does: states, settings, commands and the example."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

import handlers
from bot import config
from bot.config import Commands
from bot.config.part import Part
from bot.domain.closures.windows import closed_by, in_words, warned_by
from bot.domain.deployments.states import TERMINAL, TRANSITIONS, State
from bot.domain.gates import DEFAULTS
from bot.messages.deployments import cards
from bot.settings import Settings
from tests.domain.samples import a_deployment

ROOT = Path(__file__).parent.parent
VARIABLES = {name.upper() for name in Settings.model_fields}
TEST = re.compile(r"^(?:async )?def (test_\w+)\(", re.MULTILINE)
COMMANDS = {getattr(Commands(), entry.setting) for entry in handlers.COMMANDS}


@pytest.fixture
def deployments() -> str:
    return (ROOT / "docs" / "deployments.md").read_text()


@pytest.fixture
def readme() -> str:
    return (ROOT / "README.md").read_text()


def test_the_diagram_draws_exactly_the_moves_there_are(deployments: str) -> None:
    drawn = re.findall(r"^ +(\S+) --> (\w+|\[\*\])(?:: .+)?$", deployments, re.MULTILINE)
    moves = [(state, to) for state, ends in TRANSITIONS.items() for to in ends]
    ends = [(state, "[*]") for state in TERMINAL]
    assert sorted(drawn) == sorted([("[*]", "requested"), ("[*]", "approved"), *moves, *ends])


def test_the_diagram_colours_every_state_once(deployments: str) -> None:
    coloured = re.findall(r"^ +class (\S+) (\w+)$", deployments, re.MULTILINE)
    assert sorted(s for names, _ in coloured for s in names.split(",")) == sorted(State)
    assert {who: set(names.split(",")) for names, who in coloured}["settled"] == TERMINAL


def test_the_table_of_states_quotes_the_cards(deployments: str) -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", deployments, re.MULTILINE))
    assert rows == {str(state): cards.status(a_deployment(state=state)) for state in State}


def section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next of its level."""
    found = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"README.md has no section {heading}"
    return found[1]


def test_the_readme_names_every_setting(readme: str) -> None:
    table = section(readme, "Settings")
    first_cells = " ".join(re.findall(r"^\|([^|]+)\|", table, re.MULTILINE))
    assert set(re.findall(r"`([A-Z_]+)`", first_cells)) == VARIABLES


def test_the_example_environment_names_every_setting() -> None:
    text = (ROOT / ".env.example").read_text()
    assert set(re.findall(r"^(?:# )?([A-Z_]+)=", text, re.MULTILINE)) == VARIABLES


def test_the_readme_names_every_command(readme: str) -> None:
    assert set(re.findall(r"^\| `(/[a-z]+)", readme, re.MULTILINE)) == COMMANDS


def test_the_manifest_names_every_command() -> None:
    manifest = yaml.safe_load((ROOT / "manifest.yaml").read_text())
    assert {row["command"] for row in manifest["features"]["slash_commands"]} == COMMANDS


def models(model: BaseModel) -> Iterator[BaseModel]:
    """This part of the configuration and all parts inside it."""
    yield model
    for _, value in model:
        parts = value.values() if isinstance(value, dict) else value
        for part in parts if isinstance(parts, Iterable) else ():
            yield from models(part) if isinstance(part, BaseModel) else ()
        if isinstance(value, BaseModel):
            yield from models(value)


def test_the_example_configuration_is_valid_and_has_every_setting() -> None:
    found = [*models(config.load(ROOT / "gonogo.example.yaml"))]
    shown = {(type(m).__name__, name) for m in found for name in m.model_fields_set}
    exist = {(type(m).__name__, name) for m in found for name in type(m).model_fields}
    assert shown == exist
    assert {kind.__name__ for kind in Part.__subclasses__()} == {kind for kind, _ in shown}


def test_the_example_configuration_has_every_gate_with_its_default() -> None:
    [gates] = [
        s.gates for s in config.load(ROOT / "gonogo.example.yaml").services.values() if s.gates
    ]
    assert gates == DEFAULTS


def test_what_follows_a_table_is_no_row_of_it() -> None:
    for page in sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("bench/*.md")}):
        rows = re.findall(r"^ *\|.*\n(?! *\||\s*$)(.*)", page.read_text(), re.MULTILINE)
        assert rows == [], f"{page.name}: {rows}"


def test_the_page_about_windows_tells_what_is() -> None:
    page = (ROOT / "docs" / "windows.md").read_text()
    example = config.parse(page.partition("```yaml\n")[2].partition("```")[0])
    friday, sunday, eve, christmas = (
        datetime.fromisoformat(moment)
        for moment in (
            "2026-11-27T09:00:00+00:00",
            "2026-12-27T20:00:00+01:00",
            "2026-12-23T10:00:00+01:00",
            "2026-12-24T10:00:00+01:00",
        )
    )
    calendar = example.calendar("app", "production", friday)
    assert calendar is not None
    assert f"--at {friday:%Y-%m-%dT%H:%M:%SZ}" in page
    assert in_words(calendar, friday) in page
    given = {
        reason.replace("year-end", "NAME")
        for moment in (friday, sunday, eve, christmas)
        for reason in closed_by(calendar, moment) + warned_by(calendar, moment)
    }
    assert set(re.findall(r"^\| `(.+?)`", page, re.MULTILINE)) == given


def test_the_page_about_security_names_tests_that_there_are() -> None:
    page = (ROOT / "docs" / "security.md").read_text()
    rows = re.findall(r"^\| (\d+) \| [^|]+ \| [^|]+ \| ([^|]+) \|$", page, re.MULTILINE)
    numbers = [int(number) for number, _ in rows]
    assert numbers == sorted(set(numbers)) and len(numbers) >= 13
    for number, tests in rows:
        named = re.findall(r"\[(test_\w+)\]\(\.\./(tests/[\w/]+\.py)\)", tests)
        assert len(named) == len(tests.split(", ")), f"row {number} names something else"
        for test, file in named:
            assert f"def {test}(" in (ROOT / file).read_text(), f"{file} has no {test}"


def test_what_names_a_test_names_one_that_there_is() -> None:
    words = {path: path.read_text() for path in (ROOT / "tests").rglob("*.py")}
    tests = {f"{path.stem}::{test}" for path, text in words.items() for test in TEST.findall(text)}
    pages = {
        path: path.read_text() for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    }
    named, missing = 0, []
    for path, text in (words | pages).items():
        files = re.findall(r"\btests/[\w/]+\.py", text)
        functions = re.findall(r"\btest_\w+::test_\w+", text)
        named += len(files) + len(functions)
        missing += [f"{path}: {file}" for file in files if not (ROOT / file).is_file()]
        missing += [f"{path}: {function}" for function in functions if function not in tests]
    assert not missing
    assert named > 60
