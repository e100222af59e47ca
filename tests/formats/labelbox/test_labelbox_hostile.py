"""Hostile and broken Labelbox exports of every kind: said, the rest loads, and kept as they are."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from broken import (
    Broken,
    Content,
    check,
    check_coverage,
    of_bytes,
    of_files,
    of_zip,
    overlapping,
    png_of,
    tried,
)
from labelbox_rows import Json, annotations_of, image, sides, thing, video, with_key

GOOD = thing("good", "ImageBoundingBox", sides(1))
BAD = thing("bad", "ImageBoundingBox", sides(1))
ADDRESS = "https://api.x.example/api/v1/projects/p/annotations/m/index/1/mask"
MASK = thing("m", "ImageSegmentationMask", {"mask": {"url": ADDRESS}})
NAME = "labels.ndjson"
DEEP = "[" * 5_000 + "]" * 5_000
ROW = json.dumps(image(GOOD)).encode()


def line(*objects: Json, **more: Json) -> bytes:
    return json.dumps(image(*objects, **more)).encode()


def marked(text: str, *objects: Json) -> bytes:
    """A row with "@" replaced by any text."""
    return line(GOOD, *objects).replace(b'"@"', text.encode())


def box(text: str) -> bytes:
    return marked(text, thing("bad", "ImageBoundingBox", {"bounding_box": "@"}))


def without(change: Callable[[Json], object]) -> bytes:
    """A good row, and one that is changed."""
    tree = image(BAD)
    change(tree)
    return ROW + b"\n" + json.dumps(tree).encode()


def label_of(tree: Json) -> Json:
    return tree["projects"]["p"]["labels"][0]


def cut(marker: str) -> bytes:
    """A good row, and one that breaks off behind a marker."""
    bad = line(BAD)
    return ROW + b"\n" + bad[: bad.index(marker.encode()) + len(marker)]


def related(*pairs: tuple[str, str]) -> bytes:
    tree = image(GOOD, {**GOOD, "feature_id": "good2"})
    annotations_of(tree)["relationships"] = [
        {"name": "r", "unidirectional_relationship": {"source": one, "target": other}}
        for one, other in pairs
    ]
    return json.dumps(tree).encode()


def with_mask(name: str, content: Content) -> dict[str, Content]:
    return {NAME: line(GOOD, MASK), name: content}


def old(frames: str) -> bytes:
    """A label of v1 whose frames are elsewhere, behind a good row."""
    row = {"ID": "l", "DataRow ID": "d", "External ID": "v.mp4", "Label": {"frames": frames}}
    return json.dumps(row).encode()


def frame_of_old(number: int, id: str = "good", **more: Json) -> Json:
    box = {"featureId": id, "title": "T", "bbox": {"top": 1, "left": 1, "height": 2, "width": 3}}
    return {"frameNumber": number, "objects": [{**box, **more}], "classifications": []}


def of_old(text: str, *frames: Json) -> bytes:
    """A row of v1 with a good object on its first frame; "@" becomes any text."""
    label = [frame_of_old(1), *frames]
    row = {"ID": "l", "DataRow ID": "d", "External ID": "v.mp4", "Label": label}
    return json.dumps([row]).encode().replace(b'"@"', text.encode())


def to_import(text: str = "", **more: Json) -> bytes:
    """Rows for import: a good box, and one that is changed; "@" becomes any text."""
    box = {"top": 1, "left": 2, "height": 3, "width": 4}
    rows = [{"uuid": id, "dataRow": {"id": "d"}, "name": "T", "bbox": box}
            for id in ("good", "bad")]  # fmt: skip
    rows[1].update(more)
    return "\n".join(map(json.dumps, rows)).encode().replace(b'"@"', text.encode())


V1, IMPORT = "v1.json", "import.ndjson"
CASES = (
    *(
        Broken("truncated", f"in {level}", of_bytes(NAME, cut(marker)), "breaks off")
        for level, marker in {
            "a row": '{"data_row": {',
            "a project": '"projects": {"p": {',
            "a label": '"labels": [{',
            "annotations": '"annotations": {',
            "an object": '"objects": [{"feature_id"',
            "a geometry": '"bounding_box": {"top": 1',
            "a text": '"feature_id": "ba',
        }.items()
    ),
    Broken("truncated", "a list of rows", of_bytes(NAME, b"[" + ROW + b","), "breaks off"),
    Broken("truncated", "a zip", of_zip({NAME: ROW}, lambda data: data[:-30]), r"all\.zip", 0,
           True),
    Broken("truncated", "a mask", of_files(NAME, with_mask("masks/m.png", png_of(4, 4)[:40])),
           r"m\.png"),
    Broken("wrong type", "a box that is a text", of_bytes(NAME, box('"x"')), "damaged|box"),
    Broken("wrong type", "an object that is a list", of_bytes(NAME, line(GOOD, [1])), "."),
    Broken("wrong type", "labels that are a number",
           of_bytes(NAME, without(lambda t: t["projects"]["p"].update(labels=7))), "."),
    Broken("wrong type", "a row that is a text", of_bytes(NAME, ROW + b'\n"data_row"'), "."),
    Broken("wrong type", "a mask that is no picture",
           of_files(NAME, with_mask("m.png", b"no picture")), r"m\.png"),
    Broken("missing key", "a box without a side",
           of_bytes(NAME, box('{"top": 1, "left": 2, "height": 3}')), "."),
    Broken("missing key", "an object without an id",
           of_bytes(NAME, without(lambda t: annotations_of(t)["objects"][0].pop("feature_id")))),
    Broken("missing key", "an object without a kind", of_bytes(
        NAME, without(lambda t: annotations_of(t)["objects"][0].pop("annotation_kind")))),
    Broken("missing key", "an object without a geometry",
           of_bytes(NAME, line(GOOD, thing("bad", "ImageBoundingBox", {}))), "."),
    Broken("missing key", "a label without annotations",
           of_bytes(NAME, without(lambda t: label_of(t).pop("annotations")))),
    Broken("missing key", "a row without projects",
           of_bytes(NAME, without(lambda t: t.pop("projects")))),
    Broken("missing key", "a row without a data row",
           of_bytes(NAME, without(lambda t: t.pop("data_row")))),
    Broken("cycle", "relationships in a circle",
           of_bytes(NAME, related(("good", "good2"), ("good2", "good"))), good=2),
    Broken("cycle", "a relationship to itself", of_bytes(NAME, related(("good", "good"))), good=2),
    Broken("duplicate id", "two objects", of_bytes(NAME, line(GOOD, GOOD)), good=2),
    Broken("duplicate id", "two rows", of_bytes(NAME, ROW + b"\n" + ROW), good=2),
    Broken("duplicate id", "a repeated key",
           of_bytes(NAME, ROW.replace(b'"data_row"', b'"data_row": {"id": "e"}, "data_row"'))),
    Broken("duplicate id", "two frames", of_bytes(NAME, json.dumps(
        video({"1": {"good": sides(1)}, "01": {"bad": sides(2)}})).encode()), "frame"),
    Broken("not a number", "a box",
           of_bytes(NAME, box('{"top": NaN, "left": 2, "height": 3, "width": 4}')), "."),
    Broken("not a number", "an infinite box",
           of_bytes(NAME, box('{"top": -Infinity, "left": 1e999, "height": 3, "width": 4}')), "."),
    Broken("not a number", "a segment",
           of_bytes(NAME, with_key("segments", '{"good": [[NaN, 2]]}')), "."),
    Broken("count of 10^9", "frames of a segment",
           of_bytes(NAME, with_key("segments", '{"good": [[1, 1000000000]]}')),
           "more frames than can be shown"),
    Broken("count of 10^9", "a key frame", of_bytes(
        NAME, with_key("key_frame_feature_map", '{"good": {"1000000000": true}}'))),
    Broken("count of 10^9", "pixels of a picture", of_files(NAME, {
        NAME: line(GOOD, MASK, media_attributes={"width": 10**9, "height": 10**9}),
        "m.png": png_of(4, 4)}), "4 x 4 pixels"),
    Broken("count of 10^9", "frames of a video", of_bytes(NAME, json.dumps(video(
        {"1": {"good": sides(1)}}, media_attributes={"frame_count": 10**9})).encode())),
    Broken("deep nesting", "a geometry", of_bytes(NAME, box(DEEP)), "."),
    Broken("deep nesting", "an answer", of_bytes(
        NAME, marked(DEEP, {**BAD, "classifications": "@"})), "nested too deeply"),
    Broken("deep nesting", "an unknown key",
           of_bytes(NAME, ROW[:-1] + b', "new": ' + DEEP.encode() + b"}")),
    Broken("lone surrogate", "a name", of_bytes(
        NAME, marked('"\\ud800"', thing("bad", "ImageBoundingBox", sides(1), value="@")))),
    Broken("lone surrogate", "an id", of_bytes(NAME, line(GOOD, {**BAD, "feature_id": "@"}).replace(
        b'"@"', b'"\\udfff"'))),
    Broken("lone surrogate", "a file", of_bytes(
        NAME, ROW.replace(b'{"id": "d"}', b'{"id": "d", "external_id": "\\ud800.png"}'))),
    Broken("byte order mark", "of rows", of_bytes(NAME, b"\xef\xbb\xbf" + ROW)),
    Broken("byte order mark", "of a list", of_bytes(NAME, b"\xef\xbb\xbf[" + ROW + b"]")),
    Broken("CRLF", "between rows", of_bytes(NAME, ROW + b"\r\n" + ROW + b"\r\n"), good=2),
    Broken("CRLF", "in a list", of_bytes(
        NAME, json.dumps([image(GOOD)], indent=1).replace("\n", "\r\n").encode())),
    *(
        Broken("path", f"a data row called {name}", of_bytes(
            NAME, line(GOOD, data_row={"id": "d", "external_id": name, "row_data": name})))
        for name in ("../../x", "/etc/passwd", "C:\\x.png", "file:///etc/passwd")
    ),
    *(
        Broken("path", f"a mask of {id}", of_files(f"in/{NAME}", {
            f"in/{NAME}": line(GOOD, {**MASK, "feature_id": id,
                                      "mask": {"url": f"https://x/annotations/{id}"}}),
            "out.png": png_of(4, 4)}), "not downloaded|outside")
        for id in ("../out", "/tmp/out", "..%2fout")
    ),
    *(
        Broken("path", f"frames in {name}", of_bytes(NAME, old(name)), ".", 0)
        for name in ("../../frames.ndjson", "/etc/passwd")
    ),
    Broken("path", "a member of a zip", of_zip({f"../../{NAME}": ROW})),
    Broken("zip bomb", "labels that grow", of_zip({NAME: lambda: ROW + b" " * (300 << 20)}),
           "claim", 0, True),
    Broken("zip bomb", "members that overlap", of_zip({NAME: ROW, "m.png": b"x"}, overlapping)),
    Broken("zip bomb", "a mask that grows", of_zip(with_mask("m.png", lambda: bytes(300 << 20))),
           r"m\.png"),
    *(
        Broken("truncated", f"{name} of v1", of_bytes(V1, data[: data.index(b'"frameNumber": 2')
                                                           + length]), "breaks off")
        for length in (20, 90)
        for name, data in (
            (f"inlined frames ({length})", of_old("", frame_of_old(2, "bad"))),
            (f"frames of a label ({length})", of_old("", frame_of_old(2, "bad")).replace(
                b'"Label": [', b'"Label": {"frames": [')),
        )
    ),
    Broken("truncated", "a row for import", of_bytes(IMPORT, to_import()[:-20]), "breaks off"),
    Broken("wrong type", "a box of v1",
           of_bytes(V1, of_old('"x"', frame_of_old(2, "bad", bbox="@"))), "."),
    Broken("wrong type", "a box for import", of_bytes(IMPORT, to_import('"x"', bbox="@")), "."),
    Broken("not a number", "a box of v1", of_bytes(V1, of_old(
        '{"top": NaN, "left": 1, "height": 2, "width": 3}', frame_of_old(2, "bad", bbox="@"))),
        "."),
    Broken("not a number", "a box for import", of_bytes(IMPORT, to_import(
        '{"top": 1e999, "left": 1, "height": 2, "width": 3}', bbox="@")), "."),
    Broken("missing key", "a frame of v1 without its number",
           of_bytes(V1, of_old("", {"objects": [], "classifications": []}))),
    Broken("missing key", "a row for import without its data row",
           of_bytes(IMPORT, to_import() + b'\n{"uuid": "odd", "name": "T"}')),
    Broken("count of 10^9", "a frame of v1", of_bytes(V1, of_old("", frame_of_old(10**9)))),
    Broken("count of 10^9", "a segment for import", of_bytes(IMPORT, to_import(
        '[{"keyframes": [{"frame": 1, "bbox": {"top": 1, "left": 2, "height": 3, "width": 4}},'
        ' {"frame": 1000000000, "bbox": {"top": 1, "left": 2, "height": 3, "width": 4}}]}]',
        segments="@"))),
    Broken("duplicate id", "two frames of v1", of_bytes(V1, of_old("", frame_of_old(1))), "."),
    Broken("duplicate id", "two rows for import",
           of_bytes(IMPORT, to_import().replace(b'"bad"', b'"good"')), good=2),
    Broken("deep nesting", "a box of v1",
           of_bytes(V1, of_old(DEEP, frame_of_old(2, "bad", bbox="@"))), "nested"),
    Broken("deep nesting", "a box for import",
           of_bytes(IMPORT, to_import(DEEP, bbox="@")), "nested"),
    Broken("PNG bomb", "a billion pixels",
           of_files(NAME, with_mask("masks/m.png", png_of(30_000, 40_000))), r"m\.png"),
    Broken("PNG bomb", "more than its header says",
           of_files(NAME, with_mask("m.png", lambda: png_of(4, 4, bytes(100 << 20))))),
    Broken("PNG bomb", "sizes beyond 31 bits",
           of_files(NAME, with_mask("m.png", png_of(2**31 - 1, 2**31 - 1, b"x"))), r"m\.png"),
)  # fmt: skip


@pytest.mark.parametrize("case", tried(CASES).values(), ids=list(tried(CASES)))
def test_what_is_broken_is_said_and_all_else_is_there_and_kept(
    case: Broken, tmp_path: Path
) -> None:
    check(case, tmp_path)


def test_every_kind_of_damage_is_tried() -> None:
    check_coverage(CASES, own=(), without=())
