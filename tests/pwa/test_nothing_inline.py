"""No inline style or script and no third party: the content security policy would block them in silence."""

import re
from pathlib import Path

import pytest

PWA = Path(__file__).parents[2] / "pwa"
FORBIDDEN_IN_TEMPLATES = {
    "a style attribute": re.compile(r"\sstyle\s*="),
    "a style element": re.compile(r"<style\b"),
    "an event attribute": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.S),
    "a script without src": re.compile(r"<script\b(?![^>]*\bsrc=\"\{\{ asset\()"),
    "a javascript: address": re.compile(r"javascript:"),
    "another site": re.compile(r"https?://"),
}
FORBIDDEN_IN_CSS = {
    "an import": re.compile(r"@import"),
    "a web font": re.compile(r"@font-face"),
    "an address": re.compile(r"url\((?!\"?data:)"),
}
FORBIDDEN_IN_JS = {
    "another site": re.compile(r"https?://"),
    "text that becomes a page": re.compile(r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write)\b"),
    "text that becomes code": re.compile(r"\b(eval|Function)\("),
    "data kept on the phone": re.compile(r"\b(localStorage|sessionStorage|indexedDB)\b|document\.cookie"),
    "a style attribute": re.compile(r"\.style\b"),
}


def breaches(text: str, forbidden: dict[str, re.Pattern[str]]) -> list[str]:
    return [what for what, pattern in forbidden.items() if pattern.search(text)]


def _files(*patterns: str) -> list[Path]:
    return sorted(path for pattern in patterns for path in PWA.rglob(pattern))


@pytest.mark.parametrize(
    ("pattern", "forbidden"),
    [("*.html", FORBIDDEN_IN_TEMPLATES), ("*.css", FORBIDDEN_IN_CSS), ("*.js", FORBIDDEN_IN_JS)],
)
def test_nothing_inline_and_no_third_party(pattern: str, forbidden: dict[str, re.Pattern[str]]) -> None:
    found = {
        str(path.relative_to(PWA)): breaches(path.read_text(encoding="utf-8"), forbidden)
        for path in _files(pattern)
    }
    assert found, "the pattern finds the files"
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.parametrize(
    ("planted", "forbidden", "what"),
    [
        ('<p style="color:red">', FORBIDDEN_IN_TEMPLATES, "a style attribute"),
        ('<button\n  onclick="go()">', FORBIDDEN_IN_TEMPLATES, "an event attribute"),
        ("<script>go()</script>", FORBIDDEN_IN_TEMPLATES, "a script without src"),
        ('<img src="https://elsewhere.example/a.png">', FORBIDDEN_IN_TEMPLATES, "another site"),
        ("@import 'a.css';", FORBIDDEN_IN_CSS, "an import"),
        ("a{background:url(//elsewhere.example)}", FORBIDDEN_IN_CSS, "an address"),
        ("p.innerHTML = name", FORBIDDEN_IN_JS, "text that becomes a page"),
        ("localStorage.answers = 1", FORBIDDEN_IN_JS, "data kept on the phone"),
    ],
)
def test_a_planted_breach_is_found(planted: str, forbidden: dict[str, re.Pattern[str]], what: str) -> None:
    assert what in breaches(planted, forbidden)


def test_every_module_is_short_and_named_modules_exist() -> None:
    scripts = _files("static/js/**/*.js")
    assert {
        path.name: lines for path in scripts if (lines := len(path.read_text().splitlines())) >= 120
    } == {}
    named = {
        name
        for path in _files("*.html")
        for name in re.findall(r'data-module="([^"{]+)"', path.read_text(encoding="utf-8"))
    }
    assert [name for name in sorted(named) if not (PWA / "static" / "js" / f"{name}.js").is_file()] == []
