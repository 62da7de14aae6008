"""The picture in the README: the first screens of the sample's flow deck, as Chromium shows them. Run by
``make picture``."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.chromium import FLAGS, executable, wait_until

WIDTH, HEIGHT = 1200, 1500


def main(deck: str, picture: str) -> None:
    """Open the deck without a network and write its first 1200 × 1500 pixels."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(Path(deck).resolve().as_uri())
        wait_until(page, "document.fonts.status === 'loaded'")
        page.wait_for_timeout(1500)  # the charts draw themselves after the page has loaded
        page.screenshot(path=picture, clip={"x": 0, "y": 0, "width": WIDTH, "height": HEIGHT})
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:3])
