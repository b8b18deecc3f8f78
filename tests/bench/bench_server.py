"""The application as it is served, with one route more that only reads a case: what storing is compared with."""

from __future__ import annotations

import gc
import json
import sys
from typing import Annotated

import uvicorn
from fastapi import Depends, Request
from fastapi.responses import JSONResponse

from api.app import Service, routes, within
from api.observing import logs
from api.people.user import User
from api.people.who import needs
from api.screening import Screening
from api.serving import listening_at
from api.settings import read_settings
from api.storage.engine import make_engine
from api.storage.schema import upgrade
from api.v1.asking import json_of
from forms.model import read_case

MANY = 1_000_000


def main(database: str, port: int, clients: str = "") -> None:
    """Serve until stopped."""
    cds = {"clients": json.loads(clients or "[]")}
    settings = read_settings(demo=True, database=database, port=port, limits={"system": MANY, "address": MANY}, cds=cds)
    engine = make_engine(database)
    upgrade(engine)
    engine.dispose()
    logs.start(level="info")
    service = Service.start(settings, Screening(synthetic_only=True))
    _ = service.record.screening.second
    app = routes(service)

    @app.post("/bench/parse")
    async def parse(request: Request, user: Annotated[User, Depends(needs("screen"))]) -> JSONResponse:
        _, content = await json_of(request)
        read_case(content)
        return JSONResponse({"ok": True, "role": user.role})

    @app.post("/bench/read")
    async def read(request: Request) -> JSONResponse:
        _, content = await json_of(request)
        return JSONResponse({"ok": len(content)})

    gc.collect()
    gc.freeze()
    config = uvicorn.Config(within(app, service), **logs.UVICORN)
    uvicorn.Server(config).run(sockets=[listening_at(settings.host, port)])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
