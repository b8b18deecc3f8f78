"""`retthjem serve`: the database made ready, the address taken, and the application served until it is stopped."""

from __future__ import annotations

import gc
import socket
from contextlib import suppress

import uvicorn

from api.app import Service, make_app
from api.demo import fill
from api.files import print_out
from api.observing import logs
from api.screening import Screening, read_overlay, texts_in
from api.settings import Settings
from api.slow_requests import Prompt, most_connections
from api.steering.closer import Closer
from api.storage.engine import make_engine
from api.storage.rebuild import rebuild_if_stale, rebuild_lists
from api.storage.schema import make_ready
from engine.errors import InputError


def serve(settings: Settings) -> None:
    """Serve until stopped, after saying what to open."""
    screening = screening_for(settings)
    logs.start(level=settings.log.level, console=settings.demo or settings.log.format == "text")
    listening = listening_at(settings.host, settings.port)
    settings = settings.model_copy(update={"port": listening.getsockname()[1]})
    _make_ready(settings, screening)
    service = Service.start(settings, screening)
    if settings.demo:
        fill(service.record, past=True)
    _ = screening.second
    app = make_app(service)
    print_out(texts_in("nb")("serve.open", url=f"{settings.address}/") + "\n")
    gc.collect()
    gc.freeze()  # what is loaded now stays, so the collector need not walk it again at every request
    stop = settings.stop_seconds or None
    config = uvicorn.Config(
        app,
        http=Prompt,
        limit_concurrency=most_connections(),
        timeout_graceful_shutdown=stop,
        lifespan="on",
        **logs.UVICORN,
    )
    closer = Closer(service.record)
    closer.start()
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listening])
    closer.stop()


def screening_for(settings: Settings) -> Screening:
    """Return the rules that the settings ask for; a demo, however it was asked for, takes synthetic people alone."""
    overlay = read_overlay(settings.overlay) if settings.overlay else None
    return Screening(overlay, synthetic_only=settings.demo)


def _make_ready(settings: Settings, screening: Screening) -> None:
    offsets = screening.overlay.offsets if screening.overlay else {}
    engine = make_engine(settings.database)
    try:
        make_ready(
            engine,
            upgrade_old=settings.upgrade_at_start,
            rebuild=lambda connection: rebuild_lists(connection, offsets),
        )
        rebuild_if_stale(engine, offsets)  # before anyone is served: a changed offset moves dates on every list
    finally:
        engine.dispose()


def listening_at(host: str, port: int) -> socket.socket:
    """Return a socket that listens, so that a port in use or out of range is known before anything starts.

    An answer's head and body are written apart. The connections inherit that the body does not wait for the caller's
    word that the head has come, which takes 40 ms on a connection that is kept.
    """
    try:
        listening = socket.create_server((host, port))
    except (OSError, OverflowError):
        raise InputError("--port", "port_not_free") from None
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
