"""Where the web server listens: whether it can, and how people write it.

Tried before anything is started, so that a port in use is one sentence and not a role dying five times.
"""

from __future__ import annotations

import errno
import os
import socket
from http.client import HTTPConnection, HTTPException

from registry.errors import AddressUnavailable

_ANY_HOST = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - recognised, not listened on


def check_address(host: str, port: int) -> None:
    """Raise AddressUnavailable if the web server could not listen on ``host`` and ``port``."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (socket.gaierror, UnicodeError) as error:
        raise AddressUnavailable(
            f"{host!r} is no address to listen on; choose another with DISCOVERIES_HOST"
        ) from error
    for family, kind, protocol, _, address in found:
        try:
            with socket.socket(family, kind, protocol) as endpoint:
                endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                endpoint.bind(address)
        except OSError as error:
            raise AddressUnavailable(_explain(host, port, error)) from error


def answers(host: str, port: int) -> bool:
    """Whether a web server answers there now; what it answers does not matter."""
    connection = HTTPConnection(local_host(host), port, timeout=2)
    try:
        connection.request("HEAD", "/")
        connection.getresponse()
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    return True


def local_host(host: str) -> str:
    """The host to which this machine itself connects."""
    return _ANY_HOST.get(host, host)


def address_of(host: str, port: int) -> str:
    """The address people type on this machine."""
    name = local_host(host)
    return f"http://{f'[{name}]' if ':' in name else name}:{port}"


def _explain(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        why = f"port {port} on {host} is used by another program"
    elif error.errno == errno.EACCES:
        why = f"this user may not listen on port {port} (ports under 1024 belong to root)"
    elif error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this machine; choose another with DISCOVERIES_HOST"
    else:
        why = f"cannot listen on {host} port {port}: {os.strerror(error.errno or 0)}"
    return f"{why}; choose another with --port, DISCOVERIES_PORT or `make up PORT=…`"
