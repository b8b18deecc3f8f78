"""The systemd unit and the settings beside it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from api.settings import Issuer, Settings, read_settings

ROOT = Path(__file__).parents[2]
UNIT = (ROOT / "deploy/retthjem.service").read_text("utf-8")
EXAMPLE = (ROOT / "deploy/retthjem.example.toml").read_text("utf-8")
MOST_EXPOSED = 20  # of 100; systemd shows it as 2.0


def setting(name: str) -> str:
    """Return the last value of a setting in the unit."""
    *_, last = (line.partition("=")[2] for line in UNIT.splitlines() if line.startswith(f"{name}="))
    return last


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    (tmp_path / setting("LoadCredential").split(":")[0]).write_text("hush\n", "utf-8")
    (tmp_path / "retthjem.toml").write_text(EXAMPLE, "utf-8")
    given = dict(line.split("=", 1) for line in re.findall(r"^Environment=(.*)$", UNIT, re.MULTILINE))
    monkeypatch.setenv(
        "RETTHJEM_ISSUER__CLIENT_SECRET_FILE", given["RETTHJEM_ISSUER__CLIENT_SECRET_FILE"].replace("%d", str(tmp_path))
    )
    monkeypatch.setenv("RETTHJEM_CONFIG", str(tmp_path / "retthjem.toml"))
    return read_settings()


def test_the_example_settings_are_taken(settings: Settings) -> None:
    assert settings.issuer
    assert settings.issuer.client_secret
    assert settings.issuer.client_secret.get_secret_value() == "hush"
    assert settings.secure
    assert not settings.demo


def test_what_stands_out_commented_in_the_example_is_a_setting() -> None:
    offered = set(re.findall(r"^# (\w+) = ", EXAMPLE, re.MULTILINE))
    assert offered - Issuer.model_fields.keys()
    assert offered <= Settings.model_fields.keys() | Issuer.model_fields.keys()


def test_commands_beside_the_service_need_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "retthjem.toml").write_text(EXAMPLE, "utf-8")
    monkeypatch.setenv("RETTHJEM_CONFIG", str(tmp_path / "retthjem.toml"))
    assert read_settings().issuer


def test_the_database_lies_where_the_unit_lets_it_be_written(settings: Settings) -> None:
    assert settings.database.removeprefix("sqlite:///").startswith(f"/var/lib/{setting('StateDirectory')}/")


def test_the_service_has_longer_to_stop_than_the_settings_give_requests(settings: Settings) -> None:
    assert int(setting("TimeoutStopSec")) > settings.stop_seconds


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="apt-get install systemd")
def test_systemd_finds_the_unit_right_and_little_exposed(tmp_path: Path) -> None:
    # Neither the program nor its user is on this machine.
    here = UNIT.replace("/opt/retthjem/bin/retthjem", "/bin/true").replace("=retthjem\nGroup=retthjem", "=daemon")
    unit = tmp_path / "retthjem.service"
    unit.write_text(here, "utf-8")
    verified = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert [line for line in verified.stderr.splitlines() if "retthjem" in line] == []
    threshold = f"--threshold={MOST_EXPOSED}"
    asked = ["systemd-analyze", "security", "--offline=true", threshold, str(unit)]
    assert subprocess.run(asked, capture_output=True, check=False).returncode == 0
