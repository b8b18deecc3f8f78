"""A local overlay's file is read within bounds, and whatever is wrong in it is one clear refusal."""

import time
from pathlib import Path

import pytest

from api.screening import LARGEST_OVERLAY, LONGEST_LINE, read_overlay
from engine.errors import InputError


def refusal(path: Path, content: bytes) -> InputError:
    """Return the error that refuses an overlay with the content."""
    path.write_bytes(content)
    with pytest.raises(InputError) as refused:
        read_overlay(path)
    assert refused.value.__cause__ is None
    return refused.value


@pytest.mark.parametrize(
    "content",
    [
        b"a=" + b"[" * (LONGEST_LINE - 2),
        b"a=" + b"[\n" * 40_000,
        b"a=" + b"{a=" * 300,
        b"a=[" + b"9" * 900 + b",\n" + b"9" * 900,
        b"a=\xf8",
        b"a=\0",
        b"a",
    ],
    ids=["brackets", "lines of brackets", "tables", "digits", "not utf-8", "nul", "not toml"],
)
def test_an_overlay_that_is_not_toml_is_refused(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path / "local.toml", content).code == "overlay_unreadable"


@pytest.mark.parametrize(
    "content",
    [b"a." * LONGEST_LINE + b"a=1", b"# note\n" * LARGEST_OVERLAY, b"a=" + b"9" * 5_000],
    ids=["dots", "size", "digits"],
)
def test_an_overlay_that_is_too_large_or_has_too_long_a_line_is_refused(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path / "local.toml", content).code == "overlay_too_large"


def test_many_keys_of_many_dots_are_refused_fast(tmp_path: Path) -> None:
    dots = b"\n".join(b"k%d." % n + b"a." * 490 + b"a=1" for n in range(100))
    began = time.process_time()
    assert refusal(tmp_path / "local.toml", dots).code == "overlay_key_unknown"
    assert time.process_time() - began < 2


def test_an_endless_file_is_read_no_further_than_the_limit() -> None:
    with pytest.raises(InputError, match="overlay_too_large"):
        read_overlay(Path("/dev/zero"))


def test_a_folder_is_no_overlay(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="overlay_unreadable"):
        read_overlay(tmp_path)
