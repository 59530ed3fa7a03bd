"""`kinline web`: the web pages, served by uvicorn."""

import argparse
import signal

import structlog
import uvicorn

from kinline import logs
from kinline.configuration import configuration

log = structlog.get_logger("web")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Address and port come from KINLINE_HOST and KINLINE_WEB_PORT."""


def run(arguments: argparse.Namespace) -> None:
    """Serve until SIGTERM."""
    settings = configuration()
    logs.configure(settings)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)  # uvicorn stops gracefully, then raises the signal it got once more
    log.info("web.open", host=settings.host, port=settings.web_port)
    uvicorn.run(
        "kinline.web.asgi:application",
        host=settings.host,
        port=settings.web_port,
        loop="uvloop",
        lifespan="off",
        access_log=False,  # our own middleware writes it, without what people type
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    log.info("web.closed")
