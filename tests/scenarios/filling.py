"""Forms as somebody fills them in who agrees to everything."""

from typing import Any

Json = dict[str, Any]


def confirmed(blocks: list[Json]) -> Json:
    """Every box of a form ticked, and every field filled in."""
    inputs = [block for block in blocks if block["type"] == "input"]
    return {
        block["block_id"]: [o["value"] for o in block["element"].get("options", ())] or "3 h"
        for block in inputs
    }
