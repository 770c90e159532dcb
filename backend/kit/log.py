"""Logs as JSON lines. They say what happened to which id, never who or what ails them.

Only known fields may be logged: a field that is not on the list is dropped, so that a careless
`log.info(..., reason=...)` cannot carry an answer into a log file.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

ALLOWED = frozenset(
    (
        "event",
        "level",
        "timestamp",
        "process",
        "incident",
        "exc",
        "method",
        "route",
        "status",
        "ms",
        "kind",
        "channel",
        "attempts",
        "delivery_id",
        "outbox_id",
        "job",
        "count",
        "seconds",
    )
)


def _only_allowed(_logger: Any, _method: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: value for key, value in fields.items() if key in ALLOWED}


def _frames_without_values(_logger: Any, _method: str, fields: MutableMapping[str, Any]) -> Any:
    """An exception as its type and the places it passed; its message may hold what somebody typed."""
    error = fields.pop("exc", None)
    if isinstance(error, BaseException):
        fields["error"] = type(error).__name__
        places = []
        step = error.__traceback__
        while step is not None:
            code = step.tb_frame.f_code
            places.append(f"{code.co_filename.rsplit('/backend/', 1)[-1]}:{step.tb_lineno} {code.co_name}")
            step = step.tb_next
        fields["where"] = places[-8:]
    return fields


class _StandardError(logging.Handler):
    """The standard error of this very moment: whoever watches (a test) may put another in its place."""

    def emit(self, record: logging.LogRecord) -> None:
        sys.stderr.write(self.format(record) + "\n")


def set_up() -> None:
    """Send our logs and the libraries' warnings to standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _only_allowed,
            _frames_without_values,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
    logging.basicConfig(level=logging.WARNING, handlers=[_StandardError()], force=True)
    # These print addresses, payloads or whole statements when they warn.
    for noisy in ("asyncio", "aiosmtplib", "litestar", "arq", "pywebpush", "mail.log"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)


log: structlog.typing.FilteringBoundLogger = structlog.get_logger()
