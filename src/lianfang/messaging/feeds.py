"""Atom, RSS and CAP 1.2 of what everybody in an area is told.

CAP: OASIS Common Alerting Protocol 1.2 (2010). An alert's identifier, sender and time name it, so a
correction or withdrawal refers to the first by these three.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

from lxml import etree

from lianfang.areas.models import Area
from lianfang.kernel.ids import derive_id
from lianfang.kernel.times import local
from lianfang.messaging.models import Bulletin
from lianfang.messaging.rules import BulletinKind, Severity

ATOM = "http://www.w3.org/2005/Atom"
CAP = "urn:oasis:names:tc:emergency:cap:1.2"
_LASTS = timedelta(days=30)
_URGENCY = {
    Severity.SEVERE: ("Immediate", "Severe"),
    Severity.MODERATE: ("Expected", "Moderate"),
    Severity.MINOR: ("Unknown", "Minor"),
}
_EVENTS = {
    BulletinKind.NOTICE: "Public health announcement",
    BulletinKind.TIP: "Health advice",
    BulletinKind.FAQ: "Public health question answered",
    BulletinKind.RUMOUR: "Rumour answered",
}


def _stamp(moment: datetime) -> str:
    """Return a time as CAP wants it: whole seconds, an offset with a colon, never Z."""
    return local(moment).replace(microsecond=0).isoformat()


def _clean(text: str) -> str:
    """Leave out what XML 1.0 can't hold."""
    return "".join(ch for ch in text if ch in "\t\n\r" or " " <= ch < "\ufffe")


def _put(parent: Any, name: str, text: str, kind: str = "") -> Any:
    node = etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{name}")
    if kind:
        node.set("type", kind)
    node.text = _clean(text)
    return node


def _bytes(root: Any) -> bytes:
    raw: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return raw


def atom(area: Area, rows: Sequence[Bulletin], here: str, each: str) -> bytes:
    """Return an Atom feed; `here` is its address, `each` an entry's with {id} in it."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})  # type: ignore[dict-item]
    _put(root, "id", here)
    _put(root, "title", f"{area.name} · Lianfang")
    latest = max((r.changed_at for r in rows), default=datetime.fromtimestamp(0).astimezone())
    _put(root, "updated", _stamp(latest))
    etree.SubElement(root, f"{{{ATOM}}}link", rel="self", href=here)
    _put(etree.SubElement(root, f"{{{ATOM}}}author"), "name", area.name)
    for row in rows:
        entry = etree.SubElement(root, f"{{{ATOM}}}entry")
        _put(entry, "id", f"urn:uuid:{row.id}")
        _put(entry, "title", row.title)
        _put(entry, "published", _stamp(row.published_at))
        _put(entry, "updated", _stamp(row.changed_at))
        address = each.format(id=row.id)
        etree.SubElement(
            entry, f"{{{ATOM}}}link", rel="alternate", type="application/cap+xml", href=address
        )
        etree.SubElement(entry, f"{{{ATOM}}}category", term=row.kind)
        _put(entry, "content", _whole(row), "text")
    return _bytes(root)


def _whole(row: Bulletin) -> str:
    return f"{row.text}\n\n{row.source}" if row.source else row.text


def rss(area: Area, rows: Sequence[Bulletin], here: str, each: str) -> bytes:
    """Return an RSS 2.0 feed."""
    root = etree.Element("rss", version="2.0")
    channel = etree.SubElement(root, "channel")

    def put(parent: Any, name: str, text: str) -> Any:
        node = etree.SubElement(parent, name)
        node.text = _clean(text)
        return node

    put(channel, "title", f"{area.name} · Lianfang")
    put(channel, "link", here)
    put(channel, "description", area.name)
    for row in rows:
        item = etree.SubElement(channel, "item")
        put(item, "title", row.title)
        put(item, "link", each.format(id=row.id))
        put(item, "description", _whole(row))
        put(item, "guid", f"urn:uuid:{row.id}").set("isPermaLink", "false")
        put(item, "category", row.kind)
        put(item, "pubDate", format_datetime(row.published_at))
    return _bytes(root)


def cap(row: Bulletin, area: Area, sender: str, language: str, web: str = "") -> bytes:
    """Return one CAP alert: an Alert, an Update once it was corrected, a Cancel once withdrawn."""
    root = etree.Element(f"{{{CAP}}}alert", nsmap={None: CAP})  # type: ignore[dict-item]
    changed = row.withdrawn_at or row.version > 1
    state = f"withdrawn-{row.version}" if row.withdrawn_at else f"v{row.version}"
    _put(root, "identifier", str(derive_id(row.id, "cap", state) if changed else row.id))
    _put(root, "sender", sender)
    _put(root, "sent", _stamp(row.changed_at))
    _put(root, "status", "Actual")
    kind = "Cancel" if row.withdrawn_at else "Update" if changed else "Alert"
    _put(root, "msgType", kind)
    _put(root, "scope", "Public")
    if row.withdrawn_why:
        _put(root, "note", row.withdrawn_why)
    if changed:
        _put(root, "references", f"{sender},{row.id},{_stamp(row.published_at)}")
    info = etree.SubElement(root, f"{{{CAP}}}info")
    urgency, severity = _URGENCY[Severity(row.severity)]
    _put(info, "language", language)
    _put(info, "category", "Health")
    _put(info, "event", _EVENTS[BulletinKind(row.kind)])
    _put(info, "urgency", "Past" if row.withdrawn_at else urgency)
    _put(info, "severity", severity)
    _put(info, "certainty", "Observed" if row.kind != BulletinKind.TIP else "Unknown")
    _put(info, "effective", _stamp(row.published_at))
    _put(info, "expires", _stamp(row.expires_at or row.published_at + _LASTS))
    _put(info, "senderName", area.name)
    _put(info, "headline", row.title)
    _put(info, "description", row.text)
    if web:
        _put(info, "web", web)
    if row.source:
        _parameter(info, "parameter", "source", row.source)
    if row.verdict:
        _parameter(info, "parameter", "verdict", row.verdict)
    where = etree.SubElement(info, f"{{{CAP}}}area")
    _put(where, "areaDesc", area.name)
    for ring in _rings(area.boundary):
        _put(where, "polygon", " ".join(f"{lat:.6f},{lon:.6f}" for lon, lat in ring))
    _parameter(where, "geocode", "GB/T 2260", area.code)
    return _bytes(root)


def _parameter(parent: Any, name: str, key: str, value: str) -> None:
    node = etree.SubElement(parent, f"{{{CAP}}}{name}")
    _put(node, "valueName", key)
    _put(node, "value", value)


def _rings(boundary: Any) -> list[list[tuple[float, float]]]:
    """Return the outer rings of a GeoJSON polygon, closed, (longitude, latitude) each."""
    if not isinstance(boundary, dict):
        return []
    shape = boundary.get("geometry", boundary)
    parts = shape.get("coordinates") or []
    polygons = parts if shape.get("type") == "MultiPolygon" else [parts]
    rings = [[(p[0], p[1]) for p in polygon[0]] for polygon in polygons if polygon]
    return [[*ring, ring[0]] if ring[0] != ring[-1] else ring for ring in rings if len(ring) >= 3]
