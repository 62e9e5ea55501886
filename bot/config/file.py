"""File: gonogo.yaml as it is written; every mistake is told at once, with its line."""

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.config.aftercare import unknown_in_aftercare
from bot.config.config import Commands, Config
from bot.config.monitors import MONITOR_KINDS
from bot.config.part import Part
from bot.config.people import same_people, unknown_people
from bot.config.targets import KINDS

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The same in C, ten times as fast, where PyYAML was built with it."""

Mistake = tuple[list[str], str]
"""Where it stands in the file, name by name, and what is wrong there."""


class ConfigError(Exception):
    """The configuration cannot be used; `problems` has one sentence for each mistake."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class _Named(BaseModel):
    """The one part of the file that is needed before there is anything to deploy."""

    commands: Commands = Commands()


def load(path: Path) -> Config:
    """The configuration in that file. Raises ConfigError with every mistake, line and hint."""
    return parse(_read(path), str(path))


def load_commands(path: Path) -> Commands:
    """The names of the slash commands in that file, whatever else stands there or is missing.

    Raises ConfigError with every mistake in them.
    """
    tree, data = _tree(_read(path), str(path))
    found = [mistake for mistake in _said_twice(tree, []) if mistake[0][0] == "commands"]
    try:
        named = _Named.model_validate(data or {})
    except ValidationError as error:
        raise _told(str(path), tree, [*found, *_found(error)]) from error
    if found:
        raise _told(str(path), tree, found)
    return named.commands


def parse(text: str, name: str = "gonogo.yaml") -> Config:
    """The configuration in that text. Raises ConfigError with every mistake, line and hint."""
    tree, data = _tree(text, name)
    try:
        config = Config.model_validate(data)
    except ValidationError as error:
        found = _found(error)
    else:
        found = [
            *_said_twice(tree, []),
            *unknown_people(config),
            *unknown_in_aftercare(config),
            *same_people(config),
            *_without_approver(config),
            *_watching_nothing(config),
        ]
    if found:
        raise _told(name, tree, found)
    return config


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            [
                f"{path}: cannot be read ({error.strerror}); "
                "set GONOGO_CONFIG or copy gonogo.example.yaml"
            ]
        ) from error


def _tree(text: str, name: str) -> tuple[yaml.Node | None, object]:
    """That YAML with its lines, and as plain data."""
    try:
        loader = Loader(text)
        tree = loader.get_single_node()
        return tree, loader.construct_document(tree) if tree else None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        raise ConfigError(
            [f"{name}{where}: not valid YAML ({getattr(error, 'problem', error)})"]
        ) from error


def _found(error: ValidationError) -> list[Mistake]:
    return [(_path(e["loc"]), _problem(e)) for e in error.errors()]


def _told(name: str, tree: yaml.Node | None, found: list[Mistake]) -> ConfigError:
    told = sorted((_line(tree, path), ".".join(path) or "file", hint) for path, hint in found)
    return ConfigError([f"{name} line {line}: {where}: {hint}" for line, where, hint in told])


def _said_twice(node: yaml.Node | None, path: list[str]) -> Iterator[tuple[list[str], str]]:
    """YAML itself would let the last one win."""
    seen = set()
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        here = [*path, str(key.value)]
        if key.value in seen:
            yield here, "is said twice"
        seen.add(key.value)
        yield from _said_twice(value, here)


def _without_approver(config: Config) -> Iterator[tuple[list[str], str]]:
    for name in config.services:
        if config.environment(name, "production") and not config.approvers(name, "production"):
            path = ["services", name, "environments", "production", "approval", "needed"]
            yield path, "production needs a second person: at least 1"


def _watching_nothing(config: Config) -> Iterator[tuple[list[str], str]]:
    """A monitor of nothing would be heard, and open no incident."""
    for monitor, service in config.incidents.uptime_kuma.monitors.items():
        if service not in config.services:
            close = get_close_matches(service, config.services, n=1)
            hint = f"; did you mean “{close[0]}”?" if close else ""
            path = ["incidents", "uptime_kuma", "monitors", monitor]
            yield path, f"“{service}” is not under services{hint}"


def _problem(error: ErrorDetails) -> str:
    if error["type"] == "missing":
        return "is missing"
    if error["type"] in ("model_type", "dict_type") and error["loc"] and error["input"] is None:
        return "is empty: say what belongs under it, or leave it out"
    if error["type"] != "extra_forbidden":
        return error["msg"].removeprefix("Value error, ").replace("Input should", "must")
    close = get_close_matches(str(error["loc"][-1]), SETTINGS, n=1)
    return "unknown setting" + (f"; did you mean “{close[0]}”?" if close else "")


def _path(loc: tuple[int | str, ...]) -> list[str]:
    """Where that stands in the file, which knows neither marks nor the kinds of a list's items."""
    pairs = zip((None, *loc), loc, strict=False)
    told = (
        p for before, p in pairs if not (isinstance(before, int) and p in KINDS | MONITOR_KINDS)
    )
    return [str(part) for part in told if part != "[key]"]


def _line(node: yaml.Node | None, path: list[str]) -> int:
    line = node.start_mark.line + 1 if node else 1
    for part in path:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == part:
                    line, node = key.start_mark.line + 1, value
                    break
        elif isinstance(node, yaml.SequenceNode) and part.isdigit() and int(part) < len(node.value):
            node = node.value[int(part)]
            line = node.start_mark.line + 1
    return line


SETTINGS = sorted({name for model in Part.__subclasses__() for name in model.model_fields})
"""The name of every setting at any depth, to guess what an unknown one was meant to be."""
