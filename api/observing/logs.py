"""The log: one JSON object a line on standard error, and for the demo lines for a person to read.

What other packages log goes through the same channel, without its values: a message that a library has filled in may
hold what a request sent, and so may a warning, so only who wrote it, where, and the unfilled words of uvicorn are kept.
"""

from __future__ import annotations

import logging
import sys
import threading
from typing import Any, TextIO

import structlog
from structlog.typing import FilteringBoundLogger, Processor

from api.observing.faults import fault, source

UVICORN: dict[str, Any] = {"log_config": None, "access_log": False, "server_header": False, "proxy_headers": False}
"""How uvicorn is configured: it logs nothing by itself, and `trusted_proxies` alone says whose word is believed."""

LONGEST_WORDS = 120


def start(*, level: str = "info", console: bool = False, stream: TextIO | None = None) -> None:
    """Send everything that is logged, warned of or left uncaught to one stream."""
    out = stream or sys.stderr
    rendered: Processor = structlog.processors.JSONRenderer(sort_keys=False)
    if console:
        rendered = structlog.dev.ConsoleRenderer(colors=out.isatty(), exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", key="time"),
            rendered,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    _take_over_others()


def logger() -> FilteringBoundLogger:
    """Return a logger; `event` is a fixed word, and values are codes, counts and times."""
    bound: FilteringBoundLogger = structlog.get_logger()
    return bound


def _take_over_others() -> None:
    root = logging.getLogger()
    root.handlers = [OfOthers()]
    root.setLevel(logging.WARNING)
    logging.getLogger("uvicorn.error").setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
    sys.excepthook = lambda *uncaught: _uncaught(uncaught[1])
    threading.excepthook = lambda arguments: _uncaught(arguments.exc_value)
    sys.unraisablehook = lambda arguments: _uncaught(arguments.exc_value)


def _uncaught(error: BaseException | None) -> None:
    if error is not None and not isinstance(error, KeyboardInterrupt | SystemExit):
        logger().error("uncaught", **fault(error))


class OfOthers(logging.Handler):
    """Logs what other packages log, without what they filled in."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log who wrote it and where, and the error's kind and place."""
        error = record.exc_info[1] if record.exc_info else None
        told = {"by": record.name, "line": f"{source(record.pathname)}:{record.lineno}", "said": _words(record)}
        told |= fault(error) if error else {}
        logger().log(record.levelno, "other", **{name: value for name, value in told.items() if value})


def _words(record: logging.LogRecord) -> str | None:
    """Return uvicorn's own words, which are constants; a text that it passes on may be a traceback."""
    if not record.name.startswith("uvicorn") or not isinstance(record.msg, str):
        return None
    words = record.msg.strip()
    return words if "\n" not in words and len(words) <= LONGEST_WORDS else None
