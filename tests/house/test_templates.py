"""Templates lie in folders with features' names; each is used, and each that is named exists."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "pwa" / "templates"
# Pages of the roof: about ourselves, and how the site becomes an app.
OF_THE_ROOF = {"about", "home", "install"}
NAMED = re.compile(r"""["']((?:[a-z_]+/)+[a-z_]+\.html)["']""")


def strangers(folders: set[str], features: set[str]) -> list[str]:
    """Folders that bear no feature's name."""
    return sorted(name for name in folders - features - OF_THE_ROOF if not name.startswith("_"))


def named(root: Path) -> set[str]:
    """The templates that code and templates name."""
    texts = [*root.glob("backend/**/*.py"), *root.glob("pwa/templates/**/*.html")]
    return {name for path in texts for name in NAMED.findall(path.read_text(encoding="utf-8"))}


def there() -> set[str]:
    return {path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html")}


def test_folders_bear_their_features_names() -> None:
    features = {path.parent.name for path in ROOT.glob("backend/*/__init__.py")}
    assert strangers({path.name for path in TEMPLATES.iterdir() if path.is_dir()}, features) == []


def test_a_stranger_would_be_found() -> None:
    assert strangers({"booking", "bookings", "_parts", "about"}, {"booking"}) == ["bookings"]


def test_every_template_that_is_named_exists() -> None:
    assert sorted(named(ROOT) - there()) == []


def test_every_template_is_used() -> None:
    assert sorted(there() - named(ROOT)) == []


def test_staff_pages_have_their_own_templates() -> None:
    """What patients' pages render never lies in a `staff_` template, and the reverse."""
    for path in sorted(ROOT.glob("backend/*/*pages.py")):
        if path.parent.name == "desk":
            own = [name for name in NAMED.findall(path.read_text(encoding="utf-8")) if "/staff_" not in name]
            assert own == [], path
        else:
            assert "/staff_" not in path.read_text(encoding="utf-8"), path
