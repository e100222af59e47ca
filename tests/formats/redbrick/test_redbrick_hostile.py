"""Hostile and broken RedBrick AI exports of every kind: said, the rest loads, kept as they are."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest
from bombs import packed
from broken import (
    Broken,
    Build,
    check,
    check_coverage,
    claiming,
    of_bytes,
    of_files,
    of_zip,
    overlapping,
    png_of,
    tried,
)

Json = Any
NAME = "tasks.json"
MASK = "segmentations/S.nii.gz"
SHAPE = (8, 6, 4)  # columns, rows, slices
DEEP = "[" * 5_000 + "]" * 5_000
CORNER = {"xNorm": 0.5, "yNorm": 0.25}
GOOD = {"pointTopLeft": CORNER, "wNorm": 0.25, "hNorm": 0.5, "id": "good", "category": "c"}
BAD = {**GOOD, "id": "bad"}
HEADERS = {"dimensions": [16, 16, 1]}


def tasks(*labels: Json, **more: Json) -> list[Json]:
    """Two tasks: a good one, and one with these labels or further members of its series."""
    series = {"items": ["a.png"], "imageHeaders": HEADERS}
    good = {"taskId": "t", "name": "n", "series": [{**series, "boundingBoxes": [GOOD]}]}
    bad = {**series, "items": ["b.png"], "boundingBoxes": list(labels), **more}
    return [good, {"taskId": "t2", "name": "n2", "series": [bad]}]


def text(tree: Json, indent: int | None = None) -> bytes:
    return json.dumps(tree, indent=indent).encode()


def marked(value: str, label: Json, **more: Json) -> bytes:
    """Tasks with "@" replaced by any text."""
    return text(tasks(label, **more)).replace(b'"@"', value.encode())


def changed(change: Callable[[Json], object]) -> bytes:
    """A good task, and one that is changed."""
    tree = tasks(deepcopy(BAD))
    change(tree[1])
    return text(tree)


def cut(marker: str) -> bytes:
    """A good task, and one that breaks off behind a marker."""
    whole = text(tasks(BAD))
    at = whole.index(marker.encode(), whole.index(b'"t2"') - 20)
    return whole[: at + len(marker)]


def masked(content: bytes, name: str = MASK, **more: Json) -> dict[str, bytes]:
    """An export with a series whose segments lie in a file of this content."""
    segments = {"1": {"category": "c"}}
    given = {"segmentations": f"p/{name}", "segmentMap": segments, **more}
    return {NAME: text(tasks(**given)), name: content}


def nifti(version: int = 1, **fields: float | bytes | list[int]) -> bytes:
    """A mask file whose header says what `fields` say."""
    kind = nibabel.Nifti2Image if version == 2 else nibabel.Nifti1Image
    content = kind(np.ones(SHAPE, np.uint8), np.eye(4)).to_bytes()
    header = kind.header_class(content[: kind.header_class.sizeof_hdr], check=False)
    for name, value in fields.items():
        header[name] = value
    return header.binaryblock + content[len(header.binaryblock) :]


@cache
def grown(megabytes: int) -> bytes:
    """A mask packed with zeros behind it as far as they can be packed."""
    return packed(nifti(), megabytes)


def metaimage(size: str, data: str = "LOCAL") -> bytes:
    return (
        f"ObjectType = Image\nNDims = 3\nDimSize = {size}\nElementType = MET_UCHAR\n"
        f"ElementDataFile = {data}\n"
    ).encode() + bytes(8)


def taxonomy(*categories: Json) -> Build:
    """An export with a taxonomy of these object types beside it."""
    tree = {"taxId": "x", "name": "x", "isNew": True, "objectTypes": list(categories)}
    return of_files("", {NAME: text(tasks()), "taxonomy.json": text(tree)})


def of_mask(content: bytes, name: str = MASK, **more: Json) -> Build:
    return of_files(NAME, masked(content, name, **more))


WHOLE = text(tasks())
CASES = (
    *(
        Broken("truncated", f"in {level}", of_bytes(NAME, cut(marker)), "breaks off")
        for level, marker in {
            "a task": '{"taskId": "t2"',
            "a series": '"series": [{"items"',
            "items": '"items": ["b.png"',
            "headers": '"imageHeaders": {"dimensions": [16,',
            "a label": '"boundingBoxes": [{',
            "a geometry": '"pointTopLeft": {"xNorm": 0.5',
            "a text": '"id": "ba',
        }.items()
    ),
    Broken("truncated", "a zip", of_zip({NAME: WHOLE}, lambda data: data[:-30]), r"all\.zip", 0,
           True),
    Broken("truncated", "a mask", of_mask(gzip.compress(nifti())[:-12]), r"S\.nii\.gz"),
    Broken("wrong type", "a label that is a list", of_bytes(NAME, text(tasks([1]))), "."),
    Broken("wrong type", "a width of text",
           of_bytes(NAME, text(tasks({**BAD, "wNorm": "0.25"}))), "."),
    Broken("wrong type", "series that are a number",
           of_bytes(NAME, changed(lambda t: t.update(series=7))), "series"),
    Broken("wrong type", "a task that is a text",
           of_bytes(NAME, WHOLE[:-1] + b', "task"]'), "."),
    Broken("wrong type", "a segment map that is a list", of_mask(nifti(), segmentMap=[1]), "."),
    Broken("wrong type", "a mask that is no volume", of_mask(b"no volume"), r"S\.nii\.gz"),
    Broken("missing key", "a label without a corner", of_bytes(
        NAME, changed(lambda t: t["series"][0]["boundingBoxes"][0].pop("pointTopLeft"))), "."),
    Broken("missing key", "a label without a category", of_bytes(
        NAME, changed(lambda t: t["series"][0]["boundingBoxes"][0].pop("category")))),
    Broken("missing key", "a label without an id", of_bytes(
        NAME, changed(lambda t: t["series"][0]["boundingBoxes"][0].pop("id")))),
    Broken("missing key", "a series without items",
           of_bytes(NAME, changed(lambda t: t["series"][0].pop("items")))),
    Broken("missing key", "a task without a series",
           of_bytes(NAME, changed(lambda t: t.pop("series")))),
    Broken("missing key", "a task without an id",
           of_bytes(NAME, changed(lambda t: t.pop("taskId")))),
    Broken("missing key", "a mask file that is not there",
           of_bytes(NAME, masked(b"")[NAME]), "not beside the export"),
    Broken("cycle", "groups of one another", of_mask(nifti(), segmentMap={
        "1": {"category": "c", "group": [2]}, "2": {"category": "c", "group": [1]}})),
    Broken("cycle", "classes below one another", taxonomy(
        {"classId": 1, "category": "a", "labelType": "BBOX", "parents": ["b"], "parentId": 2},
        {"classId": 2, "category": "b", "labelType": "BBOX", "parents": ["a"], "parentId": 1})),
    Broken("duplicate id", "two labels", of_bytes(NAME, text(tasks(GOOD))), good=2),
    Broken("duplicate id", "two tasks",
           of_bytes(NAME, changed(lambda t: t.update(taskId="t")))),
    Broken("duplicate id", "two classes", taxonomy(
        {"classId": 1, "category": "a", "labelType": "BBOX"},
        {"classId": 1, "category": "b", "labelType": "POLYGON"})),
    Broken("duplicate id", "a repeated key", of_bytes(
        NAME, WHOLE.replace(b'"name": "n2"', b'"name": "n3", "taskId": "t3", "name": "n2"'))),
    Broken("not a number", "a width",
           of_bytes(NAME, marked("NaN", {**BAD, "wNorm": "@"})), "."),
    Broken("not a number", "an infinite height",
           of_bytes(NAME, marked("-1e999", {**BAD, "hNorm": "@"})), "."),
    Broken("not a number", "an affine",
           of_bytes(NAME, marked("[[NaN,0,0,0],[0,1,0,0],[0,0,1,0]]", BAD,
                                 imageHeaders={**HEADERS, "affine": "@"})), "."),
    Broken("not a number", "where voxels begin", of_mask(nifti(vox_offset=np.nan)),
           r"S\.nii\.gz"),
    Broken("count of 10^9", "dimensions", of_bytes(
        NAME, text(tasks(BAD, imageHeaders={"dimensions": [10**9, 10**9, 10**9]}))), "."),
    Broken("count of 10^9", "frames of a track", of_bytes(NAME, text(tasks(
        *({**BAD, "video": {"trackId": "t", "frameIndex": at, "keyFrame": True}}
          for at in (0, 10**9)))))),
    Broken("count of 10^9", "the number of a segment",
           of_mask(nifti(), segmentMap={"1000000000": {"category": "c"}})),
    Broken("count of 10^9", "the number of an item", of_bytes(NAME, text(tasks(
        {**BAD, "video": {"frameIndex": 1, "seriesItemIndex": 10**9}})))),
    Broken("deep nesting", "a geometry",
           of_bytes(NAME, marked(DEEP, {**BAD, "pointTopLeft": "@"})), "nested"),
    Broken("deep nesting", "attributes",
           of_bytes(NAME, marked(DEEP, {**BAD, "attributes": "@"})), "nested"),
    Broken("deep nesting", "an unknown key",
           of_bytes(NAME, WHOLE[:-2] + b', "new": ' + DEEP.encode() + b"}]"), "nested"),
    Broken("lone surrogate", "an id",
           of_bytes(NAME, marked('"\\ud800"', {**BAD, "id": "@"})), "."),
    Broken("lone surrogate", "a category",
           of_bytes(NAME, marked('"\\udfff"', {**BAD, "category": "@"})), "."),
    Broken("lone surrogate", "an item",
           of_bytes(NAME, WHOLE.replace(b'"b.png"', b'"\\ud800.png"')), "."),
    Broken("byte order mark", "of tasks", of_bytes(NAME, b"\xef\xbb\xbf" + WHOLE)),
    Broken("byte order mark", "of a taxonomy", of_files("", {
        NAME: WHOLE, "taxonomy.json": b"\xef\xbb\xbf" + text(
            {"taxId": "x", "name": "x", "isNew": True, "objectTypes": []})})),
    Broken("CRLF", "between lines",
           of_bytes(NAME, text(tasks(BAD), indent=2).replace(b"\n", b"\r\n"))),
    *(
        Broken("path", f"a mask in {name}", of_files(f"in/{NAME}", {
            f"in/{NAME}": masked(b"", name)[NAME], "S.nii.gz": gzip.compress(nifti())}),
            "not beside the export")
        for name in ("../../S.nii.gz", "/etc/passwd", "C:\\S.nii.gz", "..%2f..%2fS.nii.gz",
                     "file:///etc/passwd")
    ),
    *(
        Broken("path", f"an item in {name}",
               of_bytes(NAME, text(tasks(BAD, items=[name]))))
        for name in ("../../x.png", "/etc/passwd", "\\\\host\\share\\x.png")
    ),
    Broken("path", "a member of a zip", of_zip({f"../../{NAME}": WHOLE})),
    Broken("path", "data of a MetaImage", of_mask(
        metaimage("8 6 4", "../../etc/passwd"), "S.mhd"), r"S\.mhd|passwd"),
    Broken("zip bomb", "tasks that grow", of_zip({NAME: lambda: WHOLE + b" " * (300 << 20)}),
           "claim", 0, True),
    Broken("zip bomb", "members that overlap", of_zip(masked(b"x"), overlapping), "differ"),
    Broken("zip bomb", "a mask that grows", of_zip(masked(grown(300)))),
    Broken("zip bomb", "a mask beyond its size", of_zip(masked(nifti()), claiming(10**9))),
    *(
        Broken("PNG bomb", name, of_mask(content, "m.png", segmentations=["m.png"], binaryMask=True,
               segmentMap={"1": {"category": "c", "mask": "m.png"}}), says)
        for name, content, says in (
            ("a billion pixels", png_of(30_000, 40_000), "are more than"),
            ("sizes beyond 31 bits", png_of(2**31 - 1, 2**31 - 1, b"x"), "are more than"),
            ("more than its header says", png_of(4, 4, bytes(100 << 20)), None),
            ("a shared file", png_of(30_000, 40_000), None),
        )
    ),
    Broken("gzip bomb", "zeros behind the voxels", of_mask(grown(300)), r"S\.nii\.gz"),
    Broken("gzip bomb", "gzip in gzip", of_mask(gzip.compress(grown(300))), r"S\.nii\.gz"),
    *(
        Broken("lying header", name, of_mask(content), r"S\.nii\.gz")
        for name, content in {
            "sizes beyond all": nifti(dim=[3, 32767, 32767, 32767, 1, 1, 1, 1]),
            "packed sizes beyond all": gzip.compress(nifti(dim=[3, 32767, 32767, 99, 1, 1, 1, 1])),
            "sizes beyond 64 bits": nifti(2, dim=[3, 2**62, 2**62, 2**62, 1, 1, 1, 1]),
            "negative sizes": nifti(dim=[3, 8, -6, 4, 1, 1, 1, 1]),
            "a hundred dimensions": nifti(dim=[100, 8, 6, 4, 1, 1, 1, 1]),
            "one slice more": nifti(dim=[3, 8, 6, 5, 1, 1, 1, 1]),
            "voxels behind the file": nifti(vox_offset=1e9),
            "voxels in the header": nifti(vox_offset=-8),
            "an unknown type": nifti(datatype=77),
            "the header of a pair": nifti(magic=b"ni1"),
        }.items()
    ),
    Broken("lying header", "a wider type than its voxels",  # as RedBrick's own are written
           of_mask(nifti(datatype=64, bitpix=64))),
    Broken("lying header", "another size than its series", of_mask(
        gzip.compress(nifti()), imageHeaders={"dimensions": [9, 9, 9]})),
    Broken("lying header", "a MetaImage of 10^9 rows", of_mask(
        metaimage("1000000000 1000000000 9"), "S.mha"), r"S\.mha"),
)  # fmt: skip


@pytest.mark.parametrize("case", tried(CASES).values(), ids=list(tried(CASES)))
def test_what_is_broken_is_said_and_all_else_is_there_and_kept(
    case: Broken, tmp_path: Path
) -> None:
    check(case, tmp_path)


def test_every_kind_of_damage_is_tried() -> None:
    check_coverage(CASES, own=("gzip bomb", "lying header"), without=())
