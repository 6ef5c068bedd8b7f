"""What the fields of the API's requests and answers may be, each kind once."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema
from spectree.model_adapter.pydantic_adapter import BaseFile
from werkzeug.datastructures import FileStorage

from lti_tool import clock

MOST_AT_ONCE = 200
_USUAL = 50
_LEEWAY = timedelta(seconds=60)  # decision 17
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9:]{8}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})")
_FIRST_YEAR, _LAST_YEAR = 1970, 2999


class Asked(BaseModel):
    """A request: nothing is converted, and a field that nobody knows is a mistake of whoever sent it."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Shown(BaseModel):
    """An answer, or a part of one."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _day(value: object) -> date:
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError("should be a date such as 2027-06-30")


def _moment(value: object) -> datetime:
    """RFC 3339 with its zone: a time without one is another moment for every reader."""
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        try:
            moment = datetime.fromisoformat(value.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        else:
            if _FIRST_YEAR <= moment.year <= _LAST_YEAR:
                return moment
    raise ValueError("should be a date and time with its zone, such as 2027-06-30T12:00:00Z")


def _past(moment: datetime) -> datetime:
    if moment > clock.now() + _LEEWAY:
        raise ValueError("must not lie in the future")
    return moment


def _count(value: object) -> int:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,3}", value) and 1 <= int(value) <= MOST_AT_ONCE:
        return int(value)
    raise ValueError(f"should be a number from 1 to {MOST_AT_ONCE}")


def _upload(value: Any) -> Any:
    if not isinstance(value, FileStorage):
        raise ValueError("should be a file")
    return value


ID_FORM = r"^[A-Za-z0-9_-]{1,64}$"
Id = Annotated[str, StringConstraints(pattern=ID_FORM), Field(description="an opaque id")]
Day = Annotated[date, BeforeValidator(_day)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
PastMoment = Annotated[Moment, AfterValidator(_past)]
Email = Annotated[str, StringConstraints(min_length=3, max_length=254), Field(json_schema_extra={"format": "email"})]
Upload = Annotated[BaseFile, BeforeValidator(_upload)]
Limit = Annotated[
    int,
    BeforeValidator(_count),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MOST_AT_ONCE, "default": _USUAL}),
]


class Listing(Asked):
    """Which part of a list."""

    limit: Limit = Field(default=_USUAL, description="how many at most")
    after: Id | None = Field(default=None, description="from the `next` of the page before; made by the API")
