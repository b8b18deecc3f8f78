"""A small FHIR server for the counterparts: it reads and finds what it was given, for pages from anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

Resource = dict[str, Any]


class FhirHandler(BaseHTTPRequestHandler):
    """Answers reads and searches by patient."""

    resources: Sequence[Resource] = ()

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        kind, _, id = parts.path.removeprefix("/fhir/").partition("/")
        if kind == "metadata":
            self._answer({"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "status": "active"})
        elif id:
            found = next((each for each in self.resources if (each["resourceType"], each["id"]) == (kind, id)), None)
            self._answer(found or {"resourceType": "OperationOutcome"}, 200 if found else 404)
        else:
            self._search(kind, parse_qs(parts.query))

    def do_POST(self) -> None:
        form = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        self._search(self.path.removeprefix("/fhir/").removesuffix("/_search"), parse_qs(form))

    def do_OPTIONS(self) -> None:
        self._answer({})

    def log_message(self, *_: object) -> None: ...

    def _search(self, kind: str, asked: dict[str, list[str]]) -> None:
        about = f"Patient/{asked.get('patient', [''])[0]}"
        found = [
            each
            for each in self.resources
            if each["resourceType"] == kind and each.get("subject", {}).get("reference", about) == about
        ]
        entries = [{"resource": each, "search": {"mode": "match"}} for each in found]
        self._answer({"resourceType": "Bundle", "type": "searchset", "total": len(found), "entry": entries})

    def _answer(self, content: Any, status: int = 200) -> None:
        data = json.dumps(content).encode()
        self.send_response(status)
        for name in ("Origin", "Headers", "Methods"):
            self.send_header(f"Access-Control-Allow-{name}", "*")
        self.send_header("Access-Control-Allow-Headers", "authorization, content-type, accept")
        self.send_header("Content-Type", "application/fhir+json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class QuietFiles(SimpleHTTPRequestHandler):
    """Gives the files of a folder."""

    def log_message(self, *_: object) -> None: ...


@contextmanager
def served(handler: Any) -> Iterator[str]:
    """Serve on this machine; give the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def fhir(*resources: Resource) -> Any:
    """Return a server of these resources."""
    return type("Fhir", (FhirHandler,), {"resources": resources})


def files(folder: Path) -> Any:
    """Return a server of a folder."""
    return partial(QuietFiles, directory=str(folder))
