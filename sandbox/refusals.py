"""How the control API says no."""

from __future__ import annotations


class Refusal(Exception):
    """Answered as `{"ok": false, "error": word, "detail": sentence}` with a 4xx status."""

    def __init__(self, word: str, detail: str, status: int = 409) -> None:
        super().__init__(detail)
        self.word = word
        self.detail = detail
        self.status = status
