"""The small part of Actions expressions that a run-name is written in.

Understood: string literals, `inputs.x`, `github.actor`, `format(…)`, `&&`, `||`, brackets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_TOKEN = re.compile(r"\s*('(?:[^']|'')*'|&&|\|\||[(),]|[A-Za-z_][\w.-]*)")
_TEMPLATE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)


def render(template: str, context: Mapping[str, str]) -> str:
    """The template with each `${{ … }}` worked out; unknown names are empty.

    `context` maps dotted names (`inputs.version`) to text. Raises ValueError on bad syntax.
    """
    return _TEMPLATE.sub(lambda match: _Parser(match[1], context).result(), template)


class _Parser:
    """Recursive descent over one expression; every value is text, and "" is false."""

    def __init__(self, source: str, context: Mapping[str, str]) -> None:
        self._context = context
        self._tokens = _tokens(source)

    def result(self) -> str:
        value = self._either()
        if self._tokens:
            raise ValueError(f"unexpected {self._tokens[0]!r}")
        return value

    def _either(self) -> str:
        value = self._both()
        while self._next_is("||"):
            other = self._both()
            value = value or other
        return value

    def _both(self) -> str:
        value = self._term()
        while self._next_is("&&"):
            other = self._term()
            value = value and other
        return value

    def _term(self) -> str:
        token = self._take()
        if token == "(":
            value = self._either()
            self._expect(")")
            return value
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        if self._next_is("("):
            return self._call(token)
        return self._context.get(token, "")

    def _call(self, name: str) -> str:
        arguments = [self._either()]
        while self._next_is(","):
            arguments.append(self._either())
        self._expect(")")
        if name not in _FUNCTIONS:
            raise ValueError(f"unknown function {name!r}")
        return _FUNCTIONS[name](*arguments)

    def _take(self) -> str:
        if not self._tokens:
            raise ValueError("the expression ends too early")
        return self._tokens.pop(0)

    def _next_is(self, token: str) -> bool:
        if self._tokens[:1] != [token]:
            return False
        self._tokens.pop(0)
        return True

    def _expect(self, token: str) -> None:
        if not self._next_is(token):
            raise ValueError(f"{token!r} is missing")


def _tokens(source: str) -> list[str]:
    tokens: list[str] = []
    at, source = 0, source.rstrip()
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None:
            raise ValueError(f"cannot read {source[at:]!r}")
        tokens.append(match[1])
        at = match.end()
    return tokens


def _format(template: str, *values: str) -> str:
    return re.sub(r"\{(\d+)\}", lambda match: values[int(match[1])], template)


_FUNCTIONS: dict[str, Callable[..., str]] = {"format": _format}
