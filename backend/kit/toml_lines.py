"""On which line each part of a TOML text stands, which `tomllib` does not tell.

>>> lines = lines_of('[[site]]\\nname = "Lyon"\\nhours = [\\n  { on = "monday" },\\n]\\n')
>>> lines["site", 0, "name"], lines["site", 0, "hours", 0, "on"]
(2, 4)
"""

import re
import tomllib
from collections.abc import Iterator
from typing import Any, NamedTuple

Path = tuple[str | int, ...]

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|\#[^\n]*|\n|[\[\]{},=]'
    r"|[^\s\[\]{},=\"'\#]+",
    re.DOTALL,
)


class _Token(NamedTuple):
    text: str
    line: int


def lines_of(text: str) -> dict[Path, int]:
    """The line (from 1) of every table, key and element of an array. `text` must be valid TOML."""
    return _Reader(text).read()


def line_at(lines: dict[Path, int], path: Path) -> int:
    """The line of a part, or of the nearest part around it that is written."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


class _Reader:
    """Walks through the tokens of a text that is known to be right."""

    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.place = 0
        self.lines: dict[Path, int] = {}
        self.counts: dict[Path, int] = {}

    def read(self) -> dict[Path, int]:
        table: Path = ()
        while self._skip():
            if self._text() == "[":
                table = self._header()
            else:
                self._pair(table)
        return self.lines

    def _header(self) -> Path:
        line = self.tokens[self.place].line
        many = self.tokens[self.place + 1].text == "["
        self.place += 1 + many
        *outer, last = self._key("]")
        self.place += many
        path: Path = ()
        for name in outer:
            path = self._newest((*path, name))
        path = (*path, last)
        if many:
            number = self.counts[path] = self.counts.get(path, -1) + 1
            self.lines.setdefault(path, line)
            path = (*path, number)
        self.lines[path] = line
        return path

    def _newest(self, path: Path) -> Path:
        return (*path, self.counts[path]) if path in self.counts else path

    def _pair(self, table: Path) -> None:
        line = self.tokens[self.place].line
        path: Path = table
        for name in self._key("="):
            path = (*path, name)
            self.lines.setdefault(path, line)
        self._value(path)

    def _key(self, until: str) -> list[str]:
        parts = []
        while self._text() != until:
            parts.append(self._text())
            self.place += 1
        self.place += 1
        found: Any = tomllib.loads(f"{''.join(parts)} = 0")
        names = []
        while isinstance(found, dict):
            ((name, found),) = found.items()
            names.append(name)
        return names

    def _value(self, path: Path) -> None:
        self._skip()
        self.lines.setdefault(path, self.tokens[self.place].line)
        opened = self._text()
        self.place += 1
        if opened == "[":
            self._elements(path)
        elif opened == "{":
            self._pairs(path)
        else:
            # A date and its hour may be two words.
            while self.place < len(self.tokens) and self._text() not in {"\n", ",", "]", "}"}:
                self.place += 1

    def _elements(self, path: Path) -> None:
        number = 0
        while self._skip() and self._text() != "]":
            if self._text() == ",":
                self.place += 1
                continue
            self._value((*path, number))
            number += 1
        self.place += 1

    def _pairs(self, path: Path) -> None:
        while self._skip() and self._text() != "}":
            if self._text() == ",":
                self.place += 1
                continue
            self._pair(path)
        self.place += 1

    def _skip(self) -> bool:
        while self.place < len(self.tokens) and self._text()[0] in "\n#":
            self.place += 1
        return self.place < len(self.tokens)

    def _text(self) -> str:
        return self.tokens[self.place].text


def _tokens(text: str) -> Iterator[_Token]:
    line, seen = 1, 0
    for match in _TOKEN.finditer(text):
        line += text.count("\n", seen, match.start())
        seen = match.start()
        yield _Token(match[0], line)
