"""The refusals GitHub answers with: a status, a message and, for 422, the fields at fault."""

from __future__ import annotations

DOCS = "https://docs.github.com/rest"


class Refused(Exception):
    """Answered to the client as GitHub words it; `status` is an HTTP status of 4xx. `accepted` are
    the rights with which it would have been taken.
    """

    def __init__(
        self, status: int, message: str, *errors: dict[str, str], accepted: str = ""
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors
        self.accepted = accepted

    def body(self) -> dict[str, object]:
        body: dict[str, object] = {"message": self.message, "documentation_url": DOCS}
        if self.errors:
            body["errors"] = list(self.errors)
        return body | {"status": str(self.status)}


class NotFound(Refused):
    """What does not exist and what the token may not see look the same."""

    def __init__(self, message: str = "Not Found") -> None:
        super().__init__(404, message)


def invalid(resource: str, field: str, code: str) -> Refused:
    """The usual 422 for one field."""
    return Refused(422, "Validation Failed", {"resource": resource, "field": field, "code": code})
