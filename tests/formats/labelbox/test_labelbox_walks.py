"""After any walk of edits, what is shown before saving is what is shown of the saved file."""

from __future__ import annotations

import base64
import io
import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from format_cases import DATA
from labelbox_rows import Json, annotations_of, row_of, sides, thing, video
from labelbox_walks import walk
from PIL import Image

Faults = Callable[[Path], set[str]]  # that an oracle finds in a file
WALKS, STEPS = (60, 20) if os.environ.get("OVERREAD_SOAK") else (4, 12)
SAID = {"feature_id": "q", "feature_schema_id": "s", "name": "Why", "value": "why",
        "text_answer": {"content": "so"}}  # fmt: skip


def boxes(*frames: int) -> Mapping[str, Json]:
    return {str(number): {"a": sides(number)} for number in frames}


def flags(first: int, last: int, *keys: int) -> Json:
    return {"a": {str(number): number in keys for number in range(first, last + 1)}}


def answered(row: Json, *frames: str) -> Json:
    for number, frame in annotations_of(row)["frames"].items():
        for record in frame["objects"].values() if number in frames else ():
            record["classifications"] = [SAID]
    return row


def line(*numbers: float) -> Json:
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    return {"line": [{"x": x, "y": y} for x, y in pairs]}


def series() -> Json:
    """A row with lines on two planes, some of them worked out between key frames."""
    group: dict[str, Json] = {name: {} for name in ("Axial", "Sagittal", "Coronal")}
    for plane, id, number in [
        ("Axial", "a", 3), ("Axial", "a", 9), ("Axial", "b", 4), ("Sagittal", "c", 2),
    ]:  # fmt: skip
        held = thing(id, "DICOMPolyline", line(number, 1, number + 2, 4, 7, number))
        frame = group[plane].setdefault(str(number), {"objects": {}, "classifications": []})
        frame["objects"][id] = held
    groups = {
        name: {"name": name, "classifications": [], "frames": frames}
        for name, frames in group.items()
    }
    segments = {
        "Axial": {"a": [[3, 11]], "b": [[4, 6]]},
        "Sagittal": {"c": [[2, 2]]},
        "Coronal": {},
    }
    none = {"Sagittal": {}, "Coronal": {}}
    keys = {
        "a": {"Axial": {"3": True, "9": True}, **none},
        "b": {"Axial": {"4": True}, **none},
        "c": {"Axial": {}, "Sagittal": {"2": True}, "Coronal": {}},
    }
    held = {"groups": groups, "segments": segments, "classifications": []}
    return row_of({**held, "key_frame_feature_map": keys}, "DICOM")


def masks(folder: Path) -> Json:
    """A row with masks of a video, whose pictures lie beside it."""
    frames = {"1": ("m",), "2": ("m", "n"), "5": ("m",)}
    for number, ids in frames.items():
        for at, id in enumerate(ids):
            picture = Image.new("L", (6, 4), 0)
            picture.paste(255, (at, at, 4, 3))
            picture.save(folder / f"{id}_{number}.png")
    url = {"mask": {"url": "https://x.example/m"}}
    held = {
        number: {
            "objects": {id: thing(id, "VideoSegmentationMask", url) for id in ids},
            "classifications": [],
        }
        for number, ids in frames.items()
    }
    return row_of({"frames": held, "segments": {"m": [[1, 5]], "n": [[2, 2]]}}, "Video")


def imported() -> list[Json]:
    head = {"dataRow": {"globalKey": "d"}}

    def framed(first: int, *numbers: int) -> Json:
        return {"keyframes": [{"frame": n, "bbox": sides(n)["bounding_box"]} for n in numbers]}

    return [
        {"uuid": "a", **head, "name": "T", "segments": [framed(1, 1, 5, 9), framed(1, 12)]},
        {"uuid": "b", **head, "name": "U", "segments": [framed(1, 3, 4)]},
        {"uuid": "c", **head, "name": "P", "point": {"x": 1, "y": 2},
         "classifications": [{"name": "Why", "answer": "so"}]},
        {"uuid": "e", **head, "name": "Q", "answer": "text", "frames": [{"start": 2, "end": 6}]},
        {"uuid": "f", "dataRow": {"id": "s"}, "name": "L", "groupKey": "axial",
         "segments": [{"keyframes": [{"frame": n, **line(n, 1, 4, 5)} for n in (2, 6)]}]},
        {"uuid": "r", **head, "name": "rel",
         "relationship": {"source": "a", "target": "b", "type": "unidirectional"}},
    ]  # fmt: skip


