"""Rules of Chinese number plates (GA 36-2018); no database here.

A plate is written as its characters alone, without the dot: 豫A12345. What a tired hand types
instead (lower case, full-width letters, dots, blanks) is put right; what cannot be a plate is
refused with the likely one, since a wrong plate is found by nobody afterwards.
"""  # cjk: an example of a plate

from __future__ import annotations

import re
import unicodedata

# The 31 provincial abbreviations of GA 36-2018, annex; Hong Kong and Macao plates begin with 粤Z.
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"  # cjk: data
_P = f"[{PROVINCES}]"
# Letters I and O are never used: they look like 1 and 0.
_L, _C = "[A-HJ-NP-Z]", "[A-HJ-NP-Z0-9]"
_KINDS: dict[str, str] = {
    # Five places, of which at most two are letters (checked apart).
    "ordinary": f"{_P}{_L}{_C}{{5}}",
    # New energy, small: a letter for the drive (A–E electric, F–K hybrid), then one more place.
    "new_energy_small": f"{_P}{_L}[A-HJK]{_C}[0-9]{{4}}",
    "new_energy_large": f"{_P}{_L}[0-9]{{5}}[A-HJK]",
    "special": f"{_P}{_L}{_C}{{4}}[警学挂领试超]",  # cjk: data
    "border": f"粤Z{_C}{{4}}[港澳]",  # cjk: data
    "emergency": f"{_P}[SX]{_C}{{4}}应急",  # cjk: data
    "embassy": "使[0-9]{6}|[0-9]{6}使",  # cjk: data
    "armed_police": f"WJ{_P}?[0-9]{{4}}[0-9A-Z]",
    "military": "[A-Z]{2}[0-9]{5}",
    "temporary": f"{_P}{_L}{_C}{{5}}临|临{_P}?{_L}?[0-9]{{4,6}}",  # cjk: data
}
_PATTERNS = {name: re.compile(pattern) for name, pattern in _KINDS.items()}
_MOST_LETTERS = 2
# What a plate from another country, or a tractor's, may look like: no rule is known for it.
_OTHER = re.compile(r"[0-9A-Z\u4e00-\u9fff]{2,12}")
_SEPARATORS = re.compile(r"[\s.·•・‧∙\-‐–—_]")  # cjk: dots as input methods type them


class PlateFault(ValueError):
    """A text that cannot be a plate, with the likely one if there is one."""

    def __init__(self, value: str, likely: str = "") -> None:
        """Keep the text and the likely plate."""
        super().__init__(f"not a plate: {value}")
        self.value = value
        self.likely = likely


def tidy(text: str) -> str:
    """Return a text with wide characters made narrow, in capitals, without dots and blanks."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()


def kind_of(plate: str) -> str:
    """Return the kind of a tidy plate, '' if it is none."""
    for name, pattern in _PATTERNS.items():
        if pattern.fullmatch(plate):
            letters = sum(c.isascii() and c.isalpha() for c in plate[2:])
            if name != "ordinary" or letters <= _MOST_LETTERS:
                return name
    return ""


def plate(text: str, *, other: bool = False) -> str:
    """Return the plate that `text` means, tidy; '' for ''.

    With `other` it need not be a plate of mainland China. Raises PlateFault for what cannot be
    one, with the likely plate for O and I, which stand for 0 and 1 on no plate.
    """
    tidied = tidy(text)
    if not tidied:
        return ""
    if kind_of(tidied) or (other and _OTHER.fullmatch(tidied)):
        return tidied
    likely = tidied[:1] + tidied[1:].replace("O", "0").replace("I", "1")
    raise PlateFault(text, likely if kind_of(likely) else "")
