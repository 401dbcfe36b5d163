"""Reports are of the small organisation."""

from tests.services.peopled import engine, peopled, world

__all__ = ["engine", "peopled", "world"]
