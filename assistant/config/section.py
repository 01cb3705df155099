"""What every section of the configuration is made of. Times are in seconds, confidences from 0 to 1."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Confidence = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(ge=0, le=600)]


def _to_path(value: Any) -> Any:
    return Path(value).expanduser() if isinstance(value, str) and value else value


FilePath = Annotated[Path, BeforeValidator(_to_path)]
"""A path; ``~`` is the home folder. Loading makes it absolute."""


def spelled(pattern: str, what: str) -> AfterValidator:
    """A text must be written so; ``what`` is told to whoever wrote another, who reads no patterns."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(f"should be {what}")
        return value

    return AfterValidator(check)


def to_list(value: Any) -> Any:
    """The value, which must be a list: a bare word is none.

    Raises:
        ValueError: it is something else.
    """
    if not isinstance(value, list | tuple):
        raise ValueError("should be a list: [one, another]")
    return value


Names = Annotated[tuple[str, ...], Field(strict=False), BeforeValidator(to_list)]
Folders = Annotated[tuple[FilePath, ...], Field(strict=False), BeforeValidator(to_list)]


class Section(BaseModel):
    """Frozen; a key that is not listed is an error, and so is a value of another type."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    @model_validator(mode="before")
    @classmethod
    def _empty_is_default(cls, data: Any) -> Any:
        if data is not None and not isinstance(data, dict | cls):
            raise ValueError("should be lines of `name: value`")
        return {} if data is None else data
