"""The container file, as far as it can be checked where no engine runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOST = re.compile(r"\b[a-z0-9-]+(\.[a-z0-9-]+)*\.(org|com|io|no|net|dev)\b")
SECRET = re.compile(r"password|secret|token|key=", re.IGNORECASE)


def lines() -> list[tuple[str, str]]:
    """Return the instructions, each with its words."""
    text = (ROOT / "Containerfile").read_text("utf-8")
    joined = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    return [(line.split()[0], " ".join(line.split()[1:])) for line in joined.splitlines() if line.strip()]


def of(instruction: str) -> list[str]:
    """Return the words of each instruction of one kind."""
    return [words for name, words in lines() if name == instruction]


def last_stage() -> list[tuple[str, str]]:
    """Return the instructions of the stage that is kept."""
    found = lines()
    return found[max(at for at, (name, _) in enumerate(found) if name == "FROM") :]


def test_it_builds_from_one_image_and_the_stages_it_names() -> None:
    stages = {words.split(" AS ")[1] for words in of("FROM") if " AS " in words}
    assert stages == {"build", "folder", "wheels"}
    assert [words.split(" AS ")[0] for words in of("FROM")] == ["${BASE}", "scratch", "${WHEELS}", "${BASE}"]
    assert of("ARG") == ["BASE=python:3.11-slim-bookworm", "WHEELS=build"]


def test_what_it_copies_is_there_and_let_through() -> None:
    let_through = [line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line[0] == "!"]
    sources = [source for words in of("COPY") for source in shlex.split(words)[:-1]]
    assert set(sources) == set(let_through)
    assert [source for source in sources if not (ROOT / source).exists()] in ([], ["dist/wheels"])


def test_every_package_of_the_project_is_copied() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    copied = {source for words in of("COPY") for source in shlex.split(words)[:-1]}
    assert packages <= copied


def test_it_fetches_nothing_by_address_and_names_no_host() -> None:
    assert of("ADD") == []
    assert HOST.findall((ROOT / "Containerfile").read_text("utf-8")) == []


def test_it_runs_as_a_user_of_its_own_who_owns_nothing_but_the_volume() -> None:
    kept = dict(last_stage())
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", kept["USER"])
    assert kept["VOLUME"] == kept["WORKDIR"] == "/var/lib/retthjem"
    after = [name for name, _ in last_stage()][[name for name, _ in last_stage()].index("USER") :]
    assert "RUN" not in after


def test_only_wheels_whose_hashes_are_known_are_installed() -> None:
    (installs,) = (words for name, words in last_stage() if name == "RUN" and "pip install" in words)
    assert "--no-index" in installs
    assert "--require-hashes" in installs


def test_it_holds_no_secret_and_asks_the_service_how_it_is() -> None:
    assert not SECRET.search((ROOT / "Containerfile").read_text("utf-8"))
    assert "/health" in of("HEALTHCHECK")[0]


@pytest.mark.parametrize("package", ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"])
def test_it_has_the_libraries_that_printing_needs(package: str) -> None:
    assert package in of("RUN")[1]
