"""Reading documents strictly: what is refused, where, fast, and without quoting the document."""

import json
import time

import pytest

from api.intake.reading import MAX_BYTES, MAX_DEPTH, MAX_PARTS, place, read_document
from engine.errors import InputError


def refusal(data: bytes) -> str:
    """Return the message that refuses the document."""
    with pytest.raises(InputError) as refused:
        read_document(data)
    assert refused.value.__cause__ is None
    return str(refused.value)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b'{"answers": {}}', "case"),
        (b'{"resourceType": "Bundle"}', "bundle"),
        (b'\xef\xbb\xbf \n{"answers": {}}', "case"),
        (b"<MsgHead/>", "message"),
        (b'\xef\xbb\xbf<?xml version="1.0" encoding="UTF-8"?><MsgHead/>', "message"),
        ('<?xml version="1.0" encoding="ISO-8859-1"?><a>ø</a>'.encode("latin-1"), "message"),
    ],
)
def test_a_document_is_a_case_a_bundle_or_a_message(data, kind):
    assert read_document(data).kind == kind


def test_the_content_of_a_case_is_read_as_it_stands():
    assert read_document(b'{"answers": {"mst": 2, "gp": "\\u00f8"}}').content == {"answers": {"mst": 2, "gp": "ø"}}


def test_a_document_stays_out_of_its_own_repr():
    assert "Bodil" not in repr(read_document(b'{"patient": {"name": "Bodil"}}'))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"[]", "not_json_object"),
        (b"17", "not_json_object"),
        (b"Bodil", "json_damaged"),
        (b'{"resourceType": "Patient"}', "not_a_bundle"),
        (b'{"mst": NaN}', "not_finite"),
        (b'{"mst": Infinity}', "not_finite"),
        (b'{"mst": -Infinity}', "not_finite"),
        (b'{"mst": 1e999}', "number_too_large"),
        (b'{"mst": -1e999}', "number_too_large"),
        (b'{"mst": ' + b"9" * 5000 + b"}", "too_many_digits"),
        (b'{"gp": "\\ud800"}', "control_character"),
        (b'{"gp": "a\\u0000b"}', "control_character"),
        (b'{"gp": "a\\bb"}', "control_character"),
        (b'{"gp": "a\x01b"}', "json_damaged"),
        (b'{"gp": "\xf8"}', "not_utf8"),
        ('{"gp": 1}'.encode("utf-16"), "not_utf8"),
        (b'{"gp": 1,}', "json_damaged"),
        (b'{"gp": 1} {}', "json_damaged"),
        (b"{\"gp\": 'x'}", "json_damaged"),
    ],
)
def test_json_that_is_wrong_is_refused_with_its_code(data, code):
    assert code in refusal(data)


def test_damaged_json_is_refused_with_its_line_and_column():
    assert refusal(b'\n\n{\n "gp" 1}').startswith("line 4 column 7:")


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (b'{"answers": {"mst": 1, "mst": 2}}', "answers.mst:"),
        (b'{"conditions": [{}, {"code": "a", "code": "b"}]}', "conditions[1].code:"),
        (b'{"patient": {"Bodil": 1, "Bodil": 2}}', "patient.…:"),
        (b'{"15814512336": {"id": 1, "id": 2}}', "….id:"),
        (b'{"answers": {"mst": 1, "mst": 2}, "answers": 3}', "document:"),
    ],
)
def test_a_name_that_stands_twice_is_refused_by_place_and_shown_only_if_it_is_ours(data, where):
    assert refusal(data).startswith(where)


def test_an_escaped_backslash_before_u_is_no_escape():
    assert read_document(b'{"gp": "\\\\ud800"}').content == {"gp": "\\ud800"}


def test_a_pair_of_surrogate_escapes_is_one_character():
    assert read_document(b'{"gp": "\\ud83d\\ude00"}').content == {"gp": "😀"}


def nested(depth: int) -> bytes:
    """Return an object nested to the depth."""
    return b'{"a":' * (depth - 1) + b"{}" + b"}" * (depth - 1)


def test_nesting_to_the_limit_is_read_and_one_more_is_refused():
    assert read_document(nested(MAX_DEPTH)).kind == "case"
    assert "nested_too_deep" in refusal(nested(MAX_DEPTH + 1))


def test_brackets_in_texts_are_no_nesting():
    assert read_document(json.dumps({"gp": '[[[["\\' * 100, "room": "{" * 200}).encode()).kind == "case"


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 10_000_000,
        b'{"a":' * 3_000_000,
        b'{"a":"' + b'\\"' * 9_000_000,
        b'"' * 15_000_000,
        b'"\\' * 9_000_000,
        b" " * (MAX_BYTES + 1),
        b"<a>" * 6_000_000,
        b'{"a":' + b"1" * 15_000_000,
        b'{"a":[' + b"0," * 9_000_000 + b"0]}",
        b'{"a":[' + b"{}," * 6_000_000 + b"0]}",
        b'{"a":[' + b'{"a":0},' * 2_000_000 + b"0]}",
        b'{"a":[' + b'"",' * 6_000_000 + b"0]}",
        b"<a>" + b"<b/>" * 4_700_000 + b"</a>",
    ],
    ids=[
        *("brackets", "objects", "open text", "quotes", "backslashes", "spaces", "open elements", "digits"),
        *("numbers", "empty objects", "small objects", "empty texts", "elements"),
    ],
)
def test_a_huge_hostile_document_gives_one_short_refusal_fast(data):
    began = time.process_time()
    assert len(refusal(data)) < 200
    assert time.process_time() - began < 2


