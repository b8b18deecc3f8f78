"""`./dev sbom OUT.json`: every package that is installed with the program or laid into it, as CycloneDX."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cyclonedx.spdx import is_supported_id

ROOT = Path(__file__).parents[2]
LOCKED = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>\S+)", re.MULTILINE)
Json = dict[str, Any]


def main() -> None:
    """Write the list to the file that is named."""
    listed = sbom((ROOT / "locks/postgres.txt").read_text("utf-8"), _environment(), _npm_lock())
    Path(sys.argv[1]).write_text(json.dumps(listed, indent=1, sort_keys=True) + "\n", "utf-8")


def sbom(lock: str, environment: Json, npm_lock: Json) -> Json:
    """Return what the lock names, with what the environment knows of it, and what npm's lock names."""
    known = {_canonical(each["name"]): each for each in environment["components"]}
    python = [_python(name, version, known) for name, version in LOCKED.findall(lock)]
    components = [*python, *_of_npm(npm_lock)]
    kept = {each["bom-ref"] for each in components} | {"root-component"}
    listed: Json = _without_links(environment)
    return listed | {
        "components": _without_links(components),
        "dependencies": [
            each | {"dependsOn": [ref for ref in each.get("dependsOn", ()) if ref in kept]}
            for each in environment["dependencies"]
            if each["ref"] in kept
        ],
    }


def _python(name: str, version: str, known: Mapping[str, Json]) -> Json:
    """Return a package; one that this machine does not need, such as Windows', has its name and version alone."""
    installed = known.get(_canonical(name))
    if installed and installed["version"] == version:
        return installed
    purl = f"pkg:pypi/{_canonical(name)}@{version}"
    return {"bom-ref": purl, "name": name, "purl": purl, "type": "library", "version": version}


def _of_npm(lock: Json) -> Iterator[Json]:
    for place, package in lock["packages"].items():
        if place:
            name = place.removeprefix("node_modules/")
            purl = f"pkg:npm/{name.replace('@', '%40')}@{package['version']}"
            # htmx calls its licence BSD-0-Clause, which SPDX calls 0BSD; what it does not know is a name and no id.
            kind = "id" if is_supported_id(package["license"]) else "name"
            licenses = [{"license": {kind: package["license"], "acknowledgement": "declared"}}]
            told = {"name": name, "version": package["version"], "licenses": licenses}
            yield {"bom-ref": purl, "purl": purl, "type": "library", **told}


def _without_links(part: Any) -> Any:
    """Return the part without addresses: they are of registries and of this machine, and a scanner goes by the purl."""
    if isinstance(part, list):
        return [_without_links(each) for each in part]
    if isinstance(part, dict):
        return {key: _without_links(each) for key, each in part.items() if key != "externalReferences"}
    return part


def _environment() -> Json:
    tool = Path(sys.executable).parent / "cyclonedx-py"
    asked = ["environment", "--output-reproducible", "--pyproject", "pyproject.toml", sys.executable]
    done = subprocess.run([tool, *asked], cwd=ROOT, check=True, capture_output=True, text=True)
    found: Json = json.loads(done.stdout)
    return found


def _npm_lock() -> Json:
    lock: Json = json.loads((ROOT / "assets/package-lock.json").read_text("utf-8"))
    return lock


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    main()
