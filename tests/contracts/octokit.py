"""GitHub's own OpenAPI description, fetched from npm, as a judge of answers."""

from __future__ import annotations

import json
import re
from functools import cached_property
from pathlib import Path
from typing import Any

import jsonschema_rs

from tests.contracts.npm import installed

PACKAGE = Path(__file__).parent / "openapi"
DESCRIPTION = "node_modules/@octokit/openapi/generated/api.github.com.json"  # API 2022-11-28
_PARAMETER = re.compile(r"\{[^}]+\}")
_GREEDY = ("{ref}", "{path}", "{basehead}", "{branch}", "{tag}")  # may hold slashes

_ANYWHERE = (401, 403, 404)
"""What GitHub answers wherever it likes, and describes at some of its routes alone."""

Json = dict[str, Any]


class Octokit:
    """Finds the operation that a request belongs to and judges the body of its answer."""

    def __init__(self, description: Json) -> None:
        self._description = description
        self._validators: dict[tuple[str, str, int], jsonschema_rs.Validator] = {}

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], str]]:
        """Paths as patterns, the most literal first."""
        paths = sorted(self._description["paths"], key=lambda p: (p.count("{"), -len(p)))
        return [(re.compile(_pattern(path)), path) for path in paths]

    def template(self, method: str, path: str) -> str | None:
        """The path of the description that this path is an instance of."""
        for pattern, template in self._patterns:
            known = method.lower() in self._description["paths"][template]
            if known and pattern.fullmatch(path):
                return template
        return None

    def faults(self, method: str, path: str, status: int, body: object) -> list[str]:
        """What is wrong with the answer; an empty list when it is as described."""
        template = self.template(method, path)
        if template is None:
            return [f"{method} {path}: GitHub knows no such route"]
        key = (method.lower(), template, status)
        if key not in self._validators:
            schema = self._schema(*key)
            if schema is None:
                return [f"{method} {path}: GitHub describes no answer {status}"]
            self._validators[key] = self._validator(schema)
        return [
            f"{method} {path} {status}: {'/'.join(map(str, error.instance_path))}: {error.message}"
            for error in self._validators[key].iter_errors(body)
        ]

    def _schema(self, method: str, path: str, status: int) -> Json | None:
        """What the body has to be; None where such an answer is not described."""
        response = self._description["paths"][path][method]["responses"].get(str(status))
        if response is None:
            error = {"$ref": "#/components/schemas/basic-error"}
            return {"allOf": [error, {"required": ["message"]}]} if status in _ANYWHERE else None
        content = self._followed(response).get("content", {})
        schema: Json = content.get("application/json", {}).get("schema", {"enum": [None]})
        return schema

    def _validator(self, schema: Json) -> jsonschema_rs.Validator:
        needed: Json = {}
        self._collect(schema, needed)
        components = {"schemas": {name: _plain(one) for name, one in needed.items()}}
        return jsonschema_rs.Draft7Validator(_plain(schema) | {"components": components})

    def _followed(self, value: Json) -> Json:
        while "$ref" in value:
            found: Any = self._description
            for part in value["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            value = found
        return value

    def _collect(self, schema: object, needed: Json) -> None:
        if isinstance(schema, list):
            for item in schema:
                self._collect(item, needed)
        elif isinstance(schema, dict):
            reference = schema.get("$ref")
            if isinstance(reference, str):
                name = reference.rpartition("/")[2]
                if name not in needed:
                    needed[name] = self._followed(schema)
                    self._collect(needed[name], needed)
            for item in schema.values():
                self._collect(item, needed)


def load() -> Octokit:
    """The judge; skips the test loudly without npm."""
    file = installed(PACKAGE, DESCRIPTION) / DESCRIPTION
    return Octokit(json.loads(file.read_text(encoding="utf-8")))


def _pattern(template: str) -> str:
    pattern, at = "", 0
    for match in _PARAMETER.finditer(template):
        pattern += re.escape(template[at : match.start()])
        pattern += "(.+)" if match[0] in _GREEDY else "([^/]+)"
        at = match.end()
    return pattern + re.escape(template[at:])


def _plain(schema: Any) -> Any:
    """OpenAPI 3.0 as JSON Schema: `nullable` becomes a type; examples and formats are left out."""
    if isinstance(schema, list):
        return [_plain(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema and isinstance(schema["$ref"], str):
        return {"$ref": schema["$ref"]}
    left_out = ("nullable", "example", "examples", "description", "format")
    plain = {
        key: {name: _plain(one) for name, one in value.items()}
        if key == "properties"
        else _plain(value)
        for key, value in schema.items()
        if key not in left_out or isinstance(value, dict)
    }
    return {"anyOf": [plain, {"type": "null"}]} if schema.get("nullable") is True else plain
