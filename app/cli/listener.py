"""The socket that the server listens on. It is opened before anything is changed."""

import errno
import socket
from ipaddress import ip_address

from app.cli.console import CommandFailed
from app.config.settings import Settings

_BACKLOG = 2048


def listen(settings: Settings) -> socket.socket:
    """Returns a listening socket; raises `CommandFailed`, which says what to do, if there can be none."""
    host, port = settings.host, settings.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except socket.gaierror:
        raise CommandFailed(
            f"{host} is not an address of this machine: choose another with --host or WAYBILL_HOST"
        ) from None
    except OSError as error:
        raise CommandFailed(_why_not(host, port, error)) from None


def base_address(listener: socket.socket) -> str:
    """Returns the address at which a browser on this machine reaches the listener."""
    host, port = listener.getsockname()[:2]
    if ip_address(host).is_unspecified or ip_address(host).is_loopback:
        return f"http://localhost:{port}"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is taken: choose another with --port or PORT, such as PORT={port + 1}"
    if error.errno == errno.EACCES:
        return f"port {port} on {host} needs privileges: choose one above 1023 with --port or PORT"
    return f"cannot listen on port {port} of {host} ({error.strerror}): choose another --host or --port"
