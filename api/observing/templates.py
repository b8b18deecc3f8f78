"""The template of a route, which is logged and counted in place of the path: a path may hold what it should not."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount
from starlette.types import Scope

NO_ROUTE = "-"


class Templates:
    """Finds the template that answered a request; looks through the routes at the first request, when all are there."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def of(self, scope: Scope) -> str:
        """Return the template that answered, with its prefixes, or that none did."""
        # FastAPI keeps only the innermost part of the template on the route, so it is looked up by the route itself.
        found = self._by_part.get(id(scope.get("route"))) or self._by_part.get(id(scope.get("endpoint")))
        if found:
            return found
        mounted = scope.get("root_path", "").removeprefix(scope.get("app_root_path", ""))
        return mounted if mounted in self._mounts else NO_ROUTE

    @cached_property
    def _by_part(self) -> dict[int, str]:
        return {id(part): template for part, template in self._parts() if part is not None}

    @cached_property
    def _mounts(self) -> frozenset[str]:
        contexts = iter_route_contexts(self._app.routes)
        return frozenset(each.path for each in contexts if isinstance(each.original_route, Mount) and each.path)

    def _parts(self) -> Iterator[tuple[Any, str]]:
        for each in iter_route_contexts(self._app.routes):
            if not isinstance(each.original_route, Mount) and each.path:
                yield each.endpoint, each.path
                yield each.original_route, each.path
