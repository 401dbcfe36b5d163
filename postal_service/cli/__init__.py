"""Commands for the people who run the service. Each opens the store, calls one use case, answers."""

from postal_service.cli.commands import main

__all__ = ["main"]
