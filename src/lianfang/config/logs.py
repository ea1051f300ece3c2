"""Structured logs: one JSON object a line in production, and no personal data in them.

`logger = structlog.get_logger(__name__)`, then `logger.info("round.closed", round=str(id))`: an
event's name, and values that help an operator. Values under the names below are masked whatever
they hold; phone numbers, identity numbers and e-mail addresses are masked in every text, also in
tracebacks and in what libraries log. A name in free text cannot be recognised: do not log it.
"""

from __future__ import annotations

import itertools
import logging
import re
from collections.abc import Mapping
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

MASK = "[masked]"
# Compared as whole words of the key: `phone`, `home_phone` and `phoneNumber` are all masked.
PERSONAL = {
    "address",
    "answers",
    "authorization",
    "birth",
    "birthday",
    "body",
    "born",
    "contact",
    "cookie",
    "email",
    "householder",
    "identity",
    "idnumber",
    "mobile",
    "name",
    "names",
    "note",
    "notes",
    "passport",
    "password",
    "payload",
    "phone",
    "plate",
    "secret",
    "session",
    "symptoms",
    "tel",
    "telephone",
    "temperature",
    "temperatures",
    "token",
    "wechat",
}
PATTERNS = [
    # An identity number of 18 places; one of 15 looks like a grid's code and is not in use.
    (re.compile(r"(?<![0-9A-Za-z-])\d{6}(?:18|19|20)\d{9}[\dXx](?![0-9A-Za-z])"), "[id]"),
    # A mobile number, with or without +86 and separators.
    (
        re.compile(r"(?<![0-9A-Za-z-])(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?![0-9A-Za-z])"),
        "[phone]",
    ),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "[email]"),
    # What pydantic says of a value that it refused.
    (re.compile(r"input_value=.*?(?=, input_type=|\Z)", re.DOTALL), "input_value=[masked]"),
    # What a database adds to an error: the values of the row.
    (re.compile(r"(DETAIL|CONTEXT):.*?(?=\n\S|\Z)", re.DOTALL), r"\1: [masked]"),
]
WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")


def mask_text(text: str) -> str:
    """Return the text with phone numbers, identity numbers and addresses of mail masked."""
    for pattern, replacement in PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def is_personal(key: str) -> bool:
    """Return whether a value under this key may tell about a person."""
    words = [w.lower() for w in WORDS.findall(key)]
    joined = {a + b for a, b in itertools.pairwise(words)}
    return bool(PERSONAL & (set(words) | joined))


def mask(value: Any, key: str = "") -> Any:
    """Return a value as it may be logged: masked by its key, else searched in depth."""
    if key and is_personal(key) and value is not None:
        return MASK
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, Mapping):
        return {k: mask(v, str(k)) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [mask(v) for v in value]
    if value is None or isinstance(value, bool | int | float):
        # A number may be a phone number as well.
        text = str(value)
        return value if mask_text(text) == text else MASK
    return mask_text(str(value))


def mask_event(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Mask the values of one log event; the structlog processor."""
    return {k: v if k == "logger" else mask(v, k) for k, v in event.items()}


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


class Formatter(structlog.stdlib.ProcessorFormatter):
    """Renders structlog events and plain log records alike: JSON, or lines for a person."""

    def __init__(self, *, pretty: bool = False) -> None:
        renderer: Processor = (
            structlog.dev.ConsoleRenderer(colors=False)
            if pretty
            else structlog.processors.JSONRenderer(ensure_ascii=False)
        )
        super().__init__(
            foreign_pre_chain=_shared(),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                mask_event,
                renderer,
            ],
        )


def configure(*, pretty: bool, level: str) -> dict[str, Any]:
    """Set structlog up, and return Django's LOGGING; everything goes to standard error."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared(),
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"structured": {"()": Formatter, "pretty": pretty}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django's own handlers would write each line twice, and mail tracebacks.
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            # Queries carry their parameters: never, whatever the level.
            "django.db.backends": {"handlers": [], "level": "INFO", "propagate": True},
        },
    }


logging.captureWarnings(True)
