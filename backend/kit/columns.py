"""Piccolo gives every column a silent default ('' or 0 or now) and every foreign key ON DELETE CASCADE.

These two say what we mean instead: `Text(**REQUIRED)` must be given, `Text(**OPTIONAL)` may be NULL.
"""

from typing import Any

REQUIRED: dict[str, Any] = {"default": None, "null": False}
OPTIONAL: dict[str, Any] = {"default": None, "null": True}
