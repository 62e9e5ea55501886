"""Databases: how the image of a version looks at the database and takes it back, on a host."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from bot.config.part import Part, shape
from bot.config.targets import TargetName

COUNT = "{count}"

Word = Annotated[str, shape(r"[^\x00-\x1f\x7f]{1,500}", "one word of a command")]
Words = Annotated[tuple[Word, ...], Field(min_length=1, max_length=50)]


def _npm(*words: str) -> tuple[str, ...]:
    return ("npm", "run", "--silent", *words)


class DatabaseImage(Part):
    """What is run in the newer version's image, beside the container of a `docker_ssh` target and
    with its variables and flags; each command word by word, which no shell reads.
    """

    target: TargetName = Field(description="the docker_ssh target of production whose image it is")
    status: Words = Field(default=_npm("migrate:status"), description="tells what was done")
    verify: Words = Field(default=_npm("migrate:verify"), description="compares, changes nothing")
    down: Words = Field(
        default=_npm("migrate:down", "--", COUNT), description="undoes {count} migrations"
    )
    data_integrity: Words = Field(
        default=_npm("test:data-integrity"), description="tests the data, changes nothing"
    )

    @model_validator(mode="after")
    def _down_is_told_how_many(self) -> Self:
        if not any(COUNT in word for word in self.down):
            raise ValueError(f"down has to be told how many: put {COUNT} into one of its words")
        return self

    def words(self, command: str, count: int) -> tuple[str, ...]:
        """The words of one command, of `bot.domain.rollbacks.undoing.COMMANDS`."""
        words: tuple[str, ...] = getattr(self, command.replace("-", "_"))
        if command != "down":
            return words
        return tuple(word.replace(COUNT, str(count)) for word in words)
