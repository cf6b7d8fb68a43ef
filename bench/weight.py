"""What a visitor downloads: bytes over the wire for a first page and for the next one, in Chromium."""

import json
import sys
from typing import Any

from playwright.sync_api import CDPSession, sync_playwright

from tests.suite import chromium


def weigh(base_url: str, paths: list[str]) -> dict[str, Any]:
    """Open the pages one after the other with an empty cache; return the bytes and requests of each."""
    found: dict[str, Any] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        page = browser.new_page(viewport={"width": 375, "height": 812})
        session: CDPSession = page.context.new_cdp_session(page)
        session.send("Network.enable")
        sizes: list[int] = []
        session.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
        for path in paths:
            sizes.clear()
            page.goto(base_url + path, wait_until="networkidle")
            page.evaluate("() => document.fonts.ready.then(() => true)")
            found[path] = {"bytes": sum(sizes), "requests": len(sizes)}
        browser.close()
    return found


if __name__ == "__main__":
    json.dump(weigh(sys.argv[1], sys.argv[2:]), sys.stdout, indent=2)
