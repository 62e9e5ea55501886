"""Whoever goes back to an older gonogo can ask it which tables it works with."""

import re

from typer.testing import CliRunner

from bot.__main__ import main
from bot.adapters.store import revisions


def test_the_version_is_told_with_the_revision_of_the_tables() -> None:
    ended = CliRunner().invoke(main, ["--version"])
    assert ended.exit_code == 0
    found = re.fullmatch(r"gonogo (\d+\.\d+\.\d+\S*), tables (\d{4})\n", ended.stdout)
    assert found is not None and found[2] == revisions()[-1]


def test_without_a_command_the_help_is_shown() -> None:
    shown = CliRunner().invoke(main, []).output
    assert "The command line: `gonogo serve` and what stands around it." in shown
    assert "--version" in shown
