"""Exchange: history as JSON Lines, one deployment or incident a line, in and out.

The form is fixed, so that other tools can write and read it; README names the fields.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    TypeAdapter,
    ValidationError,
)

from bot.domain.deployments.changes import Commit
from bot.domain.deployments.states import Kind
from bot.domain.metrics.history import CauseState, Closure, IncidentRecord, Record, Result


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.utcoffset() else moment.replace(tzinfo=UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_utc)]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CommitLine(_Line):
    """One commit of a deployment."""

    sha: Name
    authored_at: Moment
    parents: int = Field(default=1, ge=0, strict=True)
    title: str = ""


class DeploymentLine(_Line):
    """One deployment; whatever can be null may be left out."""

    type: Literal["deployment"]
    id: Name
    service: Name
    environment: Name
    version: Name
    kind: Kind = Kind.RELEASE
    result: Result
    bad: StrictBool = False
    hold: StrictBool = False
    requested_at: Moment
    live_at: Moment | None = None
    healthy_at: Moment | None = None
    rolls_back: Name | None = None
    for_incident: Name | None = None
    requested_by: str = ""
    approved_by: tuple[str, ...] = ()
    commits: tuple[CommitLine, ...] = ()


class IncidentLine(_Line):
    """One incident; whatever can be null may be left out."""

    type: Literal["incident"]
    id: Name
    service: Name
    severity: Name
    title: str = ""
    declared_at: Moment
    started_at: Moment
    detected_at: Moment | None = None
    restored_at: Moment | None = None
    resolved_at: Moment | None = None
    cause: Name | None = None
    cause_state: CauseState = CauseState.NONE
    closure: Closure | None = None


_LINE: TypeAdapter[DeploymentLine | IncidentLine] = TypeAdapter(
    Annotated[DeploymentLine | IncidentLine, Field(discriminator="type")]
)


class _Id(BaseModel):
    id: str


_ID = TypeAdapter(_Id)


@dataclass(frozen=True, slots=True)
class History:
    """What a file holds, in its order, and what is wrong with it; each with its line's number.

    `unread` are the ids of lines that could not be read: others may still point at them.
    """

    deployments: tuple[tuple[int, Record], ...]
    incidents: tuple[tuple[int, IncidentRecord], ...]
    problems: tuple[tuple[int, str], ...] = ()
    unread: frozenset[str] = frozenset()


def read(lines: Iterable[bytes]) -> History:
    """Everything that can be read, and every mistake in the lines themselves."""
    deployments: list[tuple[int, Record]] = []
    incidents: list[tuple[int, IncidentRecord]] = []
    problems: list[tuple[int, str]] = []
    unread: set[str] = set()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found = _LINE.validate_json(line)
        except ValidationError as error:
            problems += ((number, _told(one)) for one in error.errors())
            unread |= _id_of(line)
            continue
        if isinstance(found, DeploymentLine):
            deployments.append((number, _record(found)))
        else:
            problems += ((number, why) for why in _wrong(found))
            incidents.append((number, _incident(found)))
    return History(tuple(deployments), tuple(incidents), tuple(problems), frozenset(unread))


def write(records: Iterable[Record], incidents: Iterable[IncidentRecord]) -> Iterator[str]:
    """One line for each, without the line break; only what has ended can be written."""
    for record in records:
        if record.result is not None:
            yield _dumped({"type": "deployment"} | _plain(record))
    for incident in incidents:
        yield _dumped({"type": "incident"} | _plain(incident))


_RECORDS = TypeAdapter(Record)
_INCIDENTS = TypeAdapter(IncidentRecord)


def _plain(value: Record | IncidentRecord) -> dict[str, Any]:
    """What a line may say of it, and nothing else that is known of it for a while."""
    adapter: TypeAdapter[Any] = _RECORDS if isinstance(value, Record) else _INCIDENTS
    line = DeploymentLine if isinstance(value, Record) else IncidentLine
    plain: dict[str, Any] = adapter.dump_python(value, mode="json", include=set(line.model_fields))
    return plain


def _dumped(line: dict[str, Any]) -> str:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"))


def _record(line: DeploymentLine) -> Record:
    commits = tuple([Commit(**vars(commit)) for commit in line.commits])
    return Record(**_facts(line) | {"commits": commits})


def _incident(line: IncidentLine) -> IncidentRecord:
    return IncidentRecord(**_facts(line))


def _facts(line: _Line) -> dict[str, Any]:
    """The fields of a line, under the same names as those of what it is read into."""
    facts = dict(vars(line))
    del facts["type"]
    return facts


def _id_of(line: bytes) -> set[str]:
    """The id of a line that is wrong elsewhere."""
    try:
        return {_ID.validate_json(line).id}
    except ValidationError:
        return set()


def _wrong(line: IncidentLine) -> Iterator[str]:
    """What each value alone may say, and all of them together may not."""
    if line.restored_at is not None and line.restored_at < line.started_at:
        yield "restored_at lies before started_at"
    if line.cause_state is not CauseState.NONE and line.cause is None:
        yield f"cause_state is {line.cause_state}, but there is no cause"
    if line.closure is Closure.EXTERNAL and line.cause_state is CauseState.CONFIRMED:
        yield "an external incident cannot have a confirmed cause"


def _told(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"] if part not in ("deployment", "incident"))
    match error["type"]:
        case "extra_forbidden":
            return f"unknown field {where}"
        case "missing":
            return f"{where} is missing"
        case "union_tag_not_found" | "union_tag_invalid":
            return "type has to be deployment or incident"
        case "json_invalid":
            return "not valid JSON"
        case _:
            told = error["msg"].removeprefix("Value error, ").replace("Input should", "must")
            return f"{where}: {told}".removeprefix(": ")
