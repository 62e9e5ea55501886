"""How the Web API says no."""

from __future__ import annotations


class SlackError(Exception):
    """Answered as `{"ok": false, "error": word, ...extra}`."""

    def __init__(self, word: str, **extra: object) -> None:
        super().__init__(word)
        self.word = word
        self.extra = extra
