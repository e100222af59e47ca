"""Broken outputs of models, metadata, videos and models: said, all else loads and is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from broken import FEWEST, Broken, Build, check, claiming, of_bytes, of_files, of_zip, tried

Json = Any
NAME, BESIDE = "labels.json", "metadata.json"
BOM, DEEP = b"\xef\xbb\xbf", "[" * 5_000 + "]" * 5_000
PLACE = {"StudyInstanceUID": "1.2", "SeriesInstanceUID": "1.2.3", "SOPInstanceUID": "1.2.3.4"}
BOX = {"x": 1, "y": 2, "width": 3, "height": 4}
VIDEO = {"StudyInstanceUID": "1.2", "SeriesInstanceUID": "1.2.9"}
LABELS = [{"id": "L_1", "name": "Box", "scope": "INSTANCE", "annotationMode": "bbox"}]
MODEL = {"id": "M_1", "name": "Net", "versions": [{"id": "MV_1", "versionNumber": 1}]}


def tree(*rows: Json) -> Json:
    """An export with a good annotation and these."""
    good = {"id": "good", "labelId": "L_1", "data": BOX, **PLACE}
    dataset = {"id": "D_1", "name": "d", "studies": [], "annotations": [good, *rows]}
    groups = [{"id": "G_1", "name": "g", "labels": LABELS}]
    return {"id": "b", "name": "b", "labelGroups": groups, "datasets": [dataset]}


def output(**more: Json) -> Json:
    return {"id": "bad", "modelId": "M_1", "modelVersionId": "MV_1", "type": "ANNOTATION",
            "labelId": "L_1", "data": BOX, "probability": 0.5, **PLACE, **more}  # fmt: skip


def outputs(*made: Json, models: Json = None, indent: int | None = None) -> bytes:
    """A good annotation, and models' outputs beside it."""
    whole = tree()
    whole["models"] = [MODEL] if models is None else models
    whole["datasets"][0]["modelOutputs"] = list(made)
    return json.dumps(whole, indent=indent).encode()


def marked(value: str, **more: Json) -> bytes:
    return outputs(output(**more)).replace(b'"@"', value.encode())


def interval(first: Json, last: Json) -> bytes:
    data = {"start_frame_number": first, "end_frame_number": last}
    made = {key: value for key, value in output(data=data, **VIDEO).items() if key[:3] != "SOP"}
    return outputs(made)


def cut(marker: str) -> bytes:
    whole = outputs(output())
    at = whole.index(marker.encode(), whole.index(b'"modelOutputs"'))
    return whole[: at + len(marker)]


def metadata(videos: Json, images: Json = ()) -> bytes:
    lists = {"dicomMetadata": images, "videoMetadata": videos}
    dataset = {"id": "D_1", "studies": [{"StudyInstanceUID": "1.2", "number": 1}], **lists}
    return json.dumps({"id": "b", "isPrivate": True, "datasets": [dataset]}).encode()


def beside(data: bytes) -> Build:
    """An export with a row of a video, and metadata in its folder."""
    row = {"id": "bad", "labelId": "L_1", "data": None, **VIDEO, "frameNumber": 3}
    return of_files("", {NAME: json.dumps(tree(row)).encode(), BESIDE: data})


def rows(**more: Json) -> bytes:
    row = {"id": "bad", "labelId": "L_1", "data": None, **VIDEO, "frameNumber": 3, **more}
    return json.dumps(tree(row)).encode()


CLIP = {**VIDEO, "origFileName": "a.avi", "fileExtension": ".mp4"}
WHOLE = metadata([CLIP], [{**PLACE, "dicomTags": {"Modality": "CT"}}])
ZIP = {"model.json": json.dumps({"model": MODEL, "labels": LABELS}).encode(),
       "source/v1.zip": b"PK\x05\x06" + bytes(18)}  # fmt: skip
