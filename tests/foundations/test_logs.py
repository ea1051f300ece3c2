"""No personal data reaches a log line."""

from __future__ import annotations

import json
import logging
import sys

import pytest
import structlog

from lianfang.config import logs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("call 13812345678 now", "call [phone] now"),
        ("call +86 138 1234 5678", "call [phone]"),
        ("电话13812345678。", "电话[phone]。"),
        ("id 11010519491231002X", "id [id]"),
        ("mail li@example.org", "mail [email]"),
        ("area 110102013005 grid 110102013005001", "area 110102013005 grid 110102013005001"),
        (
            "0190a1b2-13812345678a-7000-8000-138123456789",
            "0190a1b2-13812345678a-7000-8000-138123456789",
        ),
        (
            "duplicate key\nDETAIL:  Key (phone)=(张三) already exists.\nLINE 1",
            "duplicate key\nDETAIL: [masked]\nLINE 1",
        ),
        ("input_value='张三', input_type=str", "input_value=[masked], input_type=str"),
    ],
)
def test_patterns(text: str, expected: str) -> None:
    assert logs.mask_text(text) == expected


@pytest.mark.parametrize(
    "key", ["name", "full_name", "phone", "homePhone", "id_number", "Authorization", "payload"]
)
def test_personal_keys(key: str) -> None:
    assert logs.mask({"a": [{key: "张三"}]}) == {"a": [{key: logs.MASK}]}


@pytest.mark.parametrize("key", ["command", "round", "status", "rename", "telemetry", "route"])
def test_other_keys_stay(key: str) -> None:
    assert logs.mask({key: "x"}) == {key: "x"}


def line(record: logging.LogRecord) -> dict[str, str]:
    parsed: dict[str, str] = json.loads(logs.Formatter().format(record))
    return parsed


def test_a_line_of_a_library_is_masked_and_one_json_object() -> None:
    try:
        raise ValueError("bad phone 13812345678")
    except ValueError:
        record = logging.LogRecord(
            "django.request", logging.ERROR, "", 1, "failed: %s", ("13812345678",), sys.exc_info()
        )
    parsed = line(record)
    assert parsed["event"] == "failed: [phone]"
    assert parsed["level"] == "error"
    assert "bad phone [phone]" in parsed["exception"]


def test_an_event_of_ours_is_masked(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        structlog.get_logger("lianfang.test").info("visit.kept", name="张三", grid="x")
    parsed = line(caplog.records[-1])
    assert parsed["event"] == "visit.kept"
    assert parsed["grid"] == "x"
    assert parsed["name"] == logs.MASK
    assert "张三" not in json.dumps(parsed, ensure_ascii=False)
