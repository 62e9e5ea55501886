"""The refusals DigitalOcean answers with: a status, an id and a message."""

from __future__ import annotations


class Refused(Exception):
    """Answered to the client as DigitalOcean words it."""

    def __init__(self, status: int, id: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"id": id, "message": message}


def not_found() -> Refused:
    return Refused(404, "not_found", "The resource you were accessing could not be found.")