CASES = (
    *(
        Broken("truncated", f"an output in {level}", of_bytes(NAME, cut(marker)), "breaks off")
        for level, marker in {
            "its id": '"id": "b',
            "its data": '"data": {"x": 1',
            "its probability": '"probability": 0.',
            "the list": "[{",
        }.items()
    ),
    Broken("wrong type", "an output that is a list", of_bytes(NAME, outputs([1])), "."),
    Broken("wrong type", "outputs that are a text", of_bytes(
        NAME, outputs().replace(b'"modelOutputs": []', b'"modelOutputs": "x"')), "modelOutputs"),
    Broken("wrong type", "data that are a text", of_bytes(NAME, outputs(output(data="x"))),
           "no object; it is a model's output"),
    *(
        Broken("truncated", f"{key} in a text that is no object", of_bytes(
            NAME, json.dumps(tree())[:-1].encode() + f', "{key}": ["x'.encode()), "breaks off")
        for key in ("models", "labels", "users", "labelGroups", "datasets")
    ),
    Broken("wrong type", "a model that is a number", of_bytes(NAME, outputs(models=[7])), "models"),
    Broken("wrong type", "versions that are a text", of_bytes(
        NAME, outputs(output(), models=[{**MODEL, "versions": "x"}])), "versions"),
    Broken("wrong type", "a version's number that is a list", of_bytes(NAME, outputs(
        output(), models=[{**MODEL, "versions": [{"id": "MV_1", "versionNumber": []}]}])), "."),
    Broken("wrong type", "a model's id that is a number",
           of_bytes(NAME, outputs(output(modelId=7))), "modelId is 7"),
    Broken("missing key", "an output without a label", of_bytes(
        NAME, outputs({k: v for k, v in output().items() if k != "labelId"})), "no labelId"),
    Broken("missing key", "an output without a model", of_bytes(
        NAME, outputs({k: v for k, v in output().items() if not k.startswith("model")}))),
    Broken("missing key", "keys of another shape", of_bytes(
        NAME, outputs(output(data={"x": 1, "y": 2}))), "describes no box"),
    Broken("missing key", "half an interval", of_bytes(
        NAME, outputs(output(data={"start_frame_number": 1}))), "no interval"),
    Broken("duplicate id", "an output with an annotation's", of_bytes(
        NAME, outputs(output(id="twice"), output(id="twice"))), "more than once"),
    Broken("not a number", "a probability", of_bytes(NAME, marked("NaN", probability="@")), "."),
    Broken("not a number", "an infinite probability",
           of_bytes(NAME, marked("1e999", probability="@"))),
    Broken("count of 10^9", "frames of an interval", of_bytes(NAME, interval(0, 10**9)),
           "too long"),
    Broken("count of 10^9", "a start that is no count", of_bytes(NAME, interval(-(10**9), 1)),
           "is none"),
    Broken("count of 10^9", "many long intervals", of_bytes(NAME, outputs(*(
        output(data={"start_frame_number": 0, "end_frame_number": 99_999}) for _ in range(9)))),
        "too long"),
    Broken("deep nesting", "a probability", of_bytes(NAME, marked(DEEP, probability="@")),
           "nested"),
    Broken("lone surrogate", "a model's name", of_bytes(NAME, outputs(
        output(), models=[{**MODEL, "name": "@"}]).replace(b'"@"', b'"\\ud800"'))),
    Broken("byte order mark", "before outputs", of_bytes(NAME, BOM + outputs(output()))),
    Broken("CRLF", "between outputs",
           of_bytes(NAME, outputs(output(), indent=1).replace(b"\n", b"\r\n"))),
    Broken("grid", "rows of unequal length", of_bytes(NAME, outputs(
        output(data={"mask": [[0, 1], [1]]}))), "describes no box"),
    Broken("metadata", "whole", beside(WHOLE)),
    *(
        Broken("metadata", f"cut after {end}", beside(WHOLE[: WHOLE.index(end) + len(end)]),
               "metadata")
        for end in (b'"videoMetadata": [', b'"origFileName": "a', b'.mp4"}')
    ),
    Broken("metadata", "videos that are a number", beside(metadata(7)), "metadata"),
    Broken("metadata", "a video that is a text", beside(metadata(["x", CLIP]))),
    Broken("metadata", "images that are null", beside(metadata([CLIP], None)), "metadata"),
    Broken("metadata", "names that lead elsewhere", beside(metadata(
        [{**CLIP, "origFileName": name} for name in ("../../x", "/etc/passwd", "C:\\x", "", 7)]))),
    Broken("metadata", "nested deeply", beside(
        WHOLE.replace(b'{"Modality": "CT"}', DEEP.encode())), "metadata"),
    Broken("metadata", "a series that is a surrogate", beside(
        WHOLE.replace(b'"1.2.9"', b'"\\ud800"')), "metadata"),
    Broken("metadata", "alone", of_bytes(NAME, WHOLE), "no labels", 0, True),
    *(
        Broken("video", f"a frame {frame}", of_bytes(NAME, rows(frameNumber=frame)),
               says)
        for frame, says in ((-1, "counts no frame"), (1.5, "counts no frame"), ("3", "frameNumber"),
                            (10**9, None), (10**30, "counts no frame"))
    ),
    Broken("video", "a series named like a path", of_bytes(
        NAME, rows(SeriesInstanceUID="../../x"))),
    Broken("video", "interpolated by a word", of_bytes(NAME, rows(isInterpolated="yes"))),
    Broken("video", "cloned from a number", of_bytes(NAME, rows(clonedFromModelOutputId=7))),
    Broken("model", "a zip", of_zip(ZIP), "holds no annotations", 0),
    Broken("model", "without its code", of_bytes("model.json", ZIP["model.json"]),
           "holds no annotations", 0),
    Broken("model", "cut in its labels", of_bytes("model.json", ZIP["model.json"][:-9]),
           "breaks off", 0),
    Broken("model", "labels that are a text", of_bytes("model.json", json.dumps(
        {"model": {**MODEL, "labelClasses": []}, "labels": "x"}).encode() + b' {"labelClasses": 1}'
    ), "labels", 0),
    Broken("model", "a member beyond its size", of_zip(ZIP, claiming(4 * 10**9)),
           "holds no annotations", 0),
)  # fmt: skip


@pytest.mark.parametrize("case", tried(CASES).values(), ids=list(tried(CASES)))
def test_what_is_broken_is_said_and_all_else_is_there_and_kept(
    case: Broken, tmp_path: Path
) -> None:
    check(case, tmp_path)


def test_there_are_many_of_the_new_kinds() -> None:
    assert len(CASES) >= FEWEST
