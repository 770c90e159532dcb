"""Addresses of our own that came back in a form or a link, and so may be anything."""

LONGEST = 200


def safe_path(wanted: str, otherwise: str = "/") -> str:
    """A path of our own to return to; anything that a browser could read as another site gives `otherwise`.

    >>> safe_path("/compte"), safe_path("//evil.example"), safe_path("/\\\\evil.example"), safe_path("https://x")
    ('/compte', '/', '/', '/')
    """
    plain = wanted.isprintable() and "\\" not in wanted and len(wanted) <= LONGEST
    return wanted if plain and wanted.startswith("/") and not wanted.startswith("//") else otherwise
