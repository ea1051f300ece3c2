"""The daily brief as words and numbers, the same for the page, the PDF and the Word file."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import docx
import pylopdf_fonts_zh_cn
import typst
from django.utils.translation import gettext as _
from docx.oxml.ns import qn

from lianfang.briefing.rules import Bar, bars
from lianfang.kernel.times import local, now

if TYPE_CHECKING:
    from docx.document import Document

FONT = "Noto Sans SC"


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure of the brief in words."""

    label: str
    value: int | None
    unit: str
    change: int | None
    alarm: str
    days: Sequence[tuple[date, int | None]]
    href: str = ""

    @property
    def number(self) -> str:
        """Return the number as it is printed; a dash for one that was not kept."""
        return "–" if self.value is None else f"{self.value:,}"

    @property
    def bars(self) -> list[Bar]:
        """Return the bars of the small chart beside the number."""
        return bars(self.days)

    @property
    def moved(self) -> str:
        """Return the change since the day before as it is printed."""
        return "" if self.change is None else f"{self.change:+,}" if self.change else "±0"


@dataclass(frozen=True, slots=True)
class Chapter:
    """A section of the brief."""

    title: str
    facts: Sequence[Fact]


@dataclass(frozen=True, slots=True)
class Report:
    """The brief of an area and a day, in one language."""

    area: str
    day: date
    chapters: Sequence[Chapter]

    @property
    def title(self) -> str:
        """Return the heading."""
        return _("%(area)s: daily brief") % {"area": self.area}

    @property
    def made(self) -> str:
        """Return the line that says where the numbers come from."""
        return _("Computed from the records on %(moment)s; nobody has filled in a form for it.") % {
            "moment": f"{local(now()):%Y-%m-%d %H:%M}"
        }

    def alarms(self) -> list[Fact]:
        """Return what should be 0 and is not, in the order of the brief."""
        facts = [f for chapter in self.chapters for f in chapter.facts]
        return [f for f in facts if f.alarm == "bad" and f.value]

    def sentence(self) -> str:
        """Return what needs somebody, in one sentence."""
        found = self.alarms()
        if not found:
            return _("Nothing is late and nothing has been missed.")
        listed = _("; ").join(f"{f.label} {f.number}" for f in found)
        return _("What needs somebody now: %(list)s.") % {"list": listed}


# The text comes as data, so that no name can be read as markup.
_TEMPLATE = """
#let d = json(bytes(sys.inputs.data))
#set page(paper: "a4", margin: (x: 20mm, y: 18mm), numbering: "1 / 1")
#set text(font: "Noto Sans SC", size: 10pt)
#align(center)[#text(size: 18pt, weight: "bold")[#d.title] #v(1mm) #d.day]
#v(3mm)
#block(fill: luma(240), inset: 8pt, radius: 3pt, width: 100%)[#d.sentence]
#let spark(days) = box(width: 42mm, height: 6mm, {
  for b in days {
    place(bottom + left, dx: b.x * 42mm, rect(width: b.w * 42mm, height: b.h * 6mm, fill: rgb("#1f6f8b"), stroke: none))
  }
})
#for part in d.parts [
  #v(2mm)
  #text(size: 12pt, weight: "bold")[#part.title]
  #table(
    columns: (1fr, auto, auto, auto, auto), stroke: (x: none, y: 0.4pt + luma(200)),
    align: (left, right, left, right, left), inset: 5pt,
    ..d.heads.map(h => text(size: 8pt, fill: luma(90))[#h]),
    ..part.rows.map(r => (r.label, strong(r.number), r.unit, r.moved, spark(r.days))).flatten()
  )
]
#v(4mm)
#text(size: 8pt, fill: luma(90))[#d.made]
"""  # noqa: E501


def _heads() -> list[str]:
    return [_("Figure"), _("How many"), _("Unit"), _("Since yesterday"), _("Day by day")]


def _spark(days: Sequence[tuple[date, int | None]]) -> list[dict[str, float]]:
    """Return the bars of a small chart in parts of its width and height."""
    found = bars(days)
    top = max((b.height for b in found), default=0) or 1
    count = max(len(found), 1)
    return [
        {"x": n / count, "w": 0.7 / count, "h": b.height / top}
        for n, b in enumerate(found)
        if b.height
    ]


def pdf(report: Report) -> bytes:
    """Return the brief as a PDF, set by typst with fonts that know Chinese."""
    data: dict[str, Any] = {
        "title": report.title,
        "day": report.day.isoformat(),
        "sentence": report.sentence(),
        "made": report.made,
        "heads": _heads(),
        "parts": [
            {
                "title": chapter.title,
                "rows": [
                    {
                        "label": f.label,
                        "number": f.number,
                        "unit": f.unit,
                        "moved": f.moved,
                        "days": _spark(f.days),
                    }
                    for f in chapter.facts
                ],
            }
            for chapter in report.chapters
        ],
    }
    fonts = [str(pylopdf_fonts_zh_cn.sans_path().parent)]
    compile_: Any = typst.compile
    made: bytes = compile_(
        _TEMPLATE.encode(),
        font_paths=fonts,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    return made


def word(report: Report) -> bytes:
    """Return the brief as a Word file, so that a command post can go on writing in it."""
    document: Document = docx.Document()
    for name in ("Normal", "Title", "Heading 1"):
        style: Any = document.styles[name]
        style.font.name = FONT
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONT)
    document.add_heading(report.title, 0)
    document.add_paragraph(report.day.isoformat())
    document.add_paragraph(report.sentence())
    for chapter in report.chapters:
        document.add_heading(chapter.title, 1)
        table: Any = document.add_table(rows=1, cols=4)
        table.style = "Light Grid Accent 1"
        for cell, head in zip(table.rows[0].cells, _heads()[:4], strict=True):
            cell.text = head
        for fact in chapter.facts:
            texts = (fact.label, fact.number, fact.unit, fact.moved)
            for cell, text in zip(table.add_row().cells, texts, strict=True):
                cell.text = text
    document.add_paragraph(report.made)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
