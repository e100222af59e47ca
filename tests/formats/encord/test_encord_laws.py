"""After any edit, frames, answers, ranges and both spellings of polygons say the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
from format_cases import DATA
from hypothesis import given
from hypothesis import strategies as st
from listed import all_of
from reshaping import reshaped

from viewer.formats import read_export, write_export
from viewer.model.annotation import Annotation
from viewer.model.placement import Placement
from viewer.model.project import Project
from viewer.model.track import Track

Json = Any
FILES = (DATA / "encord" / "everything.json", DATA / "encord" / "ontology" / "ontology.json")
DYNAMIC = st.sets(st.sampled_from(["One", "Two", "Three"])).map(tuple)


def frame_added(draw: st.DrawFn, one: Annotation) -> Annotation:
    """Return a label on one more frame, as the session draws it there."""
    track, first = one.placements, one.placements[0]
    frame = draw(st.integers(0, 30))
    if not isinstance(track, Track) or frame in track.frames:
        return one
    media = msgspec.structs.replace(first.media, frame=frame)
    new = Placement(media, index=frame, shape=first.shape, size=first.size)
    return msgspec.structs.replace(one, placements=track.with_new(new, frame))


def moved(draw: st.DrawFn, one: Annotation) -> Annotation:
    """Return a label of which one placement is on another frame or picture."""
    number = draw(st.integers(0, len(one.placements) - 1))
    here = one.placements[number]
    place = draw(st.integers(0, 2 if here.media.item is not None else 30))
    key = "frame" if here.media.item is None else "item"
    media = msgspec.structs.replace(here.media, **{key: place})
    if here.index is None or media in [each.media for each in one.placements]:
        return one
    there = msgspec.structs.replace(here, media=media, index=place)
    return one.with_moved(number, there, place)


@st.composite
def changed(draw: st.DrawFn, one: Annotation) -> Annotation:
    for _ in range(draw(st.integers(1, 3))):
        number = draw(st.integers(0, len(one.placements) - 1))
        here = one.placements[number]
        action = draw(st.sampled_from(["shape", "drop", "add", "move", "answer"]))
        if action == "shape" and here.shape is not None:
            one = one.with_shape(number, reshaped(draw, here.shape))
        elif action == "drop" and len(one.placements) > 1:
            one = one.without_placement(number)
        elif action == "add" and here.shape is not None:
            one = frame_added(draw, one)
        elif action == "move":
            one = moved(draw, one)
        elif action == "answer" and any(each.key == "q dyn" for each in here.attributes):
            one = one.with_attribute(number, "q dyn", draw(DYNAMIC))
    return one


@st.composite
def edited(draw: st.DrawFn, project: Project) -> Project:
    for one in all_of(project):
        action = draw(st.sampled_from(["keep", "keep", "delete", "change"]))
        if action == "delete":
            project = project.without_annotations([one.id])
        elif action == "change":
            project = project.with_annotation(draw(changed(one)))
    return project


def blobs_of(row: Json) -> list[Json]:
    holders = [*row["data_units"].values(), *row["spaces"].values()]
    return [
        blob
        for holder in holders
        for blob in (
            [holder["labels"]] if "objects" in holder["labels"] else holder["labels"].values()
        )
    ]


def check_row(row: Json) -> None:
    """Check that a row agrees with itself."""
    blobs = blobs_of(row)
    objects = {record["objectHash"] for blob in blobs for record in blob.get("objects", [])}
    assert row["object_answers"].keys() - {"gone"} <= objects
    assert row["object_actions"].keys() <= objects
    for entry in row["object_actions"].values():
        assert entry["actions"]
        assert all(action["range"] for action in entry["actions"])
    for blob in blobs:
        ids = [record["objectHash"] for record in blob.get("objects", [])]
        assert len(ids) == len(set(ids))
        for record in blob.get("objects", []):
            if record.get("polygons"):
                ring = [record["polygon"][key] for key in sorted(record["polygon"], key=int)]
                flat = [number for node in ring for number in (node["x"], node["y"])]
                assert record["polygons"][0][0] == flat
    if row["data_type"] == "video":
        check_ranges(row)


def check_ranges(row: Json) -> None:
    """Check that frame lists and ranges of classifications say the same."""
    (unit,) = row["data_units"].values()
    listed: dict[str, set[int]] = {}
    for key, blob in unit["labels"].items():
        for record in blob["classifications"]:
            listed.setdefault(record["classificationHash"], set()).add(int(key))
    for id, entry in row["classification_answers"].items():
        ranged = {n for first, last in entry["range"] for n in range(first, last + 1)}
        assert id not in listed or listed[id] == ranged
    assert listed.keys() <= row["classification_answers"].keys()


def facts_of(one: Annotation) -> object:
    answers = {each.key: each.value for each in one.attributes if each.key}
    places = {
        (each.media.item, each.media.frame): {
            a.key: set(a.value) for a in each.attributes if a.value
        }
        for each in one.placements
    }
    return one.class_id, answers, places


@given(data=st.data())
def test_what_is_written_agrees_with_itself_and_reads_back(tmp_path: Path, data):
    opened = read_export(*FILES)
    current = data.draw(edited(opened))
    write_export(opened, current, "1", tmp_path / "out.json", overwrite=True)
    for row in json.loads((tmp_path / "out.json").read_bytes()):
        check_row(row)
    again = read_export(tmp_path / "out.json", FILES[1])
    assert {one.native_id: facts_of(one) for one in all_of(again)} == {
        one.native_id: facts_of(one) for one in all_of(current)
    }
