"""What the program is made of, with versions and licences and without addresses."""

from __future__ import annotations

import json
import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.running import sbom
from tests.running.sbom import Json, _canonical

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Json:
    out = tmp_path_factory.mktemp("sbom") / "sbom.json"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["sbom", str(out)])
        sbom.main()
    found: Json = json.loads(out.read_text("utf-8"))
    return found


def is_installed(name: str, wanted: str) -> bool:
    try:
        return version(name) == wanted
    except PackageNotFoundError:
        return False


@pytest.mark.parametrize("lock", ["run", "postgres"])
def test_every_package_of_the_lock_is_in_it_with_its_licence(listed: Json, lock: str) -> None:
    locked = sbom.LOCKED.findall((ROOT / f"locks/{lock}.txt").read_text("utf-8"))
    named = {(_canonical(each["name"]), each["version"]): each for each in listed["components"]}
    assert {(_canonical(name), version) for name, version in locked} <= named.keys()
    licensed = [named[_canonical(name), version] for name, version in locked if is_installed(name, version)]
    assert len(licensed) >= 50
    assert [each["name"] for each in licensed if not each.get("licenses")] == []


def test_what_is_laid_in_from_npm_is_in_it(listed: Json) -> None:
    wanted = json.loads((ROOT / "assets/package.json").read_text("utf-8"))["dependencies"]
    from_npm = {each["name"]: each for each in listed["components"] if each["purl"].startswith("pkg:npm/")}
    assert wanted == {name: from_npm[name]["version"] for name in wanted}
    assert from_npm["source-sans"]["licenses"][0]["license"]["id"] == "OFL-1.1"


def test_the_tools_that_it_is_tested_with_are_not(listed: Json) -> None:
    assert {each["name"].lower() for each in listed["components"]}.isdisjoint({"pytest", "mypy", "cyclonedx-bom"})


def test_it_holds_no_address_and_no_place_on_this_machine(listed: Json) -> None:
    addresses = re.findall(r"[a-z]+://[^\"]*", json.dumps(listed))
    assert addresses == ["http://cyclonedx.org/schema/bom-1.6.schema.json"]
    assert str(ROOT) not in json.dumps(listed)


def test_it_is_cyclonedx(listed: Json) -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(listed)) is None