def test_a_document_has_as_many_parts_as_the_limit_and_no_more():
    assert read_document(b'{"a":[' + b"0," * (MAX_PARTS - 4) + b'"[,]"]}').kind == "case"
    assert "too_many_parts" in refusal(b'{"a":[' + b"0," * (MAX_PARTS - 3) + b'"[,]"]}')


def test_a_message_is_read_only_in_an_encoding_whose_elements_can_be_counted():
    for encoding in ("UTF-8", "iso-8859-1", "windows-1252"):
        assert read_document(f'<?xml version="1.0" encoding="{encoding}"?><a/>'.encode()).kind == "message"
    for encoding in ("UTF-7", "cp037", "x"):
        assert "xml_encoding" in refusal(f"<?xml version='1.0' encoding = '{encoding}'?><a/>".encode())


@pytest.mark.parametrize("sign", ["\x7f", "\x9b", "\u202e", "\u2066"])
def test_a_sign_that_steers_a_terminal_or_turns_the_text_is_refused_however_it_is_written(sign):
    assert "gp: control_character" in refusal(json.dumps({"gp": f"a{sign}b"}).encode())
    assert "gp: control_character" in refusal(json.dumps({"gp": f"a{sign}b"}, ensure_ascii=False).encode())


@pytest.mark.parametrize("sign", ["\x7f", "\x9b", "\u202e", "\u2066"])
def test_such_a_sign_in_a_message_is_replaced_and_the_message_is_kept_as_it_stood(sign):
    for body in (f"<a>før {sign}etter</a>", f'<a b="før &#{ord(sign)};etter"/>', f"<a><b/>før {sign}etter</a>"):
        found = read_document(body.encode())
        said = [*found.content.itertext(), *found.content.attrib.values()]
        assert said == ["før \ufffdetter"]
        assert sign in found.written or f"&#{ord(sign)};" in found.written


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "us-ascii", "windows-1252"])
def test_a_dash_of_windows_is_read_as_one_whatever_western_encoding_is_declared(encoding):
    head = f'<?xml version="1.0" encoding="{encoding}"?>'.encode()
    assert read_document(head + b"<a>1\x962 \xe6</a>").content.text == "1–2 æ"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_message_in_utf_16_is_read_under_the_same_bounds(encoding):
    head = '<?xml version="1.0" encoding="UTF-16"?>'
    assert read_document(f"{head}<a>Áile \N{OLDER WOMAN}</a>".encode(encoding)).content.text == "Áile \N{OLDER WOMAN}"
    assert "doctype" in refusal(f"{head}<!DOCTYPE a><a/>".encode(encoding))
    assert "xml_encoding" in refusal("<a/>".encode(encoding)[:-1])


def test_a_message_that_is_too_deep_or_a_text_too_long_is_said_to_be_so_and_not_damaged():
    deep = refusal(b"<MsgHead>\n" * 300 + b"</MsgHead>" * 300)
    assert deep.startswith("line 257 MsgHead: xml_too_deep")
    long = refusal(b"<MsgHead>\n<MsgInfo>\n<Type>" + b"x" * 11_000_000 + b"</Type></MsgInfo></MsgHead>")
    assert long.startswith("line ")
    assert "xml_text_too_long" in long


def test_marks_that_only_say_which_way_a_letter_is_read_are_left_alone():
    assert read_document('{"gp": "\u200fعلي\u200e – Šuŋŋá\u00a0…"}'.encode()).kind == "case"


@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b'<?xml version="1.0"?><!doctype a><a/>',
        b'<!DOCTYPE a [<!ENTITY a "1"><!ENTITY b "&a;&a;"><!ENTITY c "&b;&b;">]><a>&c;</a>',
        b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a [+ADwAIQ-ENTITY x SYSTEM +ACI-file:///etc/passwd+ACIAPgBdAD4-<a/>',
    ],
)
def test_a_doctype_or_an_entity_is_refused_outright(data):
    assert any(code in refusal(data) for code in ("doctype", "damaged", "encoding"))


def test_an_entity_nobody_declared_is_damaged_xml():
    assert "damaged" in refusal(b"<a>&x;</a>")


def test_damaged_xml_names_the_line_and_an_element_of_the_schema():
    assert refusal(b"<MsgHead>\n<BorAlene></MsgHead>").startswith("line 2 BorAlene:")


def test_damaged_xml_does_not_name_an_element_that_is_no_schemas():
    message = refusal(b"<MsgHead>\n<Bodil></MsgHead>")
    assert message.startswith("line 2 MsgHead:"), "the nearest one that is"
    assert "Bodil" not in message


@pytest.mark.parametrize("inside", ["\x08", "&#8;", "&x;", "a & b", "<", "</Notat>"])
def test_damaged_xml_names_the_element_that_is_open_there(inside):
    body = f"<MsgHead>\n<MsgInfo>\n<Type>{inside}</Type></MsgInfo></MsgHead>"
    assert refusal(body.encode()).startswith("line 3 Type: xml_damaged")


@pytest.mark.parametrize("data", [b"<a", b"<a>\x00</a>", b"<a></b>", b"<>", b"<?xml?>"])
def test_damaged_xml_is_refused(data):
    assert "damaged" in refusal(data)


def test_a_path_is_shown_with_known_names_only():
    assert place(("answers", "mst", 3, "Bodil")) == "answers.mst[3].…"
    assert place(()) == "document"
