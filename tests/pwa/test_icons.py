"""The manifest is one that browsers install, and its icons are what it says."""

import json
import re
import struct

from backend.kit import assets

ICONS = assets.STATIC / "icons"


def _size(png: bytes) -> tuple[int, int]:
    """Width and height from a PNG's header."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def _manifest() -> dict[str, object]:
    loaded: dict[str, object] = json.loads((assets.PWA / "manifest.webmanifest").read_text(encoding="utf-8"))
    return loaded


def test_the_manifest_can_be_installed() -> None:
    manifest = _manifest()
    assert manifest["id"] == "/"
    assert manifest["lang"] == "fr"
    assert manifest["display"] == "standalone"
    assert len(str(manifest["short_name"])) <= 12


def test_the_icons_have_the_sizes_that_they_claim() -> None:
    icons = _manifest()["icons"]
    assert isinstance(icons, list)
    assert {(icon["sizes"], icon["purpose"]) for icon in icons} >= {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
    for icon in icons:
        # /static/<any fingerprint>/<name>: the manifest must not change with every release
        content = assets.find(icon["src"].split("/", 3)[3])
        assert content is not None
        assert "{}x{}".format(*_size(content)) == icon["sizes"]


def test_the_icons_that_pages_and_pushes_name_exist() -> None:
    assert _size((ICONS / "apple-touch-icon.png").read_bytes()) == (180, 180)
    assert _size((ICONS / "badge-96.png").read_bytes()) == (96, 96)


def test_the_tooth_is_the_same_everywhere() -> None:
    drawn = re.compile(r'd="(M16 6\.2[^"]+)"')
    in_icon = drawn.findall((ICONS / "tooth.svg").read_text(encoding="utf-8"))
    in_page = drawn.findall((assets.PWA / "templates" / "_parts" / "icon.html").read_text(encoding="utf-8"))
    assert in_icon == in_page
    assert len(in_icon) == 1
