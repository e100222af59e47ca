"""Hostile and broken MD.ai exports of every kind: said, the rest loads, and kept as they are."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from broken import Broken, check, check_coverage, claiming, of_bytes, of_zip, overlapping, tried

Json = Any
NAME = "labels.json"
DEEP = "[" * 5_000 + "]" * 5_000
PLACE = {"StudyInstanceUID": "1.2", "SeriesInstanceUID": "1.2.3", "SOPInstanceUID": "1.2.3.4"}
CLASS = {"id": "L_1", "name": "Box", "color": "#d32f2f", "type": "LOCAL", "parentId": None,
         "scope": "INSTANCE", "annotationMode": "bbox"}  # fmt: skip


def record(id: str, **more: Json) -> Json:
    box = {"x": 1, "y": 2, "width": 3, "height": 4}
    return {"id": id, "labelId": "L_1", "parentId": None, "data": box, "note": None, **PLACE,
            "width": 99, "height": 99, **more}  # fmt: skip


def tree(*records: Json, labels: Json = None) -> Json:
    """An export with a good label and these."""
    dataset = {"id": "D_1", "name": "d", "studies": []}
    groups = [{"id": "G_1", "name": "g", "labels": labels or [CLASS]}]
    return {"id": "b", "name": "b", "labelGroups": groups,
            "datasets": [{**dataset, "annotations": [record("good"), *records]}]}  # fmt: skip


def text(*records: Json, indent: int | None = None, **more: Json) -> bytes:
    return json.dumps(tree(*records, **more), indent=indent).encode()


def marked(value: str, **more: Json) -> bytes:
    """A record with "@" replaced by any text."""
    return text(record("bad", **more)).replace(b'"@"', value.encode())


def cut(marker: str) -> bytes:
    """A good record, and one that breaks off behind a marker."""
    whole = text(record("bad"))
    at = whole.index(marker.encode(), whole.index(b'"bad"') - 9)
    return whole[: at + len(marker)]


def changed(change: Callable[[Json], object]) -> bytes:
    made = tree(record("bad"))
    change(made)
    return json.dumps(made).encode()


def bad_of(made: Json) -> Json:
    return made["datasets"][0]["annotations"][1]


def box(**sides: Json) -> dict[str, Json]:
    return {"data": {"x": 1, "y": 2, "width": 3, "height": 4, **sides}}


WHOLE = text()
BOM = b"\xef\xbb\xbf"
CASES = (
    *(
        Broken("truncated", f"in {level}", of_bytes(NAME, cut(marker)), "breaks off")
        for level, marker in {
            "a record": '{"id": "bad", ',
            "a text": '"labelId": "L',
            "a geometry": '"data": {"x": 1',
            "a number": '"width": 9',
            "the list of records": '"height": 99}',
            "a data set": '"height": 99}]',
            "the file": '"height": 99}]}]',
        }.items()
    ),
    Broken("truncated", "before the records",
           of_bytes(NAME, WHOLE[: WHOLE.index(b'"annotations"')]), "breaks off", 0),
    Broken("truncated", "a zip", of_zip({NAME: WHOLE}, lambda data: data[:-30]), r"all\.zip", 0,
           True),
    Broken("wrong type", "a record that is a list", of_bytes(NAME, text([1])), "."),
    Broken("wrong type", "data that are a text",
           of_bytes(NAME, text(record("bad", data="x"))), "."),
    Broken("wrong type", "a width of text", of_bytes(NAME, text(record("bad", **box(width="3")))),
           "."),
    Broken("wrong type", "studies that are a number",
           of_bytes(NAME, changed(lambda t: t["datasets"][0].update(studies=7))), "studies"),
    Broken("wrong type", "label groups that are a text",
           of_bytes(NAME, changed(lambda t: t["labelGroups"].append("x"))), "labelGroups"),
    Broken("missing key", "a record without an id",
           of_bytes(NAME, changed(lambda t: bad_of(t).pop("id")))),
    Broken("missing key", "a record without a class",
           of_bytes(NAME, changed(lambda t: bad_of(t).pop("labelId"))), "."),
    Broken("missing key", "a record without data",
           of_bytes(NAME, changed(lambda t: bad_of(t).pop("data")))),
    Broken("missing key", "a record without its image",
           of_bytes(NAME, changed(lambda t: [bad_of(t).pop(key) for key in PLACE]))),
    Broken("missing key", "a label group without labels",
           of_bytes(NAME, changed(lambda t: t["labelGroups"].append({"id": "G_2"})))),
    Broken("missing key", "a class without an id", of_bytes(
        NAME, changed(lambda t: t["labelGroups"][0]["labels"].append({"name": "x"}))), "."),
    Broken("cycle", "parents of one another", of_bytes(NAME, text(
        record("one", parentId="two"), record("two", parentId="one"))), "."),
    Broken("cycle", "its own parent", of_bytes(NAME, text(record("bad", parentId="bad"))), "."),
    Broken("cycle", "classes below one another", of_bytes(NAME, text(labels=[
        {**CLASS, "parentId": "L_2"}, {**CLASS, "id": "L_2", "parentId": "L_1"}]))),
    Broken("duplicate id", "two records", of_bytes(NAME, text(record("good"))), ".", 2),
    Broken("duplicate id", "two classes", of_bytes(NAME, text(labels=[CLASS, CLASS])), "."),
    Broken("duplicate id", "a repeated key",
           of_bytes(NAME, WHOLE.replace(b'"x": 1', b'"x": 1, "x": 2'))),
    Broken("not a number", "a side", of_bytes(NAME, marked("NaN", **box(x="@"))), "."),
    Broken("not a number", "an infinite side", of_bytes(NAME, marked("1e999", **box(width="@"))),
           "."),
    Broken("not a number", "400 digits", of_bytes(NAME, marked("9" * 400, **box(width="@"))), "."),
    Broken("count of 10^9", "a frame", of_bytes(NAME, text(record("bad", frameNumber=10**9)))),
    Broken("count of 10^9", "pixels of a picture",
           of_bytes(NAME, text(record("bad", width=10**9, height=10**9)))),
    Broken("count of 10^9", "pixels of a mask", of_bytes(NAME, text(record(
        "bad", data={"foreground": [[[0, 0], [10**9, 0], [10**9, 10**9]]], "background": []})))),
    Broken("count of 10^9", "an exam", of_bytes(NAME, changed(lambda t: t["datasets"][0].update(
        studies=[{"StudyInstanceUID": "1.2", "number": 10**9}])))),
    Broken("deep nesting", "data", of_bytes(NAME, marked(DEEP, data="@")), "nested"),
    Broken("deep nesting", "a note", of_bytes(NAME, marked(DEEP, note="@")), "nested"),
    Broken("deep nesting", "an unknown key",
           of_bytes(NAME, WHOLE[:-1] + b', "new": ' + DEEP.encode() + b"}"), "nested"),
    Broken("lone surrogate", "a note", of_bytes(NAME, marked('"\\ud800"', note="@")), "."),
    Broken("lone surrogate", "an id", of_bytes(NAME, text(record("@")).replace(
        b'"@"', b'"\\udfff"')), "."),
    Broken("lone surrogate", "a class", of_bytes(NAME, WHOLE.replace(b'"Box"', b'"\\ud83d"')), "."),
    Broken("byte order mark", "of a file", of_bytes(NAME, BOM + WHOLE)),
    Broken("byte order mark", "in a zip", of_zip({NAME: BOM + WHOLE})),
    Broken("CRLF", "between lines",
           of_bytes(NAME, text(record("bad"), indent=1).replace(b"\n", b"\r\n"))),
    *(
        Broken("path", f"names like {name}", of_bytes(
            NAME, text(record("bad", SOPInstanceUID=name, SeriesInstanceUID=name))))
        for name in ("../../x", "/etc/passwd", "C:\\x", "file:///etc/passwd")
    ),
    Broken("path", "a member of a zip", of_zip({f"../../{NAME}": WHOLE})),
    Broken("path", "a member from the root", of_zip({f"/etc/{NAME}": WHOLE})),
    Broken("zip bomb", "labels that grow", of_zip({NAME: lambda: WHOLE + b" " * (300 << 20)}),
           "claim", 0, True),
    Broken("zip bomb", "members that overlap", of_zip({NAME: WHOLE, "x.bin": b"x"}, overlapping)),
    Broken("zip bomb", "a member beyond its size", of_zip({NAME: WHOLE}, claiming(4 * 10**9)),
           r"all\.zip", 0, True),
)  # fmt: skip


@pytest.mark.parametrize("case", tried(CASES).values(), ids=list(tried(CASES)))
def test_what_is_broken_is_said_and_all_else_is_there_and_kept(
    case: Broken, tmp_path: Path
) -> None:
    check(case, tmp_path)


def test_every_kind_of_damage_is_tried() -> None:
    check_coverage(CASES, own=(), without=("PNG bomb",))
