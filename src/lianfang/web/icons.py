"""The icon set: own drawings on a 24-unit square, drawn with strokes in the colour of the text."""

from __future__ import annotations

from typing import Final

_DOOR = '<path d="M6 21V4h12v17M3.5 21h17"/>'
_HOUSE = '<path d="M3.5 11.5 12 4.5l8.5 7V20h-17z"/>'
_RING = '<circle cx="12" cy="12" r="9"/>'

ICONS: Final[dict[str, str]] = {
    # Places
    "home": '<path d="M3 11.5 12 4l9 7.5M5.5 9.8V20h13V9.8M10 20v-5.5h4V20"/>',
    "door": f'{_DOOR}<path d="M14.5 12.5h.01"/>',
    "building": (
        '<path d="M4 21V5l8-2v18M12 8.5h8V21M2.5 21h19M7.5 8.5h1.5M7.5 12.5h1.5M7.5 16.5h1.5'
        'M15.5 12.5h1.5M15.5 16.5h1.5"/>'
    ),
    "map": '<path d="M3.5 6.5 9 4l6 2.5L20.5 4v13.5L15 20l-6-2.5L3.5 20zM9 4v13.5M15 6.5V20"/>',
    "grid": '<path d="M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h6v6h-6z"/>',
    "post": '<path d="M12 21v-8M7 21h10M4.5 4.5H17l3 4.2-3 4.3H4.5z"/>',
    # People
    "person": '<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c.8-4 3.7-6 7.5-6s6.7 2 7.5 6"/>',
    "people": (
        '<circle cx="9" cy="8.5" r="3.5"/><path d="M2.5 20c.6-3.7 3.1-5.5 6.5-5.5s5.9 1.8 6.5 5.5'
        'M15.8 5.2a3.5 3.5 0 0 1 0 6.6M18 15c1.9.8 3.1 2.5 3.5 5"/>'
    ),
    "team": '<path d="M5 21V3.5M5 4.5c5-2.5 8 2.5 14 0v9c-6 2.5-9-2.5-14 0"/>',
    # States of a door
    "unvisited": '<circle cx="12" cy="12" r="2.5" fill="currentColor" stroke="none"/>',
    "check": '<path d="m4.5 12.8 5 5L19.5 6.5"/>',
    "phone": (
        '<path d="M6.3 3.5h3.2L11 7.6 9 9.3a11.5 11.5 0 0 0 5.7 5.7l1.7-2 4.1 1.5v3.2a2 2 0 0 1'
        '-2.2 2A16.6 16.6 0 0 1 4.3 5.7a2 2 0 0 1 2-2.2z"/>'
    ),
    "nobody": f'{_DOOR}<path d="M9.5 12h5"/>',
    "refused": f'{_RING}<path d="m5.7 5.7 12.6 12.6"/>',
    "fever": (
        '<path d="M9.5 13.6V5.5a2.5 2.5 0 0 1 5 0v8.1a4.3 4.3 0 1 1-5 0z"/>'
        '<path d="M12 9v8"/><circle cx="12" cy="17" r="1.2" fill="currentColor"/>'
    ),
    "isolated": f'{_HOUSE}<path d="M9.2 13h5.6v4.3H9.2zM10.4 13v-1.2a1.6 1.6 0 0 1 3.2 0V13"/>',
    "help": '<path d="M4 4.5h16V16h-8.5L7 20v-4H4zM12 7.5v4M12 13.4h.01"/>',
    "vacant": '<path d="M6 21V4h12v17z" stroke-dasharray="2.6 2.9"/>',
    "unowned": (
        '<circle cx="12" cy="8" r="4" stroke-dasharray="2.6 2.4"/>'
        '<path d="M4.5 20.5c.8-4 3.7-6 7.5-6s6.7 2 7.5 6" stroke-dasharray="2.6 2.4"/>'
    ),
    # Acts
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="M15.5 15.5 21 21"/>',
    "upload": '<path d="M12 15.5V4M7.5 8.2 12 3.7l4.5 4.5M4 15v5h16v-5"/>',
    "download": '<path d="M12 3.5V15M7.5 10.8l4.5 4.5 4.5-4.5M4 15v5h16v-5"/>',
    "print": '<path d="M7 8V3.5h10V8M7 17H4V8h16v9h-3M7 13.5h10v7H7z"/>',
    "filter": '<path d="M3.5 5h17L14 13v6.5l-4-2V13z"/>',
    "plus": '<path d="M12 4.5v15M4.5 12h15"/>',
    "minus": '<path d="M4.5 12h15"/>',
    "edit": '<path d="m4 20 1-4.6L16 4.5 19.5 8 8.6 19zM13.5 7l3.5 3.5"/>',
    "undo": '<path d="M8.5 5 4 9.5 8.5 14M4 9.5h10.2a5.4 5.4 0 0 1 0 10.8H10"/>',
    "refresh": '<path d="M20 12a8 8 0 1 1-2.4-5.7L20 8.5M20 3.5v5h-5"/>',
    "send": '<path d="M20.5 3.5 3.5 10.3l7 3.2 3.2 7zM10.5 13.5l10-10"/>',
    "close": '<path d="m5.5 5.5 13 13M18.5 5.5l-13 13"/>',
    "menu": '<path d="M4 6.5h16M4 12h16M4 17.5h16"/>',
    "more": '<path d="M5.5 12h.01M12 12h.01M18.5 12h.01" stroke-width="3"/>',
    "logout": '<path d="M10 4H4.5v16H10M9.5 12H21M17 8l4 4-4 4"/>',
    "login": '<path d="M14 4h5.5v16H14M3.5 12H15M11 8l4 4-4 4"/>',
    # Things
    "clock": f'{_RING}<path d="M12 7v5.4l3.4 2"/>',
    "calendar": '<path d="M4 6h16v14.5H4zM4 10.5h16M8.5 3.5v4M15.5 3.5v4"/>',
    "shield": '<path d="m12 3 7.5 2.8v5.4c0 4.6-3 8-7.5 9.8-4.5-1.8-7.5-5.2-7.5-9.8V5.8z"/>',
    "key": '<circle cx="8" cy="15.5" r="4.5"/><path d="M11.3 12.2 20 3.5M15.7 7.8l3.3 3.3"/>',
    "lock": '<path d="M5 11h14v9.5H5zM8 11V8a4 4 0 0 1 8 0v3M12 15v2"/>',
    "bell": '<path d="M6 17v-6a6 6 0 0 1 12 0v6l1.5 1.5h-15zM10 21h4"/>',
    "duty": '<path d="M8 5H5v16h14V5h-3M8.5 3h7v4h-7zM8.5 13.8l2.5 2.5 4.5-5"/>',
    "round": '<path d="M20 12a8 8 0 1 1-3-6.2M8.5 11.5l3 3L20 6"/>',
    "journal": '<path d="M5 3.5h14v17H5zM8.5 3.5v17M11.5 8H16M11.5 12H16"/>',
    "table": '<path d="M3.5 5h17v14.5h-17zM3.5 10h17M3.5 14.8h17M9.5 5v14.5"/>',
    "file": '<path d="M6 3.5h8l4.5 4.5v12.5H6zM14 3.5V8h4.5"/>',
    "chart": '<path d="M4 4v16h16M8.5 16v-4M12.5 16V8M16.5 16v-6"/>',
    "qr": (
        '<path d="M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4z'
        'M14 14h2.5v2.5M20 14v2.5M14 20h2.5M20 20h-.01"/>'
    ),
    "link": (
        '<path d="M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1'
        'M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1"/>'
    ),
    "language": (
        '<path d="M3 6h10M8 3.5V6M11 6c-.9 4-3.6 7-7.5 8.5M5.2 6c.9 3.2 3.2 6.2 6.8 8'
        'M12.5 20.5l4-10 4 10M14 17h5"/>'
    ),
    "settings": (
        '<path d="M4 7h8.5M17.5 7H20M4 17h2.5M11.5 17H20"/>'
        '<circle cx="15" cy="7" r="2.5"/><circle cx="9" cy="17" r="2.5"/>'
    ),
    "eye": (
        '<path d="M2.5 12C5 7.8 8.2 6 12 6s7 1.8 9.5 6c-2.5 4.2-5.7 6-9.5 6S5 16.2 2.5 12z"/>'
        '<circle cx="12" cy="12" r="2.8"/>'
    ),
    "keyboard": (
        '<path d="M2.5 6h19v12.5h-19zM6.5 10h.01M10.5 10h.01M14.5 10h.01M18 10h.01M8 14.5h8"/>'
    ),
    "offline": '<path d="M3 9.5a13 13 0 0 1 18 0M6.5 13a8 8 0 0 1 11 0M12 17.5h.01M4 4l16 16"/>',
    # Signs
    "warning": '<path d="M12 3.5 21.8 20.5H2.2zM12 9.5v5M12 17.4h.01"/>',
    "info": f'{_RING}<path d="M12 11v6M12 7.5h.01"/>',
    "question": (
        f'{_RING}<path d="M9.3 9.2a2.8 2.8 0 1 1 4.2 2.5c-1 .6-1.5 1.2-1.5 2.3M12 17h.01"/>'
    ),
    "arrow-right": '<path d="M4 12h16M13.5 5.5 20 12l-6.5 6.5"/>',
    "arrow-left": '<path d="M20 12H4M10.5 5.5 4 12l6.5 6.5"/>',
    "arrow-up": '<path d="M12 20V4M5.5 10.5 12 4l6.5 6.5"/>',
    "arrow-down": '<path d="M12 4v16M5.5 13.5 12 20l6.5-6.5"/>',
    "chevron-right": '<path d="m9 5 7 7-7 7"/>',
    "chevron-left": '<path d="m15 5-7 7 7 7"/>',
    "chevron-down": '<path d="m5 9 7 7 7-7"/>',
    "sort": '<path d="m8 9.5 4-4.5 4 4.5M8 14.5l4 4.5 4-4.5"/>',
}
"""Icon name to its drawing. The names are part of the interface of `{% icon %}`."""
