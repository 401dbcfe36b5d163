"""The office's pages as one WSGI application, made from a runtime."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from postal_service.runtime import Runtime
from postal_service.web import site


def create_app(runtime: Runtime) -> Flask:
    """The pages of desk, counter, agency, manager, citizen and auditor over this runtime."""
    app = site.build(runtime)
    proxies = runtime.settings.trusted_proxies
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    return app
