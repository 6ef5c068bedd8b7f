"""Logs for operators: one JSON line per fact, with the reference that a person can quote; never a token or a name."""

import logging
import sys
import traceback

import structlog
from structlog.typing import EventDict, WrappedLogger

from lti_tool.settings import Settings


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


def _kind_and_place(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Of a fault its kinds and places are kept, first cause last. Its words may quote a person or a token."""
    fault, told = event.pop("exc_info", None), list[str]()
    while isinstance(fault, BaseException):
        told += [type(fault).__qualname__, *traceback.format_tb(fault.__traceback__)]
        fault = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
    return {**event, "exception": "\n".join(line.rstrip() for line in told)} if told else event


log = structlog.get_logger()
