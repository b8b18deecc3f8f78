"""What is served follows the settings, however they were given."""

from __future__ import annotations

import socket

import pytest

from api.app import Service
from api.screening import Screening
from api.serving import listening_at, screening_for
from api.settings import read_settings


@pytest.mark.parametrize("way", ["argument", "environment", "file"])
def test_a_demo_takes_synthetic_people_alone_however_it_was_asked_for(way, monkeypatch, tmp_path):
    if way == "environment":
        monkeypatch.setenv("RETTHJEM_DEMO", "true")
    if way == "file":
        (tmp_path / "retthjem.toml").write_text("demo = true\n", "utf-8")
        monkeypatch.setenv("RETTHJEM_CONFIG", str(tmp_path / "retthjem.toml"))
    settings = read_settings(demo=True) if way == "argument" else read_settings()
    assert screening_for(settings).synthetic_only


def test_a_demo_over_rules_that_take_anyone_does_not_start(tmp_path):
    settings = read_settings(demo=True, database=str(tmp_path / "demo.sqlite"))
    with pytest.raises(ValueError, match="synthetic"):
        Service.start(settings, Screening())


def test_what_is_written_on_a_connection_leaves_at_once_and_waits_for_no_word_from_the_caller():
    with listening_at("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        connection, _ = listening.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
