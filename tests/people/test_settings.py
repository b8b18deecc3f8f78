"""Settings come from one file and the environment, and what is wrong is said without what was written."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.refusals import refusal_in_words
from api.screening import texts_in
from api.settings import Issuer, Settings, read_settings
from engine.errors import InputError
from tests.people import settings_page

ISSUER = """
hospital = "STO"
[issuer]
url = "https://id.example.no/realm"
client_id = "retthjem"
audience = ["https://retthjem.example.no"]
"""
SECRET = "hunter2-hunter2"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the path of the file that the environment names."""
    path = tmp_path / "retthjem.toml"
    path.write_text("", "utf-8")
    monkeypatch.setenv("RETTHJEM_CONFIG", str(path))
    return path


def wrong(**given: object) -> InputError:
    """Return what is wrong with the settings."""
    with pytest.raises(InputError) as error:
        read_settings(**given)
    return error.value


def test_without_a_file_the_settings_are_for_ones_own_machine():
    settings = read_settings()
    assert (settings.address, settings.secure, settings.demo, settings.issuer) == (
        "http://127.0.0.1:8000",
        False,
        False,
        None,
    )


def test_the_environment_stands_over_the_file_and_the_command_line_over_both(config, monkeypatch):
    config.write_text("port = 8001\nhost = '10.0.0.1'\n[session]\nidle_minutes = 5\nlongest_hours = 6\n", "utf-8")
    monkeypatch.setenv("RETTHJEM_PORT", "8002")
    monkeypatch.setenv("RETTHJEM_SESSION__IDLE_MINUTES", "7")
    settings = read_settings(host="10.0.0.2", database=None)
    assert (settings.host, settings.port) == ("10.0.0.2", 8002)
    assert (settings.session.idle_minutes, settings.session.longest_hours) == (7, 6)
    assert settings.database.startswith("sqlite:")


@pytest.mark.parametrize(
    ("content", "place", "code"),
    [
        ("prot = 1", "prot", "setting_unknown"),
        ("session.idle = 1", "session.idle", "setting_unknown"),
        ("log.level = 'loud'", "log.level", "setting_not_allowed"),
        ("session.idle_minutes = 0", "session.idle_minutes", "setting_too_small"),
        ("port = 70000", "port", "setting_too_large"),
        ("port = 'x'", "port", "setting_wrong"),
        ("issuer = 3", "issuer", "setting_wrong"),
        ("trusted_proxies = ['nowhere']", "trusted_proxies.0", "setting_wrong"),
        ("public_url = 'https://x.no/path'", "public_url", "setting_not_origin"),
        ("public_url = 'https://x.no?a=b'", "public_url", "setting_not_origin"),
        ("public_url = 'ftp://x.no'", "public_url", "setting_not_origin"),
        ("public_url = 'http://['", "public_url", "setting_not_origin"),
        ("a b", "RETTHJEM_CONFIG", "setting_file_not_toml"),
        (ISSUER + "algorithms = ['HS256']", "issuer.algorithms.0", "setting_not_allowed"),
        (ISSUER + "algorithms = ['none']", "issuer.algorithms.0", "setting_not_allowed"),
        (ISSUER + "algorithms = []", "issuer.algorithms", "setting_wrong"),
        (ISSUER + "role_names = { boss = 'director' }", "issuer.role_names.boss", "setting_not_allowed"),
        (ISSUER + "client_secret_file = 'nowhere'", "issuer.client_secret_file", "setting_secret_unreadable"),
        (ISSUER + "client_secret_file = 'x'\nclient_secret = 'y'", "issuer.client_secret_file", "setting_secret_twice"),
        (ISSUER.replace("https://id", "http://id"), "issuer.url", "setting_not_https"),
        (ISSUER.replace("https://id", "id"), "issuer.url", "setting_not_address"),
        (ISSUER.replace("id.example.no", "["), "issuer.url", "setting_not_address"),
        (ISSUER.replace("id.example.no", "h:x"), "issuer.url", "setting_not_address"),
        (ISSUER.replace("[issuer]", "public_url = 'https://['\n[issuer]"), "public_url", "setting_not_origin"),
        (ISSUER.replace("/realm", "/realm?a=b"), "issuer.url", "setting_not_address"),
        (ISSUER.replace('client_id = "retthjem"', ""), "issuer.client_id", "setting_missing"),
        (ISSUER.replace('hospital = "STO"', ""), "hospital", "setting_missing"),
        (ISSUER.replace("[issuer]", "public_url = 'http://x.no'\n[issuer]"), "public_url", "setting_not_https"),
        (ISSUER.replace("[issuer]", "demo = true\n[issuer]"), "demo", "setting_demo_with_issuer"),
    ],
)
def test_what_is_wrong_is_said_by_its_place(config, content, place, code):
    config.write_text(content, "utf-8")
    error = wrong()
    assert (error.where, error.code) == (place, code)
    for language in ("nb", "nn", "en"):
        assert refusal_in_words(error, texts_in(language))


