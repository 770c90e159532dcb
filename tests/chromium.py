"""Find Chromium for the browser tests; `python -m tests.chromium` installs it where that is allowed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ON_A_MAC = (
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
)
_HELP = (
    "The browser tests need Chromium: `sudo apt-get install chromium` on Debian, "
    "`brew install --cask google-chrome` on a Mac; or `make test-fast`, which does without."
)


def path() -> str | None:
    """The program of Chromium or Chrome; None where there is none."""
    for name in _NAMES:
        if found := shutil.which(name):
            return found
    return next((str(program) for program in _ON_A_MAC if program.exists()), None)


def main() -> int:
    """Make sure that there is one; the exit code."""
    if path() is None and os.geteuid() == 0 and shutil.which("apt-get"):
        _install()
    if path() is None:
        print(_HELP, file=sys.stderr)
        return 1
    return 0


def _install() -> None:
    """By Debian's own packages, with fonts, which it does not bring; a mirror may fail once or twice."""
    apt = ["apt-get", "-qq", "-o", "Acquire::Retries=3"]
    quietly = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    wanted = ["--no-install-recommends", "chromium", "fonts-liberation"]
    print("Installing Chromium.", flush=True)
    for _ in range(3):
        subprocess.run([*apt, "update"], env=quietly, check=False)
        if subprocess.run([*apt, "install", "-y", *wanted], env=quietly, check=False).returncode == 0:
            return


if __name__ == "__main__":
    sys.exit(main())
