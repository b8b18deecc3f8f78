"""The application put together: the record, the routes, and what stands around every request.

Begin with `make_app`. What every request shares is made once, and let go when the server stops.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from fastapi import FastAPI
from starlette.types import ASGIApp

from api.board.routes import router as board_routes
from api.body_limit import SaidLength
from api.cds.desk import Desk
from api.cds.register import FromBrowsers
from api.cds.register import register as register_cds
from api.fhir.outcome import answer_outcomes, too_large
from api.fhir.register import register as register_fhir
from api.heads import Heads
from api.nightly.kept import Nightly, key_of
from api.nightly.run import logged_before
from api.observing.figures import stored_figures
from api.observing.health import Healthy, Parts, health_route
from api.observing.metrics import Metrics, metrics_route
from api.observing.probe import Probe
from api.observing.requests import Observed
from api.observing.templates import Templates
from api.people.entrance import Entrance, make_entrance
from api.people.routes import register as register_people
from api.places.addresses import Addresses
from api.record.record import Record
from api.screening import Screening
from api.secure_headers import SecureHeaders
from api.settings import Settings
from api.smart.routes import Launching
from api.smart.routes import register as register_launching
from api.steering.reading import Shelves
from api.storage.engine import make_engine
from api.storage.schema import is_current
from api.v1.register import register as register_version_1
from api.ward.register import register as register_ward
from api.web import example_pages, serve_files
from engine.rules import short_digest


@dataclass(frozen=True)
class Service:
    """What the application is made of; several applications in one process share nothing."""

    settings: Settings
    record: Record
    entrance: Entrance
    metrics: Metrics

    @classmethod
    def start(cls, settings: Settings, screening: Screening) -> Service:
        """Return the service over the database that the settings name, whose tables are this version's."""
        if settings.demo and not screening.synthetic_only:
            raise ValueError("A demo takes synthetic people alone; make its rules with screening_for(settings).")
        ruleset = screening.ruleset
        metrics = Metrics(version=ruleset.version, ruleset=short_digest(ruleset.digest))
        engine = make_engine(settings.database)
        record = Record.start(
            screening,
            engine,
            settings.hospital,
            committed=metrics.committed,
            addresses=Addresses.of(settings),
            figures=Shelves.of_settings(settings),
            logged_before=partial(logged_before, key=key_of(settings)),
        )
        return cls(settings, record, make_entrance(settings, engine, record.writer), metrics)

    async def close(self) -> None:
        """Finish what waits to be written, and let go of the database and the sign-in provider."""
        await self.entrance.close()
        self.record.close()


def make_app(service: Service) -> ASGIApp:
    """Return the application over a service, which it closes when it stops."""
    return within(routes(service), service)


def within(app: FastAPI, service: Service) -> ASGIApp:
    """Return routes with what stands around every request: its line in the log, its headers, its largest length."""
    limited = SaidLength(app, most=service.settings.largest_body, refusal=too_large)
    shared = FromBrowsers(limited, service.settings)
    return SecureHeaders(Observed(Heads(shared), Templates(app), service.metrics))


def routes(service: Service) -> FastAPI:
    """Return every route, with nothing around them."""
    desk = Desk.start(service.settings, service.record, service.entrance)
    launching = Launching.start(service.settings, service.record)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await desk.close()
        await launching.close()
        await service.close()

    app = FastAPI(
        title="Rett hjem",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        max_body_size=service.settings.largest_body,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.settings, app.state.record = service.settings, service.record
    app.state.nightly = Nightly.of(service.settings)
    serve_files(app)
    register_people(app, service.entrance)
    register_version_1(app)
    register_fhir(app)
    app.include_router(board_routes)
    register_cds(app, desk)
    _register_observing(app, service)
    register_ward(app)
    register_launching(app, launching)
    if service.settings.demo:
        app.include_router(example_pages(service.record.screening))
    answer_outcomes(app)
    return app


def _register_observing(app: FastAPI, service: Service) -> None:
    record, token = service.record, service.settings.metrics_token
    healthy = Healthy(Parts(lambda: is_current(record.engine), record.writer.is_alive))
    app.include_router(health_route(healthy, record.screening.ruleset.version))
    figures = Probe(lambda: stored_figures(record.engine))
    app.include_router(metrics_route(service.metrics, figures, token.get_secret_value() if token else None))
    service.metrics.watch_queue(lambda: record.writer.waiting)
