"""The refusals Vercel answers with: a status, a code and a message."""

from __future__ import annotations


class Refused(Exception):
    """Answered to the client as Vercel words it."""

    def __init__(self, status: int, code: str, message: str, **more: object) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"code": code, "message": message, **more}


def not_found(what: str) -> Refused:
    return Refused(404, "not_found", f"{what} not found")
