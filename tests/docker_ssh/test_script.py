"""What a host's shell is told: one text, byte for byte, and words that stay words."""

import random
import shlex
import subprocess
from pathlib import Path

from bot.adapters.docker_ssh.script import command, script

MANY = 10_000
PIECES = (
    *("'", '"', "\\", "`", "$(touch PWNED)", "$((1))", "${HOME}", "$IFS", "!!", "!$", "#", "~"),
    *(";", "&&", "|", ">", "<", "<<E", "(", ")", "{a,b}", "[", "]", "*", "?", "=", "%", "^"),
    *(" ", "\t", "\n", "\r\n", "\x1b[2J", "\x7f", "-x", "--", "../", "v1.2.1", "é", "\u202e", "🚨"),
    *("'\"'\"'", "\\'", "$'\\x41'", "\\\n", "\ufeff", "\u2028"),
)


def hostile(seed: int) -> list[str]:
    """Words made of all that a shell reads as something else."""
    chance = random.Random(seed)
    return ["".join(chance.choices(PIECES, k=chance.randrange(0, 8))) for _ in range(MANY)]


def test_ten_thousand_hostile_words_leave_the_text_as_it_is() -> None:
    template = f"bash -c {shlex.quote(script())} gonogo "
    assert shlex.split(template) == ["bash", "-c", script(), "gonogo"]
    for word in hostile(1):
        told = command("start", "app", word, "last")
        assert told.startswith(template)
        assert shlex.split(told.removeprefix(template)) == ["start", "app", word, "last"]


def test_a_shell_reads_each_of_them_as_one_word(tmp_path: Path) -> None:
    words = hostile(2)
    told = f"printf '%s\\0' {shlex.join(words)}\n"
    read = subprocess.run(
        ["bash", "-s"], input=told.encode(), capture_output=True, check=True, cwd=tmp_path
    )
    assert read.stdout.split(b"\0")[:-1] == [word.encode() for word in words]
    assert list(tmp_path.iterdir()) == []
