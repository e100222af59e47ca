"""Hostile and broken DATAGYM exports of every kind: said, the rest loads, kept as they are."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from broken import (
    Broken,
    Build,
    check,
    check_coverage,
    of_bytes,
    of_files,
    of_zip,
    overlapping,
    tried,
)

Json = Any
NAME = "export.json"
DEEP = "[" * 5_000 + "]" * 5_000
CLASSES = [
    {"class_name": "good", "geometry_type": "rectangle"},
    {"class_name": "bad", "geometry_type": "polygon"},
    {"class_name": "weather", "classification_type": "select"},
]
GOOD = {"rectangle": [{"x": 1, "y": 2, "w": 3, "h": 4}], "classifications": {}}
POINTS = [{"x": 1, "y": 2}, {"x": 9, "y": 2}, {"x": 5, "y": 8}]
BAD = {"polygon": POINTS, "classifications": {"type": ["a"]}, "nested_geometries": {}}
RING = [*POINTS, POINTS[0]]


def tasks(*values: Json, **more: Json) -> list[Json]:
    """The classes, a good task, and one with these values of a class or further members."""
    good = {"internal_media_ID": "t", "external_media_ID": "a.png", "labels": {"good": [GOOD]}}
    bad = {
        "internal_media_ID": "t2", "external_media_ID": "b.png", "labeler": None,
        "status": "completed", "global_classifications": {"weather": ["sunny"]},
        "labels": {"bad": list(values)},
    }  # fmt: skip
    return [{"label_classes": CLASSES}, good, {**bad, **more}]


def text(tree: Json, indent: int | None = None) -> bytes:
    return json.dumps(tree, indent=indent).encode()


def marked(value: str, *labels: Json, **more: Json) -> bytes:
    """Tasks with "@" replaced by any text."""
    return text(tasks(*labels, **more)).replace(b'"@"', value.encode())


def changed(change: Callable[[Json], object]) -> bytes:
    """A good task, and one that is changed."""
    tree = tasks(deepcopy(BAD))
    change(tree[2])
    return text(tree)


def cut(marker: str) -> bytes:
    """A good task, and one that breaks off behind a marker."""
    whole = text(tasks(BAD))
    at = whole.index(marker.encode(), whole.index(b'"t2"') - 30)
    return whole[: at + len(marker)]


def video(objects: Json, frames: Json | None = None) -> bytes:
    """A video task with a good object, and others."""
    seen = {"5": [{"visibleObjectId": "good"}], **(frames or {})}
    return text({"frames": seen, "object": {"good": {"5": GOOD}, **objects}})


def configured(*entries: Json) -> Build:
    """An export with a label configuration beside it."""
    root = {"children": [], "type": "RECTANGLE", "entryKey": "good", "entryValue": "Good"}
    files = {NAME: text(tasks(BAD)), "x_configuration.json": text([root, *entries])}
    return of_files("", files)


def nested(value: Json) -> Json:
    """A polygon in which another value is nested."""
    return {**BAD, "nested_geometries": {"plate": [value]}}


WHOLE = text(tasks(BAD))
CASES = (
    *(
        Broken("truncated", f"in {level}", of_bytes(NAME, cut(marker)), "breaks off")
        for level, marker in {
            "a task": '{"internal_media_ID": "t2"',
            "a name": '"external_media_ID": "b.p',
            "an answer": '"weather": ["su',
            "the classes of labels": '"labels": {',
            "a class": '"bad": [',
            "a label": '"bad": [{',
            "a geometry": '"polygon": [{"x": 1',
            "the answers of a label": '"classifications": {"type": [',
        }.items()
    ),
    Broken("truncated", "a zip", of_zip({NAME: WHOLE}, lambda data: data[:-30]), r"all\.zip", 0,
           True),
    Broken("truncated", "a video task", of_bytes(NAME, video({"u": {"7": GOOD}})[:-14]),
           "breaks off"),
    Broken("wrong type", "a label that is a list", of_bytes(NAME, text(tasks([1]))), "no object"),
    Broken("wrong type", "a label that is null", of_bytes(NAME, text(tasks(None))), "no object"),
    Broken("wrong type", "a place of text", of_bytes(
        NAME, text(tasks({**BAD, "polygon": ["x"]}))), "."),
    Broken("wrong type", "a number of text", of_bytes(
        NAME, text(tasks({"rectangle": [{"x": "a", "y": 1, "w": 1, "h": 1}]}))), "null"),
    Broken("wrong type", "a geometry that is an object", of_bytes(
        NAME, text(tasks({"rectangle": {"x": 1}}))), "no list"),
    Broken("wrong type", "rings that are points", of_bytes(
        NAME, text(tasks({"image_segmentation": POINTS}))), "rings"),
    Broken("wrong type", "labels that are a number",
           of_bytes(NAME, changed(lambda t: t.update(labels=7))), "."),
    Broken("wrong type", "a class that is a text",
           of_bytes(NAME, changed(lambda t: t.update(labels={"bad": "x"})))),
    Broken("wrong type", "answers that are a list",
           of_bytes(NAME, changed(lambda t: t.update(global_classifications=[1]))), "."),
    Broken("wrong type", "an answer that is an object",
           of_bytes(NAME, changed(lambda t: t.update(global_classifications={"w": {}})))),
    Broken("wrong type", "a task that is a text", of_bytes(NAME, WHOLE[:-1] + b', "task"]'), "."),
    Broken("wrong type", "classes that are a text", of_bytes(
        NAME, WHOLE.replace(text(CLASSES), b'"x"')), "label_classes"),
    Broken("wrong type", "frames of a video that are a list",
           of_bytes(NAME, video({}).replace(b'{"5": [{', b'[[{').replace(b'"good"}]}', b'"good"}]]'
                                           )), "."),
    Broken("wrong type", "a key frame that is null", of_bytes(NAME, video({"u": {"7": None}})),
           "no geometry"),
    Broken("missing key", "a label without a geometry", of_bytes(
        NAME, text(tasks({"classifications": {}}))), "no geometry"),
    Broken("missing key", "a label without answers",
           of_bytes(NAME, text(tasks({"polygon": POINTS})))),
    Broken("missing key", "a place without y", of_bytes(
        NAME, text(tasks({"point": [{"x": 1}]}))), "null"),
    Broken("missing key", "a task without an id",
           of_bytes(NAME, changed(lambda t: t.pop("internal_media_ID")))),
    Broken("missing key", "a task without a name",
           of_bytes(NAME, changed(lambda t: t.pop("external_media_ID")))),
    Broken("missing key", "no list of classes", of_bytes(NAME, text(tasks(BAD)[1:]))),
    Broken("missing key", "a video without frames",
           of_bytes(NAME, text({"frames": {}, "object": {"good": {"5": GOOD}}})), "all the same"),
    Broken("duplicate id", "two tasks", of_bytes(
        NAME, changed(lambda t: t.update(internal_media_ID="t"))), "several tasks"),
    Broken("duplicate id", "two classes", of_bytes(NAME, text(
        [{"label_classes": CLASSES * 2}, *tasks(BAD)[1:]]))),
    Broken("duplicate id", "a repeated key", of_bytes(
        NAME, WHOLE.replace(b'"status"', b'"labeler": "x", "labels": {}, "status"'))),
    Broken("duplicate id", "an object twice on a frame", of_bytes(
        NAME, video({}, {"6": [{"visibleObjectId": "good"}] * 2}))),
    Broken("not a number", "a coordinate", of_bytes(
        NAME, marked("NaN", {"point": [{"x": "@", "y": 1}]})), "."),
    Broken("not a number", "an infinite width", of_bytes(
        NAME, marked("-1e999", {"rectangle": [{"x": 1, "y": 1, "w": "@", "h": 1}]})), "."),
    Broken("not a number", "a key frame", of_bytes(NAME, video({"u": {"x": GOOD, "7": GOOD}})),
           "no frame numbers"),
    Broken("not a number", "a frame rate", of_bytes(NAME, changed(
        lambda t: t.update(video_frame_rate="1/0", video_total_frames="x")))),
    Broken("count of 10^9", "a key frame", of_bytes(NAME, video({"u": {"1000000000": GOOD}})),
           "all the same"),
    Broken("count of 10^9", "a frame", of_bytes(NAME, video(
        {"u": {"0": GOOD}}, {"2000000000": [{"visibleObjectId": "u"}]})), "before any key frame"),
    Broken("count of 10^9", "frames of a video", of_bytes(NAME, changed(
        lambda t: t.update(video_total_frames="1000000000", video_width="1000000000")))),
    Broken("count of 10^9", "a frame number of many digits",
           of_bytes(NAME, video({"u": {"9" * 5000: GOOD, "7": GOOD}})), "no frame numbers"),
    Broken("deep nesting", "a geometry",
           of_bytes(NAME, marked(DEEP, {**BAD, "polygon": "@"})), "nested"),
    Broken("deep nesting", "answers",
           of_bytes(NAME, marked(DEEP, {**BAD, "classifications": "@"})), "nested"),
    Broken("deep nesting", "an answer in an answer", of_bytes(NAME, marked(
        '[null, {"a": ' * 150 + "[]" + "}]" * 150, global_classifications={"a": "@"}))),
    Broken("deep nesting", "nested geometries", of_bytes(NAME, text(
        tasks(nested(nested(nested(BAD))))))),
    Broken("deep nesting", "an unknown key",
           of_bytes(NAME, WHOLE[:-2] + b', "new": ' + DEEP.encode() + b"}]"), "nested"),
    Broken("deep nesting", "a label configuration", of_files("", {
        NAME: WHOLE, "x_configuration.json": b'[{"entryKey":"a","type":"RECTANGLE","children":'
        + DEEP.encode() + b"}]"}), "nested"),
    Broken("lone surrogate", "a class",
           of_bytes(NAME, WHOLE.replace(b'"bad": [', b'"\\ud800": [')), "."),
    Broken("lone surrogate", "an answer", of_bytes(
        NAME, marked('["\\udfff"]', global_classifications={"weather": "@"}))),
    Broken("lone surrogate", "a name", of_bytes(NAME, WHOLE.replace(b'"b.png"', b'"\\ud800.png"')),
           "."),
    Broken("lone surrogate", "an id", of_bytes(NAME, WHOLE.replace(b'"t2"', b'"\\ud800"')), "."),
    Broken("byte order mark", "of tasks", of_bytes(NAME, b"\xef\xbb\xbf" + WHOLE)),
    Broken("byte order mark", "of a video", of_bytes(NAME, b"\xef\xbb\xbf" + video({}))),
    Broken("byte order mark", "of a label configuration", of_files("", {
        NAME: WHOLE, "x_configuration.json": b'\xef\xbb\xbf[{"entryKey":"good","type":"POINT"}]'})),
    Broken("CRLF", "between lines",
           of_bytes(NAME, text(tasks(BAD), indent=2).replace(b"\n", b"\r\n"))),
    *(
        Broken("path", f"a picture in {name}",
               of_bytes(NAME, text(tasks(BAD, external_media_ID=name))))
        for name in ("../../x.png", "/etc/passwd", "\\\\host\\share\\x.png", "..%2f..%2fx.png",
                     "file:///etc/passwd")
    ),
    *(
        Broken("path", f"a semantic map in {name}",
               of_bytes(NAME, text(tasks(BAD, segmentations=[name]))))
        for name in ("https://x/api/v1/export/bitmap/../../bad", "file:///etc/passwd", "../bad.bmp")
    ),
    Broken("path", "a member of a zip", of_zip({f"../../{NAME}": WHOLE})),
    Broken("zip bomb", "tasks that grow", of_zip({NAME: lambda: WHOLE + b" " * (300 << 20)}),
           "claim", 0, True),
    Broken("zip bomb", "members that overlap",
           of_zip({NAME: WHOLE, "other.json": WHOLE}, overlapping), "differ"),
    Broken("odd label", "nested in a label", of_bytes(NAME, text(tasks(nested(7)))), "no object"),
    Broken("odd label", "negative sizes", of_bytes(
        NAME, text(tasks({"rectangle": [{"x": 1, "y": 1, "w": -1, "h": 1}]}))), "negative side"),
    Broken("odd label", "two rectangles in one", of_bytes(
        NAME, text(tasks({"rectangle": GOOD["rectangle"] * 2}))), "2 places"),
    Broken("odd label", "a hole of two points", of_bytes(
        NAME, text(tasks({"image_segmentation": [RING, POINTS[:2]]}))), "vertices"),
    Broken("odd label", "a label that keeps nulls alone", of_bytes(
        NAME, text(tasks({"line": [{"x": None, "y": None}]}))), "null"),
    *(
        Broken("odd label", f"labels of a class are {value}",
               of_bytes(NAME, marked(value, BAD, labels={"bad": "@"})), r"list.*\(bad\)")
        for value in ("true", '"x"', "{}", '{"0": {}}', "7")
    ),
    *(
        Broken("odd label", f"nested geometries are {value}",
               of_bytes(NAME, marked(value, {**BAD, "nested_geometries": "@"})), "list")
        for value in ("7", '"x"', '{"plate": true}', '{"plate": {}}')
    ),
    *(
        Broken("odd label", f"of the old generation, its class of type {word}",
               of_bytes(NAME, text([{"label_classes": [
                   *CLASSES, {"class_name": "old", "geometry_type": word}]},
                   *tasks(BAD, labels={"old": [{"geometry": POINTS}]})[1:]])))
        for word in ("select", "circle", "\0")
    ),
    *(
        Broken("odd label", f"a vertex beyond all bounds, alone in a {name}",
               of_bytes(NAME, video({"u": {"5": {name: [{"x": 1e308, "Y": 1}]}}})), "1e9 pixels")
        for name in ("polygon", "line")
    ),
    Broken("odd configuration", "of unknown types", configured(
        {"type": "CIRCLE", "entryKey": "x", "children": 7}, {"type": 7}, {}, 7)),
)  # fmt: skip


@pytest.mark.parametrize("case", tried(CASES).values(), ids=list(tried(CASES)))
def test_what_is_broken_is_said_and_all_else_is_there_and_kept(
    case: Broken, tmp_path: Path
) -> None:
    check(case, tmp_path)


def test_every_kind_of_damage_is_tried() -> None:
    own = ("odd label", "odd configuration")
    check_coverage(CASES, own=own, without=("cycle", "PNG bomb"))
