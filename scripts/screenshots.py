"""Takes the pictures of the documents from a running `make demo`.

    python scripts/screenshots.py [http://127.0.0.1:8000]

Logs in as the demo's community lead and writes docs/images/*.png, in Chinese and in English.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

PROJECT = Path(__file__).resolve().parent.parent
IMAGES = PROJECT / "docs" / "images"
ACCOUNTS = PROJECT / "var" / "demo" / "accounts.txt"
LANGUAGES = {"zh": "zh-CN", "en": "en-US"}


def password(username: str) -> str:
    """Return the demo's password of an account from the file that the demo keeps."""
    for line in ACCOUNTS.read_text(encoding="utf-8").splitlines():
        words = line.split()
        if words and words[0] == username:
            return words[1]
    raise SystemExit(f"no account {username} in {ACCOUNTS}: run `make demo` first")


def log_in(page: Page, url: str, username: str) -> None:
    """Log in and land on the home page."""
    page.goto(f"{url}/login")
    page.fill("[name=username]", username)
    page.fill("[name=password]", password(username))
    page.click("main button[type=submit]")
    page.wait_for_load_state("networkidle")


def first(page: Page, pattern: str) -> str:
    """Return the first link on the page that fits `pattern`."""
    links: list[str] = page.eval_on_selector_all(
        "a", "all => all.map(a => a.getAttribute('href') || '')"
    )
    return next(link for link in links if re.search(pattern, link))


def main() -> None:
    """Take all pictures."""
    url = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"
    IMAGES.mkdir(parents=True, exist_ok=True)
    chromium = os.environ.get("LIANFANG_CHROMIUM", "/usr/bin/chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for short, locale in LANGUAGES.items():
            for width, height in ((1280, 860), (390, 780)):
                context = browser.new_context(
                    locale=locale, viewport={"width": width, "height": height}
                )
                page = context.new_page()
                log_in(page, url, "lead")

                def take(name: str, page: Page = page, end: str = f"{short}-{width}") -> None:
                    page.wait_for_load_state("networkidle")
                    page.screenshot(path=IMAGES / f"{name}-{end}.png")

                take("home")
                page.goto(url + "/rounds")
                page.goto(url + first(page, r"^/rounds/[0-9a-f-]{36}"))
                take("round")
                page.goto(url + first(page, r"/building"))
                take("building")
                page.goto(url + "/watches")
                take("watches")
                page.goto(url + "/arrivals")
                page.goto(url + first(page, r"^/arrivals/\d+/[0-9a-f-]{36}"))
                take("arrival")
                page.goto(url + "/productions")
                page.goto(url + first(page, r"^/productions/\d+/[0-9a-f-]{36}"))
                take("production")
                context.close()
                context = browser.new_context(
                    locale=locale, viewport={"width": width, "height": height}
                )
                page = context.new_page()
                log_in(page, url, "health")
                page.goto(url + "/cases")
                page.goto(url + first(page, r"^/cases/\d+/[0-9a-f-]{36}"))
                page.wait_for_load_state("networkidle")
                page.screenshot(path=IMAGES / f"case-{short}-{width}.png")
                context.close()
        browser.close()


if __name__ == "__main__":
    main()
