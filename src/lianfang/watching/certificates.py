"""The certificate of a release: a PDF with a code, and what the code says to whoever scans it."""

from __future__ import annotations

import io
import json
from typing import Any
from uuid import UUID

import pylopdf_fonts_zh_cn
import segno
import typst
from django.core import signing
from django.utils.translation import gettext as _

from lianfang.kernel.times import local
from lianfang.watching import words
from lianfang.watching.models import Watch

_SALT = "lianfang.watching.release"
# The text comes as data, so that no name can be read as markup.
_TEMPLATE = """
#let d = json(bytes(sys.inputs.data))
#set page(paper: "a4", margin: 25mm)
#set text(font: "Noto Sans SC", size: 12pt)
#align(center)[#text(size: 20pt)[#d.title]]
#v(10mm)
#d.sentence
#v(6mm)
#table(columns: (auto, 1fr), ..d.rows.flatten())
#v(10mm)
#grid(columns: (36mm, 1fr), gutter: 6mm,
  image(bytes(d.qr), format: "svg", width: 34mm),
  [#d.check \\ #text(size: 9pt)[#d.address]])
#v(12mm)
#align(right)[#d.made]
"""


def code_of(district: str, watch_id: UUID) -> str:
    """Return the signed text of a certificate; nobody makes one without the server's key."""
    return signing.Signer(salt=_SALT, sep="~").sign(f"{district}~{watch_id.hex}")


def read(code: str) -> tuple[str, UUID] | None:
    """Return the district and watch that a certificate names, None for any other text."""
    try:
        district, _sep, id_ = signing.Signer(salt=_SALT, sep="~").unsign(code).partition("~")
        return district, UUID(id_)
    except (signing.BadSignature, ValueError):
        return None


def pdf(row: Watch, name: str, address: str) -> bytes:
    """Return the certificate of a released watch; the caller has the right to give it.

    It says from when to when somebody was under watch and where, and not why: a reason would tell
    of others.
    """
    assert row.ended_at
    drawing = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawing, kind="svg", xmldecl=False, nl=False, border=1
    )
    data = {
        "title": _("Certificate of release"),
        "sentence": _("%(name)s has completed the time of observation and is released.")
        % {"name": name or "–"},
        "rows": [
            [_("Place"), str(words.PLACES[row.place])],
            [_("From"), f"{row.from_day:%Y-%m-%d}"],
            [_("Released on"), f"{local(row.ended_at):%Y-%m-%d}"],
        ],
        "qr": drawing.getvalue().decode(),
        "check": _("Scan this to see whether the certificate is valid."),
        "address": address,
        "made": _("Made on %(day)s from the records") % {"day": f"{local(row.ended_at):%Y-%m-%d}"},
    }
    compile_: Any = typst.compile
    made: bytes = compile_(
        _TEMPLATE.encode(),
        font_paths=[str(pylopdf_fonts_zh_cn.sans_path().parent)],
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    return made
