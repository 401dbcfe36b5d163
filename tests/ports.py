"""A port of this machine for a server that a test starts itself."""

import socket


def free_port() -> int:
    """Free a moment ago; somebody else may take it before the server does."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
