"""The texts in `shared/messages`, filled with values. A missing or an extra value is refused.

`catalogue.json` says of each kind by which channels it goes, which values it takes and why it may be sent.
Each kind has a folder, in it one folder a locale, in it `subject.txt` and `email.txt` for e-mail and
`push.json` (`title`, `body`) for push. Everything is read and checked once, before the first message.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import jinja2
import msgspec
from jinja2 import meta, nodes

from backend.kit.i18n import LOCALES, kept_together
from backend.messaging.model import Channel

FOLDER = Path(__file__).parents[2] / "shared" / "messages"
ALWAYS = frozenset({"link"})
"""Values that every text may use without its kind listing them."""

_FILES = {Channel.EMAIL: ("subject.txt", "email.txt"), Channel.PUSH: ("push.json",)}
_PUSH_KEYS = {"title", "body"}


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the catalogue says of a kind of message.

    `channels` in order of preference. `counts`: it is part of the cap on messages. `yields`: over the cap
    it is dropped, where a more important one still leaves. `quiet`: never in the evening or at night.
    """

    channels: tuple[Channel, ...]
    values: frozenset[str]
    basis: str
    counts: bool = False
    yields: bool = False
    quiet: bool = False


class TemplateFaults(Exception):  # noqa: N818
    """What is wrong in `shared/messages`; one line a fault: file, line, cure."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("The message texts are not complete:\n" + "\n".join(f"  - {one}" for one in faults))
        self.faults = faults


class Catalogue:
    """Every kind and every text, checked."""

    def __init__(self, folder: Path) -> None:
        """Read `folder`; `TemplateFaults` names everything that is wrong in it."""
        self._folder = folder
        self._faults: list[str] = []
        self._texts: dict[tuple[str, str, str], jinja2.Template] = {}
        # Plain text: what an HTML escape would do to an apostrophe is seen in the subject.
        self._jinja = jinja2.Environment(
            autoescape=False,  # noqa: S701
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.kinds = self._read_kinds()
        for name, kind in self.kinds.items():
            self._read_kind(name, kind)
        for path in sorted(folder.iterdir()):
            if path.is_dir() and path.name not in self.kinds:
                self._fault(path, 1, "is no kind of catalogue.json. List it there, or take the folder away")
        if self._faults:
            raise TemplateFaults(self._faults)

    def fill(self, kind: str, locale: str, values: Mapping[str, str]) -> "Filled":
        """The texts of a kind; French where the locale has none. Values other than listed: ValueError."""
        given, listed = set(values) - ALWAYS, self.kinds[kind].values
        if given != listed:
            raise ValueError(f"{kind}: missing {sorted(listed - given)}, extra {sorted(given - listed)}")
        return Filled(self, kind, locale, dict(values))

    def text(self, kind: str, locale: str, part: str) -> jinja2.Template:
        """One compiled text, by part: subject, email, title, body."""
        return self._texts.get((kind, locale, part)) or self._texts[kind, "fr", part]

    def _read_kinds(self) -> dict[str, Kind]:
        path = self._folder / "catalogue.json"
        raw = path.read_bytes()
        try:
            return msgspec.json.decode(raw, type=dict[str, Kind])
        except msgspec.ValidationError as error:
            name = str(error).rpartition("$.")[2].split(".")[0].rstrip("`")
            self._fault(path, _line_of(raw, name), f"{error}. Correct that entry")
        except msgspec.DecodeError:
            self._fault(path, *_broken_json(raw))
        raise TemplateFaults(self._faults)

    def _read_kind(self, name: str, kind: Kind) -> None:
        wanted = {file for channel in kind.channels for file in _FILES[channel]}
        used: set[str] = set()
        for locale in LOCALES:
            folder = self._folder / name / locale
            if not folder.is_dir():
                if locale == "fr":
                    self._fault(folder, 1, "is missing. French is complete for every kind: write it")
                continue
            there = {path.name for path in folder.iterdir()}
            for file in sorted(wanted - there):
                self._fault(folder / file, 1, "is missing: the kind goes by this channel. Write it")
            for file in sorted(there - wanted):
                self._fault(folder / file, 1, "belongs to no channel of the kind. Take it away")
            for file in sorted(there & wanted):
                used |= self._read_file(folder / file, name, locale, kind)
        for value in sorted(kind.values - used):
            line = _line_of((self._folder / "catalogue.json").read_bytes(), name)
            what = f"{name} lists {value!r}, which none of its texts uses. Use it, or take it out"
            self._fault(self._folder / "catalogue.json", line, what)

    def _read_file(self, path: Path, name: str, locale: str, kind: Kind) -> set[str]:
        """Compile the parts of a file; the values that it uses."""
        used: set[str] = set()
        for part, line, written in self._parts(path):
            text = kept_together(written) if locale == "fr" else written
            try:
                parsed = self._jinja.parse(text)
                self._texts[name, locale, part] = self._jinja.from_string(text)
            except jinja2.TemplateSyntaxError as error:
                self._fault(path, line + error.lineno - 1, f"{error.message}. Correct the braces")
                continue
            found = meta.find_undeclared_variables(parsed)
            for node in parsed.find_all(nodes.Name):
                if node.name in found - kind.values - ALWAYS:
                    what = f"uses {node.name!r}, which catalogue.json does not list for {name}"
                    self._fault(path, line + node.lineno - 1, f"{what}. List it, or take it out")
            used |= found
        return used

    def _parts(self, path: Path) -> Iterator[tuple[str, int, str]]:
        """Each text in a file with its name and the line on which it begins."""
        raw = path.read_bytes()
        if path.suffix == ".txt":
            text = raw.decode().rstrip("\n")
            if path.name == "subject.txt" and "\n" in text:
                self._fault(path, 2, "a subject has one line. Join or shorten it")
            yield path.stem, 1, text
            return
        try:
            texts = json.loads(raw)
        except json.JSONDecodeError:
            self._fault(path, *_broken_json(raw))
            return
        if not isinstance(texts, dict) or set(texts) != _PUSH_KEYS:
            self._fault(path, 1, f"must have exactly {' and '.join(sorted(_PUSH_KEYS))}")
            return
        for key, text in texts.items():
            yield key, _line_of(raw, key), str(text)

    def _fault(self, path: Path, line: int, what: str) -> None:
        self._faults.append(f"{path.relative_to(self._folder.parents[1])}:{line}: {what}")


class Filled:
    """The texts of one message, each rendered when asked for."""

    def __init__(self, catalogue: Catalogue, kind: str, locale: str, values: dict[str, str]) -> None:
        self._catalogue, self._kind, self._locale, self._values = catalogue, kind, locale, values

    def __getitem__(self, part: str) -> str:
        return self._catalogue.text(self._kind, self._locale, part).render(self._values)


def _line_of(raw: bytes, key: str) -> int:
    """The line on which a JSON key stands; 1 when it is not found."""
    at = raw.find(f'"{key}"'.encode())
    return 1 if at < 0 else raw.count(b"\n", 0, at) + 1


def _broken_json(raw: bytes) -> tuple[int, str]:
    try:
        json.loads(raw)
    except json.JSONDecodeError as error:
        return error.lineno, f"is no JSON ({error.msg}). Correct the comma, quote or brace there"
    return 1, "is no JSON. Write it again"


@cache
def catalogue() -> Catalogue:
    """The project's texts."""
    return Catalogue(FOLDER)


def check_templates() -> None:
    """Read everything now, so that a fault stops the start instead of a message."""
    catalogue()
