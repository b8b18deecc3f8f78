"""`retthjem db …`: the database's version, copies of it, whether it is as it was written, and its lists made anew."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, exc, make_url

from api.files import print_out
from api.screening import read_overlay, texts_in
from api.settings import Settings, read_settings
from api.storage import schema
from api.storage.backup import Copied, backup, restore
from api.storage.copy_sqlite import is_damage
from api.storage.engine import make_engine
from api.storage.tidy import tidy
from api.storage.verify import Verified, verify
from engine.errors import InputError
from engine.texts import Texts

FAULTY = 1
MAKES = ("upgrade", "restore")
Command = Callable[[Engine, Namespace, Settings], int]


def run(arguments: Namespace) -> int:
    """Do what was asked of the database, and return the exit code."""
    settings = read_settings(database=arguments.database)
    if arguments.what not in MAKES:
        _refuse_missing(settings.database)
    with _damage_told():
        engine = make_engine(settings.database)
        try:
            return COMMANDS[arguments.what](engine, arguments, settings)
        finally:
            engine.dispose()


def _upgrade(engine: Engine, arguments: Namespace, settings: Settings) -> int:
    from api.storage.rebuild import rebuild_if_stale, rebuild_lists

    old, rebuilt, offsets = schema.version_of(engine), list[int](), _offsets(settings)
    # What the lists hold may have changed with the program, so they are made anew from the record.
    schema.upgrade(engine, then=lambda connection: rebuilt.append(rebuild_lists(connection, offsets)))
    new = schema.version_of(engine)
    if rebuilt:
        return _answer(arguments, "upgraded", old=_version(old, arguments), new=new, count=rebuilt[0])
    if (count := rebuild_if_stale(engine, offsets)) is not None:
        return _answer(arguments, "rebuilt", count=count)
    return _answer(arguments, "up_to_date", new=new)


def _downgrade(engine: Engine, arguments: Namespace, _: Settings) -> int:
    old = schema.version_of(engine)
    schema.downgrade(engine, arguments.version, lose_record=arguments.force)
    new = schema.version_of(engine)
    return _answer(arguments, "downgraded", old=_version(old, arguments), new=_version(new, arguments))


def _verify(engine: Engine, arguments: Namespace, settings: Settings) -> int:
    schema.require_current(engine)
    texts = texts_in(arguments.lang)
    verified = verify(engine, head=arguments.head, tell=lambda done: _tell(texts("db.progress", count=done)))
    if arguments.lists:
        from api.storage.lists_verified import with_other_rows

        for person in with_other_rows(engine, _offsets(settings)):
            verified.found("lists_differ", person)
    for verdict in ("other_tables", "engines_disagreed"):
        if count := verified.assessments[verdict]:
            _tell(texts(f"db.{verdict}", count=count))
    if verified.faults:
        return _say_faults(verified, texts)
    log, same = verified.log, verified.assessments["same"]
    return _answer(arguments, "verified", lines=log.lines, persons=verified.persons, same=same, head=log.head)


def _backup(engine: Engine, arguments: Namespace, _: Settings) -> int:
    return _answer_copied(arguments, "backed_up", backup(engine, arguments.file, force=arguments.force))


def _restore(engine: Engine, arguments: Namespace, _: Settings) -> int:
    return _answer_copied(arguments, "restored", restore(engine, arguments.file, force=arguments.force))


def _rebuild(engine: Engine, arguments: Namespace, settings: Settings) -> int:
    from api.storage.rebuild import rebuild_lists

    schema.require_current(engine)
    with schema.alone(engine) as connection:
        count = rebuild_lists(connection, _offsets(settings))
    return _answer(arguments, "rebuilt", count=count)


def _tidy(engine: Engine, arguments: Namespace, settings: Settings) -> int:
    schema.require_current(engine)
    cleared = tidy(engine, settings, datetime.now(UTC))
    return _answer(
        arguments,
        "tidied",
        sessions=cleared.sessions,
        sign_ins=cleared.sign_ins,
        opened=cleared.opened,
        drafts=cleared.drafts,
        answers=cleared.answers,
        once=cleared.once,
        cards=cleared.cards,
    )


COMMANDS: Mapping[str, Command] = {
    "upgrade": _upgrade,
    "downgrade": _downgrade,
    "verify": _verify,
    "backup": _backup,
    "restore": _restore,
    "rebuild": _rebuild,
    "tidy": _tidy,
}


def _offsets(settings: Settings) -> Mapping[str, int]:
    return read_overlay(settings.overlay).offsets if settings.overlay else {}


def _say_faults(verified: Verified, texts: Texts) -> int:
    """Say each fault by its id, and return the exit code that tells of them."""
    _tell(texts("db.faulty", count=len(verified.faults) + verified.more_faults))
    for fault in verified.faults:
        _tell(texts(f"db.fault.{fault.code}", id=fault.id))
    if verified.more_faults:
        _tell(texts("db.more", count=verified.more_faults))
    return FAULTY


def _answer_copied(arguments: Namespace, key: str, copied: Copied) -> int:
    return _answer(arguments, key, count=copied.persons, head=copied.head)


def _answer(arguments: Namespace, key: str, **values: object) -> int:
    print_out(texts_in(arguments.lang)(f"db.{key}", **values) + "\n")
    return 0


def _version(version: str | None, arguments: Namespace) -> str:
    return version or texts_in(arguments.lang)("db.no_version")


def _tell(line: str) -> None:
    if sys.stderr is not None:
        sys.stderr.write(f"retthjem: {line}\n")


def _refuse_missing(database: str) -> None:
    """Refuse a file that is not there, which would otherwise be made, and be empty."""
    try:
        url = make_url(database if "://" in database else f"sqlite:///{database}")
    except (exc.ArgumentError, ValueError):
        return  # refused as an address, without being repeated
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).exists():
        raise InputError("--database", "database_missing")


@contextmanager
def _damage_told() -> Iterator[None]:
    """Say that a file is damaged where SQLite finds that it is."""
    try:
        yield
    except exc.DatabaseError as error:
        if is_damage(error):
            raise InputError("--database", "database_damaged") from None
        raise
