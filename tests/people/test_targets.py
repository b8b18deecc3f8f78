"""Which address a proof is for: all spellings of one address are one, and two addresses are never."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from api.people.limits import Limiter
from api.people.targets import normal, targets
from api.settings import Limits, Settings

HOSTS = st.from_regex(r"[a-z][a-z0-9-]{0,10}(\.[a-z][a-z0-9-]{0,10}){0,2}", fullmatch=True)
LETTERS = st.text(st.sampled_from("abcXYZ019-._~é/%å "), min_size=1, max_size=6)
SEGMENTS = st.lists(LETTERS.filter(lambda said: said not in {".", ".."}))
ANYTHING = st.text(st.characters(max_codepoint=255), max_size=60)


def path_of(segments: list[str]) -> str:
    """Return a path with every segment escaped as far as it must be."""
    return "/" + "/".join(quote(each, safe="") for each in segments)


def escaped(path: str, turns: list[bool]) -> str:
    """Return a path with some letters escaped that need not be, in small letters."""
    letters = iter(path)
    found = ""
    for index, letter in enumerate(letters):
        if letter == "%":
            found += (letter + next(letters) + next(letters)).lower()
        elif letter != "/" and index < len(turns) and turns[index]:
            found += f"%{ord(letter):02x}"
        else:
            found += letter
    return found


@given(HOSTS, SEGMENTS, st.lists(st.booleans(), max_size=40), st.sampled_from(["", "?", "?a=1&b=2", "#top", "?a#b"]))
def test_all_spellings_of_an_address_are_one(host, segments, turns, rest):
    path = path_of(segments)
    one = normal(f"https://{host}{path}")
    assert one is not None
    assert normal(f"HTTPS://{host.upper()}:443{escaped(path, turns)}{rest}") == one
    assert normal(f"https://{host}/x/..{path}") == one
    assert normal(f"https://{host}/.{path}") == one
    assert normal(one) == one


@given(HOSTS, SEGMENTS, SEGMENTS)
def test_two_addresses_stay_two(host, segments, others):
    one, other = path_of(segments), path_of(others)
    assert (normal(f"https://{host}{one}") == normal(f"https://{host}{other}")) == (one == other)
    assert normal(f"https://{host}{one}") != normal(f"http://{host}{one}")
    assert normal(f"https://{host}{one}") != normal(f"https://{host}:8443{one}")
    assert normal(f"https://{host}{one}") != normal(f"https://{host}.evil.example{one}")


@given(st.text(max_size=200))
def test_what_is_no_address_is_none_and_never_an_error(said):
    for start in ("", "https://", "https://h/", "http://[", "https://h:"):
        found = normal(start + said)
        assert found is None or found.startswith(("https://", "http://"))


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("https://h.example", "https://h.example/"),
        ("https://h.example?x", "https://h.example/"),
        ("http://h.example:80/a", "http://h.example/a"),
        ("http://h.example:443/a", "http://h.example:443/a"),
        ("https://[2001:DB8::1]:443/a", "https://[2001:db8::1]/a"),
        ("https://h.example/%7ea/%2fb", "https://h.example/~a/%2Fb"),
        ("https://h.example/a/../../b/.", "https://h.example/b/"),
        ("https://h.example/a//b", "https://h.example/a//b"),
        ("https://u:p@h.example/a", None),
        ("https://@h.example/a", None),
        ("ftp://h.example/a", None),
        ("//h.example/a", None),
        ("https:///a", None),
        ("https://h.example:x/a", None),
        ("https://h.example:99999/a", None),
        ("https://h.example/a b", None),
        ("https://h.exa\tmple/a", None),
        ("https://h.example/å", None),
        ("h" * 5_000, None),
    ],
)
def test_an_address_is_written_in_one_way(said, found):
    assert normal(said) == found


def request(path: str = "/a", peer: str = "10.0.0.1", **headers: str) -> Request:
    """Return a request as it comes to us."""
    named = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"q=1"}
    return Request({**scope, "headers": named, "client": (peer, 1), "server": ("here", 8000), "scheme": "http"})


def called(
    asked: Request, *, public: str | None = "https://retthjem.example.no", proxy: str = "10.0.0.0/8"
) -> set[str]:
    """Return what a request's address may be called."""
    settings = Settings(public_url=public, trusted_proxies=("10.0.0.0/8",))
    return set(targets(asked, settings, Limiter(Limits(), settings.trusted_proxies)))


def test_the_public_name_counts_and_not_the_hosts_own_word():
    assert called(request(host="evil.example")) == {"https://retthjem.example.no/a"}


def test_a_proxys_word_counts_and_a_strangers_does_not():
    said = {"x_forwarded_proto": "https", "x_forwarded_host": "ward.example.no"}
    assert called(request(**said)) == {"https://retthjem.example.no/a", "https://ward.example.no/a"}
    assert called(request(peer="192.0.2.1", **said)) == {"https://retthjem.example.no/a"}


def test_of_several_words_the_nearest_proxys_counts():
    said = {"x_forwarded_proto": "http, https", "x_forwarded_host": "evil.example, ward.example.no"}
    assert called(request(**said)) == {"https://retthjem.example.no/a", "https://ward.example.no/a"}


@pytest.mark.parametrize(
    ("host", "port", "found"),
    [
        ("ward.example.no", "8443", "https://ward.example.no:8443/a"),
        ("ward.example.no", "443", "https://ward.example.no/a"),
        ("ward.example.no:8443", "443", "https://ward.example.no:8443/a"),
        ("[2001:db8::1]", "8443", "https://[2001:db8::1]:8443/a"),
        ("ward.example.no", "x", "https://ward.example.no/a"),
    ],
)
def test_the_port_before_the_proxy_counts(host, port, found):
    said = {"x_forwarded_proto": "https", "x_forwarded_host": host, "x_forwarded_port": port}
    assert found in called(request(**said))


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("/rett-hjem", "/rett-hjem/a"),
        ("/helse/rett-hjem/", "/helse/rett-hjem/a"),
        ("/old, /rett-hjem", "/rett-hjem/a"),
        ("", "/a"),
        ("/", "/a"),
        ("rett-hjem", "/a"),
        ("/..", "/a"),
        ("/x/../y", "/a"),
        ("/x?", "/a"),
        ("//evil.example", "/a"),
    ],
)
def test_the_path_that_a_proxy_puts_us_under_counts(prefix, found):
    said = {"x_forwarded_proto": "https", "x_forwarded_host": "ward.example.no", "x_forwarded_prefix": prefix}
    assert called(request(**said)) == {"https://retthjem.example.no/a", f"https://ward.example.no{found}"}
    assert called(request(peer="192.0.2.1", **said)) == {"https://retthjem.example.no/a"}


def test_this_machine_has_several_names_where_it_has_no_public_one():
    assert called(request(host="localhost:8000"), public=None) == {"http://127.0.0.1:8000/a", "http://localhost:8000/a"}
    assert called(request(host="localhost:9000"), public=None) == {"http://127.0.0.1:8000/a"}
    assert called(request(host="evil.example:8000"), public=None) == {"http://127.0.0.1:8000/a"}
    assert called(request(host="localhost:8000")) == {"https://retthjem.example.no/a"}


@given(ANYTHING, ANYTHING)
def test_nothing_that_is_said_of_an_address_is_an_error(host, scheme):
    found = called(request(host=host, x_forwarded_host=host, x_forwarded_proto=scheme))
    assert "https://retthjem.example.no/a" in found
