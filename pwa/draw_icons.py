"""Draws the PNG icons from `static/icons/tooth.svg`, in headless Chromium: `python pwa/draw_icons.py`.

The results are committed, so nobody needs to run this but the person who changes the tooth.
"""

import re
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ICONS = Path(__file__).parent / "static" / "icons"
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LEAF = "#0f6b5c"

# file -> (side in pixels, tooth's share of the side, corner radius in 32nds, background)
DRAWINGS = {
    "apple-touch-icon.png": (180, 0.72, 0, LEAF),  # iOS rounds the corners itself
    "icon-192.png": (192, 0.72, 8, LEAF),
    "icon-512.png": (512, 0.72, 8, LEAF),
    "maskable-512.png": (512, 0.56, 0, LEAF),  # Android may cut all but the inner 80 %
    "badge-96.png": (96, 1.0, 0, "none"),  # Android keeps only the shape, in white
}


def drawing(side: int, share: float, radius: int, background: str) -> str:
    """An SVG of `side` pixels with the project's tooth at `share` of it."""
    source = (ICONS / "tooth.svg").read_text(encoding="utf-8")
    paths = re.findall(r"<path[^>]*/>", source)
    if background == "none":
        paths = paths[:1]  # the light on the tooth is no shape
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}" viewBox="0 0 32 32">'
        f'<rect width="32" height="32" rx="{radius}" fill="{background}"/>'
        f'<g transform="translate(16 16) scale({share}) translate(-16 -16)">{"".join(paths)}</g></svg>'
    )


def draw(browser: Browser) -> None:
    """Write every PNG of `DRAWINGS`."""
    for name, drawn in DRAWINGS.items():
        page = browser.new_page(viewport={"width": drawn[0], "height": drawn[0]})
        page.set_content(f"<style>body{{margin:0}}svg{{display:block}}</style>{drawing(*drawn)}")
        page.screenshot(path=ICONS / name, omit_background=True)
        page.close()


if __name__ == "__main__":
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        draw(chromium)
        chromium.close()