def composites(_: Path) -> list[Json]:
    """Rows whose masks share pictures, each in a corner of its own that edits leave free."""
    colors = [(255, 0, 0), (0, 0, 255), (9, 9, 9)]
    instances = [{"colorRGB": list(one), "name": n} for one, n in zip(colors, "ABA", strict=True)]
    frames: list[Json] = []
    for index in (1, 2, 6):
        picture = Image.new("RGB", (9, 3))
        for at, color in enumerate(colors):
            picture.paste(color, (3 * at, 0, 3 * at + 2, 2))
        held = io.BytesIO()
        picture.save(held, "PNG")
        frames.append({"index": index, "imBytes": base64.b64encode(held.getvalue()).decode()})
    masks = {"frames": frames, "instances": instances}
    head = {"dataRow": {"id": "d"}}
    return [
        {"uuid": "a", **head, "masks": masks},
        {"uuid": "b", "dataRow": {"id": "s"}, "groupKey": "axial", "masks": masks},
        {"uuid": "c", **head, "name": "P", "point": {"x": 1, "y": 2}},
    ]


def old_frames() -> list[Json]:
    """A row of v1 whose frames stand in it, some of them worked out by the vendor."""
    frames = [
        {"frameNumber": n, "classifications": [], "relationships": [], "objects": [
            {"featureId": id, "schemaId": "s", "title": "T", "value": "t", "keyframe": n in keys,
             "bbox": {"top": n, "left": 1, "height": 2, "width": 3}, "classifications": []}
            for id, keys in (("a", (1, 5, 8)), ("b", (2, 3))) if n < 5 or id == "a"]}
        for n in range(1, 9)
    ]  # fmt: skip
    row = {"ID": "l", "DataRow ID": "d", "Labeled Data": "https://x.example/b.mp4"}
    return [{**row, "Label": frames, "Created By": "me@example.com", "External ID": "b.mp4"}]


ROWS: Mapping[str, Callable[[Path], Json]] = {
    "keys as flags": lambda _: video(
        {**boxes(6), "3": {"a": sides(3), "b": sides(6)}, "9": {"a": sides(9), "b": sides(2)}},
        {"a": [[3, 12]], "b": [[3, 4], [9, 9]]},
        {"a": {"3": True, "6": True, "9": True}, "b": {"3": True, "9": True}},
    ),
    "keys listed, a stretch without a key at its start": lambda _: answered(
        video(boxes(1, 2, 3, 5, 9), {"a": [[1, 5], [7, 9]]}, {"a": [1, 5, 9]}), "1", "2"
    ),
    "no keys said": lambda _: answered(
        video(boxes(1, 2, 3, 5, 9), {"a": [[1, 5], [6, 9]]}), "1", "9"
    ),
    "every frame stored": lambda _: video(
        boxes(*range(2, 14)), {"a": [[2, 13]]}, flags(2, 13, 2, 7, 11)
    ),
    "a stretch that begins without a key frame": lambda _: video(
        boxes(13, 18, 19), {"a": [[13, 13], [18, 19]]}, {"a": {"13": True, "18": False, "19": True}}
    ),
    "no key frame at all": lambda _: video(boxes(2, 3, 4), {"a": [[2, 4]]}, flags(2, 4)),
    "no segments": lambda _: video(boxes(1, 2, 7)),
    "a stretch without frames": lambda _: video(boxes(2), {"a": [[2, 2], [9, 14]]}, {"a": [2]}),
    "counted from 0": lambda _: video(boxes(0, 4), {"a": [[0, 6]]}, {"a": [0, 4]}),
    "series": lambda _: series(),
    "masks": masks,
    "composites": composites,
    "import": lambda _: imported(),
    "old frames": lambda _: old_frames(),
}  # fmt: skip
OWN = ("everything.json", "exports_tabs_crlf_bom.json", "everything.ndjson", "v1.json")
VENDORS = (
    "sdk_dicom_import.ndjson", "sdk_export_v2_video.json", "sdk_nested_import.json",
    "sdk_v1_image_export.json", "sdk_video_import.json", "vendor_page_dicom_export_v2.ndjson",
)  # fmt: skip


def agreeing(faults: Faults, opened: Path) -> Callable[[Path], None]:
    """Return what finds no fault in a file that the opened one does not have."""
    known = faults(opened)

    def check(path: Path) -> None:
        assert faults(path) <= known

    return check


@pytest.mark.parametrize("name", ROWS)
def test_composed_exports_are_reopened_as_they_were_shown(
    faults: Faults, tmp_path: Path, name: str
):
    path = tmp_path / "x.json"
    path.write_text(json.dumps(ROWS[name](tmp_path)))
    for seed in range(WALKS):
        walk(path, seed, STEPS, agreeing(faults, path))


@pytest.mark.parametrize("name", [*OWN, *VENDORS])
def test_exports_are_reopened_as_they_were_shown(
    faults: Faults, shared: Path, tmp_path: Path, name: str
):
    folder = DATA / "labelbox" if name in OWN else shared / "data" / "exports" / "labelbox"
    path = tmp_path / name
    shutil.copyfile(folder / name, path)
    for seed in range(WALKS):
        walk(path, seed, STEPS, agreeing(faults, path))
