"""Any module can be imported first: while they are imported, none leads back to itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "handlers", "sandbox")


def modules() -> dict[str, Path]:
    """Every module by its name."""
    files = [file for package in PACKAGES for file in (ROOT / package).rglob("*.py")]
    return {name_of(file.relative_to(ROOT)): file for file in files}


def name_of(file: Path) -> str:
    return ".".join(file.with_suffix("").parts).removesuffix(".__init__")


def imports(body: list[ast.stmt], known: dict[str, Path]) -> Iterator[str]:
    """What is imported as soon as the module is: nothing within functions, or for mypy alone."""
    for node in body:
        match node:
            case ast.Import(names=names):
                yield from (one.name for one in names)
            case ast.ImportFrom(module=str(module), names=names, level=0):
                inside = {f"{module}.{one.name}" for one in names}
                yield from inside & known.keys()
                if inside - known.keys():
                    yield module
            case ast.If(test=ast.Name(id="TYPE_CHECKING"), orelse=other):
                yield from imports(other, known)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                pass
            case _:
                inner = (one for one in ast.iter_child_nodes(node) if isinstance(one, ast.stmt))
                yield from imports(list(inner), known)


def graph(known: dict[str, Path]) -> dict[str, set[str]]:
    """Which modules each of them imports."""
    parsed = {name: ast.parse(file.read_bytes()).body for name, file in known.items()}
    return {name: set(imports(body, known)) & known.keys() for name, body in parsed.items()}


def test_no_module_imports_itself_by_way_of_others() -> None:
    known = modules()
    assert len(known) > 600
    found = graph(known)
    assert "bot.services.tick" in found["bot.app"]
    try:
        TopologicalSorter(found).prepare()
    except CycleError as cycle:
        pytest.fail(" → ".join(reversed(cycle.args[1])))


def test_a_cycle_would_be_found(tmp_path: Path) -> None:
    texts = {
        "bot.one": "from bot import two\n",
        "bot.two": "if True:\n    from bot.three import thing\n",
        "bot.three": "import bot.one\n",
        "bot": "def late():\n    import bot.two\n",
        "bot.apart": "if TYPE_CHECKING:\n    import bot.one\nelse:\n    import bot\n",
    }
    known = {name: tmp_path / name for name in texts}
    for name, text in texts.items():
        known[name].write_text(text)
    found = graph(known)
    assert (found["bot"], found["bot.apart"]) == (set(), {"bot"})
    with pytest.raises(CycleError):
        TopologicalSorter(found).prepare()
