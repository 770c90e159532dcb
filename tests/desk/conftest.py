"""Visits that exist as booking makes them, and their day at the desk."""

from tests.booking.conftest import steps

__all__ = ["steps"]
