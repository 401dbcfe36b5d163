"""The office's pages as one WSGI application, made from a runtime."""

from flask import Flask

from postal_service.runtime import Runtime
from postal_service.web import site


def create_app(runtime: Runtime) -> Flask:
    """The pages of desk, counter, agency, manager, citizen and auditor over this runtime."""
    return site.build(runtime)
