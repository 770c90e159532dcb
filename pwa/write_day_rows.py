"""Writes `static/css/parts/day_rows.css`: one class per five-minute start and length of the desk's day grid.

Pages may hold no inline style, so a block says `class="visit at-18 len-5"`: row 18 is an hour and a half
after the first hour shown, five rows are 25 minutes. Thirteen hours are 156 rows.
"""

from pathlib import Path

ROWS = 156
TARGET = Path(__file__).parent / "static" / "css" / "parts" / "day_rows.css"


def day_rows(rows: int = ROWS) -> str:
    """The style sheet's text: `.at-0` to `.at-<rows - 1>`, `.len-1` to `.len-<rows>`."""
    starts = "\n".join(f".at-{row}{{grid-row-start:{row + 1}}}" for row in range(rows))
    lengths = "\n".join(f".len-{row}{{grid-row-end:span {row}}}" for row in range(1, rows + 1))
    head = "/* Written by write_day_rows.py: a row is five minutes. */"
    return f"{head}\n@layer parts {{\n{starts}\n{lengths}\n}}\n"


if __name__ == "__main__":
    TARGET.write_text(day_rows(), encoding="utf-8")
