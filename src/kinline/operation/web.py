"""`kinline web`: the web pages, and on a port of its own what people sent in, served by uvicorn."""

import argparse
import signal
import socket
from types import FrameType

import structlog
import uvicorn

from kinline import logs
from kinline.configuration import configuration

log = structlog.get_logger("web")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Address and ports come from KINLINE_HOST, KINLINE_WEB_PORT and KINLINE_FILES_PORT."""


def run(arguments: argparse.Namespace) -> None:
    """Serve until SIGTERM."""
    settings = configuration()
    logs.configure(settings)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)  # uvicorn stops gracefully, then raises the signal it got once more
    log.info("web.open", host=settings.host, port=settings.web_port, files_port=settings.files_port)
    served = uvicorn.Config(
        "kinline.web.asgi:application",
        loop="uvloop",
        lifespan="off",
        access_log=False,  # our own middleware writes it, without what people type
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    sockets = [listening(settings.host, port) for port in (settings.web_port, settings.files_port)]
    _Server(served).run(sockets)
    log.info("web.closed")


class _Server(uvicorn.Server):
    """Lets go of open boards when it is to stop: they would hold up the end."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        from kinline.web.staff.live.watch import close_boards  # by now Django is set up

        super().handle_exit(sig, frame)
        close_boards()


def listening(host: str, port: int) -> socket.socket:
    """A socket that waits for browsers."""
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    return socket.create_server(address[:2], family=family, backlog=2048)
