"""`kinline switchboard`: the process that runs calls."""

import argparse
import asyncio
import contextlib
import gc
import signal

import django
import structlog
import uvloop

from kinline import logs
from kinline.configuration import Configuration, configuration

log = structlog.get_logger("switchboard")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything comes from the environment."""


def run(arguments: argparse.Namespace) -> None:
    """Run calls until SIGTERM or SIGINT; then end them, settle them and leave."""
    settings = configuration()
    logs.configure(settings)
    django.setup()
    uvloop.run(serve(settings))


async def serve(settings: Configuration) -> None:
    """Open the wire, the sound and the books; run calls until a signal; close all in order."""
    # Imported here: these modules need Django's apps, which `run` sets up first.
    from kinline.certificate import certificate_files
    from kinline.facilities.digest import REALM
    from kinline.telephony.media.embedded import EmbeddedEngine
    from kinline.telephony.prompts import Prompts
    from kinline.telephony.sip.endpoint import Endpoint
    from kinline.telephony.sip.registrar import Registrar
    from kinline.telephony.sip.tls import TlsFiles
    from kinline.telephony.switchboard.board import Switchboard
    from kinline.telephony.switchboard.books import Books
    from kinline.telephony.switchboard.directory import Directory
    from kinline.telephony.switchboard.equipment import Equipment
    from kinline.telephony.switchboard.menu import account_line
    from kinline.telephony.switchboard.placing import Placing
    from kinline.telephony.switchboard.routes import Routes

    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)

    books = Books()
    directory = Directory()
    await directory.refresh(books)
    engine = EmbeddedEngine(settings.host, settings.rtp_first_port, settings.rtp_last_port)
    certificate = certificate_files(settings)
    endpoint = await Endpoint.open(
        settings.host,
        settings.sip_port,
        tls=TlsFiles(certificate.certificate, certificate.key, port=settings.sips_port),
        realm=REALM,
        digest_algorithms=settings.sip_digest.algorithms,
        authority=directory,
        registrar=Registrar(),
    )
    equipment = Equipment(
        endpoint,
        engine,
        books,
        Prompts(settings.prompts, settings.names),
        Routes(directory, endpoint.targets),
        settings.recordings,
    )
    board = Switchboard(equipment, directory, account_line(settings))
    board.health.asks_carriers = settings.carrier_checks
    placing = Placing(equipment, board.id, settings.account_number)
    endpoint.agent.on_call = board.on_call
    # What is loaded by now stays, and a call leaves few cycles: looking through all of it again and again would cost a
    # third of the time of SIP, and hold up the sound for tens of milliseconds.
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)
    log.info("switchboard.open", switchboard=board.id, sip_port=endpoint.port)
    duties = tuple(
        asyncio.ensure_future(duty)
        for duty in (
            board.keep_alive(),
            board.keep_watch(),
            board.health.keep_telling(),
            directory.keep_fresh(books),
            placing.keep_placing(),
        )
    )
    try:
        await stopping.wait()
    finally:
        await placing.end_calls()
        await board.drain(settings.drain_seconds)
        for duty in duties:
            duty.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await duty
        await endpoint.close()
        await engine.close()
        await books.close()
        log.info("switchboard.closed", switchboard=board.id)
