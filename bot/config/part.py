"""Part: what every part of gonogo.yaml is, and how it refuses a text of another form."""

import re

from pydantic import AfterValidator, BaseModel, ConfigDict


class Part(BaseModel):
    """One part of the file; a setting that it does not know is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def shape(pattern: str, what: str) -> AfterValidator:
    """Refuses a text of another form, saying in words which one it must have."""

    def check(text: str) -> str:
        if re.fullmatch(pattern, text) is None:
            raise ValueError(f"must be {what}")
        return text

    return AfterValidator(check)
