"""The few forms of Go templates that `docker … --format` is asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

FORM = re.compile(r'\{\{\s*(?:(json)\s+)?(?:index\s+)?\.([\w.]+)(?:\s+"([^"]*)")?\s*\}\}')


def rendered(template: str, value: Mapping[str, object]) -> str:
    """Each `{{.A.B}}`, `{{json .A}}` and `{{index .A "key"}}` replaced."""

    def fill(found: re.Match[str]) -> str:
        as_json, path, key = found.groups()
        part: object = value
        for name in [*path.split("."), *([key] if key is not None else [])]:
            part = part.get(name) if isinstance(part, Mapping) else None
        if as_json:
            return json.dumps(part)
        return "" if part is None else str(part)

    return FORM.sub(fill, template)