def test_a_demo_with_real_sign_in_is_refused_from_whichever_side_it_comes(config):
    config.write_text(ISSUER, "utf-8")
    assert wrong(demo=True).code == "setting_demo_with_issuer"


def test_a_file_that_is_not_there_is_said_and_not_passed_over(monkeypatch, tmp_path):
    monkeypatch.setenv("RETTHJEM_CONFIG", str(tmp_path / "nowhere.toml"))
    assert wrong().code == "setting_file_unreadable"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RETTHJEM_PORT", SECRET),
        ("RETTHJEM_TRUSTED_PROXIES", SECRET),
        ("RETTHJEM_TRUSTED_PROXIES", f'["{SECRET}"]'),
        ("RETTHJEM_ISSUER", f'{{"client_secret": "{SECRET}"'),
        ("RETTHJEM_ISSUER__CLIENT_SECRET", SECRET),
    ],
)
def test_no_error_repeats_a_value(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    error = wrong()
    assert SECRET not in refusal_in_words(error, texts_in("en"))
    assert SECRET not in repr(error.__cause__)


def test_a_key_that_may_be_a_secret_in_the_wrong_place_is_not_repeated(config):
    config.write_text('"pass word: hunter2" = 1', "utf-8")
    assert "hunter2" not in refusal_in_words(wrong(), texts_in("en"))


def test_secrets_are_not_shown_when_settings_are_printed(config, tmp_path, monkeypatch):
    secret = tmp_path / "secret"
    secret.write_text(f"{SECRET}\n", "utf-8")
    config.write_text(f"{ISSUER}client_secret_file = '{secret}'", "utf-8")
    monkeypatch.setenv("RETTHJEM_DATABASE", f"postgresql://u:{SECRET}@db/x")
    monkeypatch.setenv("RETTHJEM_METRICS_TOKEN", SECRET)
    settings = read_settings()
    assert settings.issuer
    assert settings.issuer.client_secret
    assert settings.issuer.client_secret.get_secret_value() == SECRET
    assert SECRET not in repr(settings)
    assert SECRET not in str(settings)


def test_only_signatures_with_a_public_key_are_accepted_by_default():
    issuer = Issuer(url="https://id.example.no", client_id="a", audience=("b",))
    assert issuer.algorithms == ("ES256", "ES384", "RS256", "PS256")
    assert issuer.token_types == ("at+jwt",)


def test_the_address_is_what_people_open():
    assert Settings(host="0.0.0.0", port=80).address == "http://127.0.0.1:80"
    assert Settings(host="::1").address == "http://[::1]:8000"
    assert Settings(public_url="https://retthjem.example.no/").address == "https://retthjem.example.no"


def test_the_page_of_settings_is_current():
    assert settings_page.PAGE.read_text("utf-8") == settings_page.page(), (
        "python -m tests.people.settings_page writes it"
    )
