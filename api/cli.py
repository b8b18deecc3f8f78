"""The command line `retthjem`; exit 0 done, 2 the input or a setting is wrong, 3 something is lacking, 1 a defect."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import traceback
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from api import population_commands
from api.files import print_out, read_bytes, speak_utf8, write_whole
from api.simulating import command as simulating
from engine.errors import InputError, Refusal, RuleSetError
from engine.texts import LANGUAGES
from rules.times import EARLIEST, LATEST, possible

if TYPE_CHECKING:
    from api.screening import Screening
    from engine.texts import Texts

DONE, DEFECT, WRONG_INPUT, LACKING = 0, 1, 2, 3
AUDIENCES = ("clinician", "municipality", "patient")
RULES_WRITTEN = ("page", "export")
RULES = {"list": 0, "show": 1, "check": 0, "page": 0, "export": 0, "diff": 2}
"""What `retthjem rules` does, and how many names each takes."""

DOCUMENTS = ("checklists", "conversation", "notice", "coordinator", "controls", "discharge")
MESSAGES = ("helseopplysninger", "utskrivningsrapport", "epikrise", "helseopplysninger-til-lege")
DATABASE = {
    "upgrade": "bring it to this version",
    "downgrade": "take it back to an earlier version",
    "verify": "check the access log, and replay what was assessed",
    "backup": "copy it while it is in use",
    "restore": "put a copy in its place",
    "rebuild": "make the lists anew",
    "tidy": "clear sessions, drafts and answers that are past their time",
}
"""What `retthjem db` does."""

DATABASE_FILES = {"backup": "OUT", "restore": "FILE"}
DATABASE_FORCED = ("downgrade", "backup", "restore")
ARGUMENT = re.compile(r"argument ([\w/-]+):")
MISSING = re.compile(r"arguments are required: (.+)")
CHOICE = re.compile(r"\(choose from (.+)\)")


class Parser(argparse.ArgumentParser):
    """Says what is wrong with the words of a command as every other error is said."""

    def error(self, message: str) -> NoReturn:
        """Raise the mistake as an input error; what argparse says in English becomes a code and its values."""
        missing, choice = MISSING.search(message), CHOICE.search(message)
        command = self.prog.removeprefix("retthjem").strip()
        named = ARGUMENT.match(message)
        where = " ".join(part for part in (command, named[1] if named else "") if part) or "COMMAND"
        if missing:
            raise InputError(where, "words_missing", allowed=missing[1])
        if choice:
            raise InputError(where, "word_not_allowed", allowed=choice[1].replace("'", ""))
        raise InputError(where, "words_not_understood")


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    speak_utf8()
    words = sys.argv[1:] if words is None else words
    language = _asked_language(words)
    try:
        arguments = _parser().parse_args(words)
        run: Callable[[argparse.Namespace], int | None] = arguments.run
        return run(arguments) or DONE
    except Refusal as refused:
        return _say(_in_words(refused, language), WRONG_INPUT if isinstance(refused, InputError) else LACKING)
    except RuleSetError as wrong:
        return _say(wrong, DEFECT)
    except KeyboardInterrupt:
        return DONE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as defect:  # noqa: BLE001 # its message may carry patient data, so only its kind is said
        if os.environ.get("RETTHJEM_DEBUG"):
            traceback.print_exc()
        return _say(_in_words(Refusal(None, "defect", kind=type(defect).__name__), language), DEFECT)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="retthjem", description="Suggests, never decides: frailty and the way home.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=Parser)
    _add_screen(commands)
    _add_plan(commands)
    _add_epikrise(commands)
    _add_rules(commands)
    _add_message(commands)
    _add_read(commands)
    _add_serve(commands)
    _add_db(commands)
    population_commands.add_to(commands, Parser, _date)
    simulating.add_to(commands, _date)
    _add_figures(commands)
    return parser


def _add_screen(commands: Any) -> None:
    screen = commands.add_parser("screen", help="score a case, a FHIR Bundle or an admission report")
    _takes_a_case(screen)
    screen.add_argument("--format", choices=("text", "json"), default="text")
    screen.set_defaults(run=_screen)


def _add_plan(commands: Any) -> None:
    plan = commands.add_parser("plan", help="the follow-up plan, as .pdf, .html or .json, and its visits as .ics")
    _takes_a_case(plan)
    plan.add_argument("-o", dest="out", type=Path, required=True, metavar="OUT.(pdf|html|json|ics)")
    plan.add_argument("--audience", choices=AUDIENCES, default="clinician")
    plan.add_argument("--document", choices=DOCUMENTS, help="a sheet beside the plan, as .txt, .html or .pdf")
    plan.add_argument("--discharge", type=_date, metavar="DATE")
    plan.add_argument("--accept", default="all", metavar="all|RULE,...")
    plan.set_defaults(run=_plan)


def _add_epikrise(commands: Any) -> None:
    epikrise = commands.add_parser("epikrise", help="the plan section of the discharge summary, and what it lacks")
    _takes_a_case(epikrise)
    epikrise.add_argument("--check", action="store_true", help="read FILE as any epikrise, and say what it lacks")
    epikrise.add_argument("--format", choices=("text", "json"), default="text")
    epikrise.add_argument("--discharge", type=_date, metavar="DATE")
    epikrise.add_argument("--accept", default="all", metavar="all|RULE,...")
    epikrise.set_defaults(run=_epikrise)


def _add_rules(commands: Any) -> None:
    rules = commands.add_parser(
        "rules", help="the rule catalogue: list, show ID, check, page (to sign), export, diff OLD NEW"
    )
    rules.add_argument("what", choices=tuple(RULES))
    rules.add_argument("names", nargs="*", metavar="ID, or OLD NEW: national, an overlay .toml, an exported .json")
    rules.add_argument("-o", dest="out", type=Path, metavar="OUT.(pdf|html|json)")
    rules.add_argument("--extract", type=Path, metavar="FOLDER", help="diff: what the difference does to its people")
    rules.add_argument("--on", type=_date, metavar="DATE", help="the day the extract is screened on, else today")
    rules.add_argument("--key-file", type=Path, metavar="FILE", help="hides who the people of the extract are")
    rules.add_argument("--json", action="store_true", help="what it does to the people, as JSON")
    _takes_settings(rules)
    rules.set_defaults(run=_rules)


def _add_message(commands: Any) -> None:
    message = commands.add_parser("message", help="a national message (PLO 1.6, Epikrise 1.2), as a draft")
    message.add_argument("kind", choices=MESSAGES, metavar="KIND")
    _takes_a_case(message)
    message.add_argument("-o", dest="out", type=Path, required=True, metavar="OUT.xml")
    message.add_argument("--discharge", type=_date, metavar="DATE")
    message.add_argument("--accept", default="all", metavar="all|RULE,...")
    message.set_defaults(run=_message)


def _add_read(commands: Any) -> None:
    read = commands.add_parser("read", help="a national message (PLO 1.6, Epikrise 1.2) as a case")
    read.add_argument("file", metavar="MESSAGE.xml")
    read.set_defaults(run=_read)


def _add_serve(commands: Any) -> None:
    serve = commands.add_parser("serve", help="the pages")
    serve.add_argument("--demo", action="store_true", help="synthetic people only")
    serve.add_argument("--host")
    serve.add_argument("--port", type=int)
    serve.add_argument("--database", metavar="URL", help="SQLite's file or PostgreSQL's URL")
    serve.add_argument("--overlay", type=Path, metavar="FILE.toml")
    serve.set_defaults(run=_serve)


def _add_db(commands: Any) -> None:
    db = commands.add_parser("db", help="the database: " + ", ".join(DATABASE))
    tasks = db.add_subparsers(required=True, metavar="TASK", dest="what", parser_class=Parser)
    for what, told in DATABASE.items():
        task = tasks.add_parser(what, help=told)
        task.add_argument("--database", metavar="URL", help="else RETTHJEM_DATABASE")
        task.add_argument("--lang", choices=LANGUAGES, default=LANGUAGES[0])
        task.set_defaults(run=_db)
        if what in DATABASE_FILES:
            task.add_argument("file", type=Path, metavar=DATABASE_FILES[what])
        if what == "downgrade":
            task.add_argument("version", metavar="VERSION")
        if what == "verify":
            task.add_argument("--head", metavar="HASH", help="a head of the access log that was noted earlier")
            task.add_argument("--lists", action="store_true", help="make each patient's lists anew, and compare")
        if what in DATABASE_FORCED:
            task.add_argument("--force", action="store_true", help="also where something is lost by it")


def _add_figures(commands: Any) -> None:
    first, last = (partial(_date, at=option) for option in ("--from", "--to"))
    figures = commands.add_parser("figures", help="the figures to steer by, of the months that are closed")
    figures.add_argument("--hospital", metavar="ID", help="else this server's own")
    figures.add_argument("--figure", metavar="ID", help="one figure alone, such as screened")
    figures.add_argument("--by", metavar="BREAKDOWN", help="broken down by ward, municipality, hour ...")
    figures.add_argument("--csv", type=Path, metavar="OUT.csv", help="all that may be shown, as a file")
    figures.add_argument("--from", dest="since", type=first, metavar="DATE", help="what begins in its month or later")
    figures.add_argument("--to", dest="until", type=last, metavar="DATE", help="what begins by this day")
    figures.add_argument("--close", action="store_true", help="close the months that are over, and look for others")
    figures.add_argument("--database", metavar="URL", help="else RETTHJEM_DATABASE")
    figures.add_argument("--lang", choices=LANGUAGES, default=LANGUAGES[0])
    figures.set_defaults(run=_figures)


def _takes_a_case(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE", help="a case, a FHIR R4 Bundle or a national message, or -")
    command.add_argument("--on", type=_date, metavar="DATE", help="the index date, else the day of admission")
    _takes_settings(command)


def _takes_settings(command: argparse.ArgumentParser) -> None:
    command.add_argument("--lang", choices=LANGUAGES, default=LANGUAGES[0])
    command.add_argument("--overlay", type=Path, metavar="FILE.toml", help="local limits, offsets and contacts")


def _screen(arguments: argparse.Namespace) -> None:
    from api.screening import texts_in

    texts = texts_in(arguments.lang)
    screening = _screening(arguments)
    assessment = screening.assess(screening.read(read_bytes(arguments.file)), arguments.on, _now())
    if arguments.format == "json":
        from api.result import to_result

        _print_json(to_result(assessment, texts))
    else:
        from api.report import to_text

        print_out(to_text(assessment, texts))


def _plan(arguments: argparse.Namespace) -> None:
    from api.planning import FORMATS, SHEET_FORMATS, Request, Sheet, planned, rendered, sheet
    from api.screening import texts_in
    from rules.times import oslo_day

    out: Path = arguments.out
    formats = SHEET_FORMATS if arguments.document else FORMATS
    if out.suffix not in formats:
        raise InputError("-o", "ending_not_allowed", allowed=formats)
    texts = texts_in(arguments.lang)
    screening = _screening(arguments)
    case = screening.read(read_bytes(arguments.file))
    request = Request(arguments.accept, arguments.discharge, arguments.on)
    plan = planned(screening, case, request, now=_now())
    printed = oslo_day(_now())
    if arguments.document:
        form = Sheet(arguments.document, out.suffix, printed)
        made = sheet(form, case, plan, texts=texts, overlay=screening.overlay)
    else:
        asked = {"audience": arguments.audience, "printed": printed}
        made = rendered(plan, out.suffix, ruleset=screening.ruleset, texts=texts, **asked)
    write_whole(out, made, read_from=arguments.file)


def _epikrise(arguments: argparse.Namespace) -> None:
    from api.planning import Request, epikrise_section, planned
    from api.screening import texts_in

    texts = texts_in(arguments.lang)
    if arguments.check:
        _check_epikrise(arguments, texts)
        return
    screening = _screening(arguments)
    case = screening.read(read_bytes(arguments.file))
    request = Request(arguments.accept, arguments.discharge, arguments.on)
    section = epikrise_section(case, planned(screening, case, request, now=_now()), texts)
    if arguments.format == "json":
        _print_json(section.as_json)
    else:
        print_out(section.as_text)


def _check_epikrise(arguments: argparse.Namespace, texts: Texts) -> None:
    from careplans.check import check_as_json, check_as_text, read_text

    text = read_text(read_bytes(arguments.file))
    if arguments.format == "json":
        _print_json(check_as_json(text, texts))
    else:
        print_out(check_as_text(text, texts))


def _rules(arguments: argparse.Namespace) -> None:
    from api.screening import texts_in

    if arguments.out and arguments.what not in RULES_WRITTEN:
        raise InputError(f"rules {arguments.what} -o", "option_not_used")
    if arguments.overlay and arguments.what == "diff":
        raise InputError("rules diff --overlay", "option_not_used")
    if len(arguments.names) != RULES[arguments.what]:
        raise InputError(f"rules {arguments.what}", "names_expected", most=RULES[arguments.what])
    for option in ("extract", "on", "json", "key_file"):
        if getattr(arguments, option) and not (arguments.extract and arguments.what == "diff"):
            raise InputError(f"rules {arguments.what} --{option.replace('_', '-')}", "option_not_used")
    texts = texts_in(arguments.lang)
    if arguments.what == "diff":
        from api.rule_changes import run_diff

        run_diff(arguments, texts)
    elif arguments.what == "export":
        _export_rules(arguments)
    elif arguments.what == "page":
        _print_rules(arguments, texts)
    else:
        _tell_rules(arguments, texts)


def _tell_rules(arguments: argparse.Namespace, texts: Texts) -> None:
    from api.catalogue import check, listed, shown

    ruleset = _screening(arguments).ruleset
    if arguments.what == "list":
        print_out(listed(ruleset, texts))
    elif arguments.what == "check":
        print_out(check(ruleset, texts))
    elif arguments.names[0] in ruleset.by_id:
        print_out(shown(arguments.names[0], ruleset, texts))
    else:
        raise InputError("rules show", "no_such_rule")


def _export_rules(arguments: argparse.Namespace) -> None:
    from engine.snapshot import to_snapshot

    kept = json.dumps(to_snapshot(_screening(arguments).ruleset), ensure_ascii=False, indent=1) + "\n"
    if arguments.out is None:
        print_out(kept)
    else:
        write_whole(arguments.out, kept.encode(), read_from="-")


def _print_rules(arguments: argparse.Namespace, texts: Texts) -> None:
    from api.rule_page import FORMATS, rendered
    from rules.times import oslo_day

    if arguments.out is None:
        raise InputError("rules page", "words_missing", allowed="-o")
    if arguments.out.suffix not in FORMATS:
        raise InputError("-o", "ending_not_allowed", allowed=FORMATS)
    page = rendered(arguments.out.suffix, _screening(arguments).ruleset, texts, printed=oslo_day(_now()))
    write_whole(arguments.out, page, read_from="-")


def _message(arguments: argparse.Namespace) -> None:
    from api.messages.draft import draft, kind_called
    from api.planning import Request, planned
    from api.screening import texts_in

    if arguments.out.suffix != ".xml":
        raise InputError("-o", "ending_not_allowed", allowed=(".xml",))
    screening, now = _screening(arguments), _now()
    case = screening.read(read_bytes(arguments.file))
    request = Request(arguments.accept, arguments.discharge, arguments.on)
    plan = planned(screening, case, request, now=now)
    made = draft(kind_called(arguments.kind), case, plan, texts=texts_in(arguments.lang), now=now)
    write_whole(arguments.out, made, read_from=arguments.file)


def _read(arguments: argparse.Namespace) -> None:
    from api.intake import to_case
    from api.intake.reading import read_document

    document = read_document(read_bytes(arguments.file))
    if document.kind != "message":
        raise InputError("MESSAGE.xml", "not_a_message")
    _print_json(to_case(document).case)


def _serve(arguments: argparse.Namespace) -> None:
    from api.serving import serve
    from api.settings import read_settings

    given = {name: getattr(arguments, name) for name in ("host", "port", "database", "overlay")}
    serve(read_settings(demo=arguments.demo or None, **given))


def _figures(arguments: argparse.Namespace) -> int:
    from api.steering.command import run

    return run(arguments)


def _db(arguments: argparse.Namespace) -> int:
    from api.db_commands import run

    return run(arguments)


def _screening(arguments: argparse.Namespace) -> Screening:
    from api.screening import Screening, read_overlay

    named = arguments.overlay or os.environ.get("RETTHJEM_OVERLAY")
    overlay = read_overlay(Path(named)) if named else None
    return Screening(overlay)


def _date(text: str, at: str = "DATE") -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InputError(at, "date_not_iso") from None
    if not possible(day):
        raise InputError(at, "date_not_possible", earliest=EARLIEST.year, latest=LATEST.year)
    return day


def _now() -> datetime:
    return datetime.now(UTC)


def _print_json(value: object) -> None:
    print_out(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def _asked_language(words: Sequence[str]) -> str:
    """Return the language of `--lang`, read before the words are parsed, since a mistake in them is said in it too."""
    asked = [word.removeprefix("--lang=") for word in words if word.startswith("--lang=")]
    asked += [after for word, after in pairwise(words) if word == "--lang"]
    return asked[-1] if asked and asked[-1] in LANGUAGES else LANGUAGES[0]


def _in_words(refused: Refusal, language: str) -> str:
    from api.refusals import refusal_in_words
    from api.screening import texts_in

    try:
        return refusal_in_words(refused, texts_in(language))
    except RuleSetError:  # a text is missing; the code is still safe, and better than nothing
        return str(refused)


def _say(what: object, code: int) -> int:
    line = " ".join(str(what).split())
    if sys.stderr is not None:
        sys.stderr.write(f"retthjem: {line}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
