"""The proof of service: hours and places of one person, as a PDF set by typst."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pylopdf_fonts_zh_cn
import typst
from django.conf import settings
from django.utils.translation import gettext as _

from lianfang.kernel.times import now
from lianfang.mobilising.duty_queries import service

# The text comes as data, so that no name can be read as markup.
_TEMPLATE = """
#let d = json(bytes(sys.inputs.data))
#set page(paper: "a4", margin: 25mm)
#set text(font: "Noto Sans SC", size: 11pt)
#align(center)[#text(size: 20pt)[#d.title]]
#v(8mm)
#d.sentence
#v(4mm)
#table(columns: (1fr, auto, auto, auto), ..d.heads.map(h => strong(h)), ..d.rows.flatten())
#v(4mm)
#strong(d.sum)
#v(12mm)
#align(right)[#d.made]
"""


def of_person(district: str, person_id: UUID, name: str) -> bytes:
    """Return the proof of all that a person has served; the caller has the right to see it."""
    found = service(district, person_id)
    data = {
        "title": _("Proof of service"),
        "sentence": _("%(name)s has served in the response to the epidemic as follows.")
        % {"name": name},
        "heads": [_("Place"), _("From"), _("To"), _("Hours")],
        "rows": [
            [
                row.place or "–",
                _local(row.started_at),
                _local(row.ended_at or row.started_at),
                f"{row.minutes / 60:.1f}",
            ]
            for row in found.stretches
        ],
        "sum": _("%(hours)s hours on %(days)s days")
        % {"hours": f"{found.minutes / 60:.1f}", "days": found.days},
        "made": _("Made on %(day)s from the records") % {"day": _local(now())[:10]},
    }
    fonts = [str(pylopdf_fonts_zh_cn.sans_path().parent)]
    compile_: Any = typst.compile
    pdf: bytes = compile_(
        _TEMPLATE.encode(),
        font_paths=fonts,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    return pdf


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(ZoneInfo(settings.TIME_ZONE)):%Y-%m-%d %H:%M}"
