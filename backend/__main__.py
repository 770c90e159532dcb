"""`python -m backend`: the same as the command `quenotte`."""

import sys

from backend.cli import main

sys.exit(main())
