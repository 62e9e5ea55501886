"""DigitalOcean's own client for Python, and what its documentation says of each answer."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from pydo import Client

A_TIME = "2020-02-20 00:00:00"
BEGINS = re.compile(r'\s*("[\w-]+": |"str"|[{}\[\]]|0|bool\b)')
ENTRY = re.compile(r'(\s*"[\w-]+)": (.*?)(,?)\Z')
VALUE_BELOW = re.compile(r'("[\w-]+"):\s*\n\s*(?=["\d{\[b])')
WORD = re.compile(r'"([\w-]+)"')


def client(url: str, token: str) -> Client:
    """It speaks plain HTTP only where each call allows it, see `ONCE`."""
    return Client(token, endpoint=url)


ONCE: dict[str, Any] = {"enforce_https": False, "retry_total": 0}
"""What every call is told: the sandbox is on this machine, and an error is not to be hidden."""


def described(operation: Callable[..., object], status: int = 200) -> Any:
    """The answer that its documentation describes: each field with a value of its type, words that
    it may be as a set, and a star behind what must be there.
    """
    text = inspect.getdoc(operation) or ""
    found = {int(code): body for code, body in _examples(text)}
    return ast.literal_eval(found[status])


def faults(expected: Any, told: Any, where: str = "") -> Iterator[str]:
    """What is wrong with an answer by that description."""
    if isinstance(expected, dict) and isinstance(told, dict):
        known = {name.removesuffix("*"): form for name, form in expected.items()}
        missing = [name[:-1] for name in expected if name.endswith("*") and name[:-1] not in told]
        yield from (f"{where}/{name} is missing" for name in missing)
        for name, value in told.items():
            if name in known:
                yield from faults(known[name], value, f"{where}/{name}")
            elif expected:  # {} stands for anything
                yield f"{where}/{name} is unknown"
    elif isinstance(expected, list) and isinstance(told, list):
        for number, value in enumerate(told):
            yield from faults(expected[0], value, f"{where}/{number}")
    elif isinstance(expected, set):
        if told not in expected:
            yield f"{where} is {told!r}"
    elif expected == A_TIME and isinstance(told, str):
        try:
            datetime.fromisoformat(told)
        except ValueError:
            yield f"{where} is no time: {told!r}"
    elif type(expected) is not type(told):
        yield f"{where} is a {type(told).__name__}"


def _examples(text: str) -> Iterator[tuple[str, str]]:
    """The described answers, by status, as literals."""
    for part in text.split("# response body for status code(s): ")[1:]:
        status, _, body = part.partition("\n")
        body = VALUE_BELOW.sub(r"\1: ", body)
        yield status.strip(), "\n".join(_literal(_entries(body.partition("== ")[2])))


def _entries(text: str) -> Iterator[tuple[str, str]]:
    """Each line that has something, with the whole of its comment, up to the end of the value."""
    code, remark = "", ""
    for line in text.splitlines():
        if code and not BEGINS.match(line):
            remark += " " + line.strip()
            continue
        if code:
            yield code, remark
        if code == "}" and not line.startswith(" "):
            return
        code, _, remark = (
            line.partition("  # ") if "  # " in line else line.rstrip("#").partition("\0")
        )
    yield code, remark


def _literal(entries: Iterator[tuple[str, str]]) -> Iterator[str]:
    for code, remark in entries:
        code = re.sub(r"\bbool\b", "True", code.rstrip())
        entry = ENTRY.match(code)
        if entry is None:
            yield code
            continue
        name, value, comma = entry.groups()
        star = "*" if remark.rstrip().endswith("Required.") else ""
        words = WORD.findall(remark.partition("Known values are:")[2])
        yield f'{name}{star}": {set(words) if words else value}{comma}'
