"""Logs for operators: one JSON line per fact, with the reference that a person can quote; never a token or a name."""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime

import structlog
from structlog.typing import EventDict, WrappedLogger

from lti_tool.settings import Settings

_SAID = 300
_QUOTING = ("Invalid request", "Error handling request")  # what follows names an address or a path


def init_logs(settings: Settings) -> None:
    level = logging.getLevelNamesMapping().get(settings.log_level.upper(), logging.INFO)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _kind_and_place,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )


class ServerLine(logging.Formatter):
    """The web server's own sentence as one of our lines, without what it quotes of a request."""

    def format(self, record: logging.LogRecord) -> str:
        sentence = record.getMessage()
        said = next((start for start in _QUOTING if sentence.startswith(start)), sentence[:_SAID])
        event: EventDict = {"said": said, "event": "web_server", "level": record.levelname.lower()}
        if record.exc_info:
            event["exc_info"] = record.exc_info[1]
        at = datetime.fromtimestamp(record.created, UTC).isoformat()
        return json.dumps({**_kind_and_place(None, "", event), "timestamp": at})


def _kind_and_place(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Of a fault its kinds and places are kept, first cause last. Its words may quote a person or a token."""
    fault, told = event.pop("exc_info", None), list[str]()
    while isinstance(fault, BaseException):
        told += [type(fault).__qualname__, *traceback.format_tb(fault.__traceback__)]
        fault = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
    return {**event, "exception": "\n".join(line.rstrip() for line in told)} if told else event


log = structlog.get_logger()
