"""What every call needs: the record, who may call, and the way to FHIR servers; made once, when the server starts."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from api.cds.fetching import Fetcher
from api.cds.tokens import ClientTokens
from api.people.entrance import Entrance
from api.record.record import Record
from api.settings import Settings


@dataclass(frozen=True)
class Desk:
    """The services' own parts."""

    settings: Settings
    record: Record
    fetcher: Fetcher
    tokens: ClientTokens

    @classmethod
    def start(cls, settings: Settings, record: Record, entrance: Entrance) -> Desk:
        """Return the desk that the settings ask for."""
        fetcher = Fetcher(settings.cds.fhir_servers, own_machine=settings.demo)
        return cls(settings, record, fetcher, ClientTokens(settings.cds, settings.address, entrance.once))

    async def close(self) -> None:
        """Close the connections."""
        await self.fetcher.close()
        await self.tokens.close()


def desk_of(request: Request) -> Desk:
    """Return the application's desk."""
    found: Desk = request.app.state.cds
    return found
