"""Broken and hostile rows: a sentence for what is wrong, the rest loads, nothing is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from broken import Broken, check, check_coverage, of_bytes, of_files, of_zip, overlapping, tried
from encord_rows import answer, box, flat, frames, row, thing

from viewer.formats import read_export, write_export
from viewer.formats.encord.bitmask import text_of_runs

Json = Any
GOOD = box("good")


def export(*objects: Json, **other: Json) -> bytes:
    """Return a file of one picture with these labels and a good one behind them."""
    return json.dumps([row("image", flat(*objects, GOOD), "picture", **other)]).encode()


def video(labels: Json, **other: Json) -> bytes:
    """Return a file of one film with these frames."""
    return json.dumps([row("video", labels, "film", **other)]).encode()


def mask(text: str, width: Json = 64, height: Json = 32, **other: Json) -> Json:
    held = {"top": 0, "left": 0, "width": width, "height": height, "rleString": text, **other}
    return thing("bad", "bitmask", {"bitmask": held})


WHOLE = export(box("first"))
DEEP = b"[" * 5000 + b"]" * 5000
ANSWERED = {"good": {"objectHash": "good", "classifications": 7}}
RING = {"polygon": {"0": {"x": 1, "y": 1}, "x": {"x": 1, "y": 2}}}
FILES = (
    Broken(
        "truncated",
        "in a number",
        of_bytes("a.json", WHOLE[: WHOLE.index(b"0.25") + 2]),
        "breaks off",
        good=0,
    ),
    Broken(
        "truncated",
        "behind a label",
        of_bytes("a.json", WHOLE[: WHOLE.rindex(b"classific") - 1]),
        "breaks off",
    ),
    Broken(
        "truncated",
        "in the answers",
        of_bytes("a.json", WHOLE[: WHOLE.index(b'"object_an') + 18]),
        "breaks off|damaged",
    ),
    Broken(
        "wrong type",
        "objects are text",
        of_bytes("a.json", video({"0": {"objects": "x"}, **frames({1: [GOOD]})})),
        "holds no list",
    ),
    Broken(
        "wrong type",
        "a frame is a number",
        of_bytes("a.json", video({"0": 7, **frames({1: [GOOD]})})),
        "holds no",
    ),
    Broken(
        "wrong type",
        "labels are a list",
        of_bytes("a.json", json.dumps([row("video", [], "b"), json.loads(export())[0]]).encode()),
        "holds no",
    ),
    Broken(
        "wrong type",
        "units are text",
        of_bytes(
            "a.json",
            json.dumps([row("image", {}, "b", data_units="x"), json.loads(export())[0]]).encode(),
        ),
        "holds no",
    ),
    Broken("wrong type", "an object is a number", of_bytes("a.json", export(7)), "cannot be drawn"),
    Broken("wrong type", "an object is null", of_bytes("a.json", export(None)), "cannot be drawn"),
    Broken("wrong type", "an id is a list", of_bytes("a.json", export(box("bad", objectHash=[1])))),
    Broken(
        "wrong type",
        "a width of text",
        of_bytes(
            "a.json",
            json.dumps(
                [row("image", flat(box("bad")), "b", unit={"width": "64"}), json.loads(export())[0]]
            ).encode(),
        ),
        "holds no number",
    ),
    Broken(
        "wrong type",
        "a corner of text",
        of_bytes(
            "a.json",
            export(
                thing("bad", "bounding_box", {"boundingBox": {"x": "1", "y": 1, "w": 1, "h": 1}})
            ),
        ),
        "no number",
    ),
    Broken(
        "wrong type",
        "a vertex key of text",
        of_bytes("a.json", export(thing("bad", "polygon", RING))),
        "describes no polygon",
    ),
    Broken(
        "wrong type",
        "answers are a number",
        of_bytes("a.json", export(object_answers=ANSWERED)),
        None,
    ),
    Broken(
        "missing key",
        "no geometry",
        of_bytes("a.json", export(thing("bad", "point", {}))),
        "describes no point",
    ),
    Broken(
        "missing key", "no shape", of_bytes("a.json", export(box("bad", shape=None))), "no shape"
    ),
    Broken(
        "missing key",
        "no ids at all",
        of_bytes("a.json", export(box("bad", objectHash=None, featureHash=None))),
    ),
    Broken(
        "missing key",
        "no units",
        of_bytes("a.json", json.dumps([{"label_hash": "l"}, json.loads(export())[0]]).encode()),
    ),
    Broken(
        "missing key",
        "a ring of three numbers",
        of_bytes("a.json", export(thing("bad", "polygon", {"polygons": [[[0.1, 0.1, 0.5]]]}))),
        "no pairs",
    ),
    Broken(
        "missing key",
        "no regions",
        of_bytes("a.json", export(thing("bad", "polygon", {"polygons": [], "polygon": {}}))),
        "polygon",
    ),
    Broken(
        "duplicate id",
        "twice on one frame",
        of_bytes("a.json", export(box("twin"), box("twin", 0.5))),
        "another label of its frame",
    ),
    Broken(
        "duplicate id",
        "two frames of one number",
        of_bytes("a.json", video({"1": flat(GOOD), "01": flat(box("bad"))})),
        "come twice",
    ),
    Broken(
        "duplicate id",
        "rows that repeat",
        of_bytes("a.json", json.dumps(json.loads(export()) * 2).encode()),
        good=2,
    ),
    Broken(
        "not a number",
        "NaN",
        of_bytes("a.json", export(box("bad")).replace(b"0.5", b"NaN", 1)),
        "box|strict",
    ),
    Broken(
        "not a number",
        "1e999",
        of_bytes("a.json", export(box("bad")).replace(b"0.5", b"1e999", 1)),
        "box",
    ),
    Broken(
        "not a number",
        "a number of 5,000 digits",
        of_bytes("a.json", export(box("bad")).replace(b"0.5", b"9" * 5000, 1)),
        "box",
    ),
    Broken(
        "count of 10^9",
        "a frame",
        of_bytes("a.json", video({"999999999": flat(GOOD), "1" + "0" * 400: flat(box("bad"))})),
        "numbers are none",
    ),
    Broken(
        "count of 10^9",
        "a range",
        of_bytes(
            "a.json",
            video(
                frames({1: [GOOD]}),
                classification_answers={
                    "c": {
                        "classificationHash": "c",
                        "featureHash": "f",
                        "range": [[0, 10**9], [-5, 3], 7],
                        "classifications": [answer("q", "x")],
                    }
                },
            ),
        ),
        "more frames than can be listed",
    ),
    Broken(
        "count of 10^9",
        "a mask's size",
        of_bytes("a.json", export(mask("0", 10**9, 10**9))),
        "pixels",
    ),
    Broken(
        "count of 10^9",
        "a unit's size",
        of_bytes(
            "a.json",
            json.dumps(
                [
                    row("image", flat(box("bad")), "b", unit={"width": 1e9, "height": 1e9}),
                    json.loads(export())[0],
                ]
            ).encode(),
        ),
    ),
    Broken(
        "count of 10^9",
        "a picture's number",
        of_bytes(
            "a.json",
            json.dumps([row("img_group", flat(GOOD), "g", unit={"data_sequence": 10**9})]).encode(),
        ),
    ),
    Broken(
        "deep nesting",
        "in a label",
        of_bytes("a.json", export(box("bad", extra="@")).replace(b'"@"', DEEP)),
    ),
    Broken(
        "deep nesting",
        "in answers",
        of_bytes("a.json", export(object_answers={"good": "@"}).replace(b'"@"', DEEP)),
    ),
    Broken(
        "lone surrogate",
        "in a name",
        of_bytes("a.json", export(box("bad", name="@")).replace(b"@", b"\\ud800")),
    ),
    Broken(
        "lone surrogate", "in an id", of_bytes("a.json", export(box("@")).replace(b"@", b"\\udfff"))
    ),
    Broken("byte order mark", "before the list", of_bytes("a.json", b"\xef\xbb\xbf" + export())),
    Broken(
        "CRLF",
        "everywhere",
        of_bytes(
            "a.json", json.dumps(json.loads(export()), indent=1).replace("\n", "\r\n").encode()
        ),
    ),
    Broken(
        "path",
        "a title that leads out",
        of_bytes(
            "a.json", export(data_title="../../etc/passwd", unit={"data_link": "/etc/passwd"})
        ),
    ),
    Broken(
        "path",
        "a link that is no address",
        of_bytes("a.json", export(unit={"data_link": "http://[::1"})),
    ),
    Broken(
        "zip bomb", "members that overlap", of_zip({"a.json": WHOLE, "m.png": b"x"}, overlapping)
    ),
    Broken(
        "zip bomb",
        "labels that grow",
        of_zip({"a.json": lambda: WHOLE + b" " * (300 << 20)}),
        "claim",
        0,
        True,
    ),
    Broken(
        "ontology",
        "that is damaged",
        of_files(
            "",
            {
                "a.json": export(),
                "o.json": b'{"objects": [], "classifications": [], "x": "featureNodeHash',
            },
        ),
        None,
    ),
    Broken(
        "run-lengths",
        "beyond the picture",
        of_bytes("a.json", export(mask("T1T1" + "0oo1" * 9))),
        "runs|negative|rleString",
    ),
    Broken(
        "run-lengths",
        "that overrun by one",
        of_bytes("a.json", export(mask(text_of_runs([1, 64 * 32])))),
        "cover 2,049 pixels",
    ),
    Broken(
        "run-lengths",
        "of other characters",
        of_bytes("a.json", export(mask("\u00e9"))),
        "characters",
    ),
    Broken(
        "run-lengths", "cut within a number", of_bytes("a.json", export(mask("1o"))), "ends within"
    ),
    Broken(
        "run-lengths",
        "of a huge number",
        of_bytes("a.json", export(mask("o" * 60 + "1"))),
        "no picture has",
    ),
    *(
        Broken(
            "wrong type",
            f"a bitmask with a height of {value}",
            of_bytes("a.json", export(mask("1", height="@")).replace(b'"@"', value.encode())),
            "describes no bitmask",
        )
        for value in ("1e999", "NaN", "1.5", '"32"', "null", "9" * 400)
    ),
    Broken(
        "missing key",
        "a bitmask without its height",
        of_bytes("a.json", export(thing("bad", "bitmask", {"bitmask": {"rleString": "1"}}))),
        "the key 'width'",
    ),
    Broken("run-lengths", "negative", of_bytes("a.json", export(mask("O"))), "negative"),
    Broken(
        "run-lengths",
        "for another picture",
        of_bytes("a.json", export(mask("1", 16, 16))),
        "made for",
    ),
    Broken(
        "run-lengths",
        "within the picture",
        of_bytes("a.json", export(mask("1", top=2))),
        "begins within",
    ),
    Broken(
        "run-lengths",
        "as a number",
        of_bytes(
            "a.json",
            export(
                mask("x")
                | {"bitmask": {"top": 0, "left": 0, "width": 64, "height": 32, "rleString": 5}}
            ),
        ),
        "no text",
    ),
)
OWN = ("ontology", "run-lengths")
WITHOUT = ("cycle", "PNG bomb")  # labels have no parents, and masks lie in the rows


@pytest.mark.parametrize("case", tried(FILES).values(), ids=list(tried(FILES)))
def test_a_broken_export_is_told_of_and_the_rest_loads(case: Broken, tmp_path: Path):
    check(case, tmp_path)


def test_there_is_a_broken_export_of_every_kind():
    check_coverage(FILES, OWN, WITHOUT)


@pytest.mark.parametrize("case", tried(FILES).values(), ids=list(tried(FILES)))
def test_every_label_of_a_broken_export_can_go(case: Broken, tmp_path: Path):
    home = tmp_path / "home"
    home.mkdir()
    if case.refused or case.kind == "truncated":
        return
    opened = read_export(case.build(home))
    for id in opened.annotations:
        written = tmp_path / f"{id.ordinal}.json"
        write_export(opened, opened.without_annotations([id]), "1", written)
        left = read_export(written)
        before = [opened.annotations[one].native_id for one in opened.annotations if one != id]
        assert [left.annotations[one].native_id for one in left.annotations] == before
