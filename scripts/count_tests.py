"""Prints `passed failed skipped` of a JUnit report; exits 1 when it is missing or ran no test."""

from __future__ import annotations

import sys
from pathlib import Path
from xml.etree import ElementTree

path = Path(sys.argv[1])
passed = failed = skipped = 0
if path.exists():
    for case in ElementTree.parse(path).iter("testcase"):
        kinds = {child.tag for child in case}
        if kinds & {"failure", "error"}:
            failed += 1
        elif "skipped" in kinds:
            skipped += 1
        else:
            passed += 1
sys.stdout.write(f"{passed} {failed} {skipped}\n")
sys.exit(0 if passed + failed else 1)
