"""Quenotte measured beside its floors and peers: `make bench`. What it found: docs/performance.md."""
