"""What of an export v2 is changed by an edit, and what is refused."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
import numpy as np
import pytest
from labelbox_rows import annotations_of, image, only, read, row_of, saved, sides, thing, video
from listed import all_of

from viewer.errors import CannotWrite
from viewer.geometry.mask import Mask
from viewer.geometry.shapes import Box, Ellipse, Polygon, Polyline
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Attribute, Placement
from viewer.model.subject import MediaKey
from viewer.model.track import Track
from viewer.session.answers import known_of

SIDE = {
    "feature_id": "q", "feature_schema_id": "s", "name": "Side", "value": "side",
    "radio_answer": {"feature_id": "x", "feature_schema_id": "left", "name": "Left",
                     "value": "l", "classifications": []},
}  # fmt: skip
RIGHT = {**SIDE, "radio_answer": {"feature_id": "y", "feature_schema_id": "right",
                                  "name": "Right", "value": "r",
                                  "classifications": []}}  # fmt: skip
LINE = {"line": [{"x": 1, "y": 2}, {"x": 3, "y": 4}]}


def dicom(groups: object, segments: object, keys: object = None) -> object:
    annotations = {"groups": groups, "segments": segments, "classifications": []}
    if keys is not None:
        annotations["key_frame_feature_map"] = keys
    return row_of(annotations, "DICOM")


def planes(frame: str = "6") -> object:
    held = {"objects": {"a": thing("a", "DICOMPolyline", LINE)}, "classifications": []}
    return {
        "Axial": {"name": "Axial", "classifications": [], "frames": {frame: held}},
        "Sagittal": {"name": "Sagittal", "classifications": [], "frames": {}},
        "Coronal": {"name": "Coronal", "classifications": [], "frames": {}},
    }


def answered(annotation: Annotation, key: str, value: object) -> Annotation:
    attributes = tuple(
        msgspec.structs.replace(one, value=value) if one.key == key else one
        for one in annotation.attributes
    )
    return msgspec.structs.replace(annotation, attributes=attributes)


def new(class_id: str, placement: Placement, number: int = 0, **more: object) -> Annotation:
    id = AnnotationId("1", number, new=True)
    return Annotation(id, "", class_id, "", (placement,), created="2026-01-01T00:00:00Z", **more)


def test_whole_numbers_stay_whole_and_fractions_fractions(tmp_path: Path):
    text = json.dumps(image(thing("a", "ImageBoundingBox", sides(1264.0, 12))))
    opened = read(text.encode(), tmp_path)
    moved = only(opened).with_shape(0, Box(13.0, 1265.0, 4, 3))
    saved(opened, opened.with_annotation(moved), tmp_path)
    assert (tmp_path / "out.json").read_text() == text.replace("1264.0", "1265.0").replace(
        '"left": 12', '"left": 13'
    )


def test_a_vertex_that_comes_leaves_the_others_as_they_are_spelled(tmp_path: Path):
    ring = [{"y": 1.50, "x": 2}, {"y": 3, "x": 4e0}, {"y": 9, "x": 9}, {"y": 1.50, "x": 2}]
    opened = read(image(thing("a", "ImagePolygon", {"polygon": ring})), tmp_path)
    more = only(opened).with_shape(0, Polygon([(2, 1.5), (4, 3), (7.5, 7), (9, 9)]))
    tree = saved(opened, opened.with_annotation(more), tmp_path)
    wanted = [*ring[:2], {"x": 7.5, "y": 7}, *ring[2:]]
    assert annotations_of(tree)["objects"][0]["polygon"] == wanted


def test_a_frame_cut_out_of_a_track_divides_its_segment(tmp_path: Path):
    frames = {str(n): {"a": sides(n)} for n in (3, 6, 9)}
    keys = {"a": {"3": True, "6": True, "9": True}}
    opened = read(video(frames, {"a": [[3, 12]]}, keys), tmp_path)
    track = only(opened)
    assert isinstance(track.placements, Track)
    shorter = msgspec.structs.replace(track, placements=track.placements.without(3))
    held = annotations_of(saved(opened, opened.with_annotation(shorter), tmp_path))
    tops = {n: frame["objects"]["a"]["bounding_box"]["top"] for n, frame in held["frames"].items()}
    assert tops == {"3": 3, "5": 5, "7": 7, "9": 9}  # where they were seen, as key frames now
    assert held["segments"] == {"a": [[3, 5], [7, 12]]}
    assert held["key_frame_feature_map"] == {"a": {"3": True, "5": True, "7": True, "9": True}}


def test_a_track_without_its_first_key_frame_begins_on_the_next_frame(tmp_path: Path):
    frames = {"3": {"a": {**sides(3), "classifications": [SIDE]}}, "9": {"a": sides(9)}}
    opened = read(video(frames, {"a": [[3, 9]]}, {"a": [3, 9]}), tmp_path)
    track = only(opened)
    assert isinstance(track.placements, Track)
    for left in (1, 2):
        track = msgspec.structs.replace(track, placements=track.placements.without(0))
        held = annotations_of(saved(opened, opened.with_annotation(track), tmp_path))
        first = str(3 + left)
        assert list(held["frames"]) == [first, "9"]
        record = held["frames"][first]["objects"]["a"]
        assert record["bounding_box"] == sides(3 + left)["bounding_box"]
        assert record["classifications"] == [SIDE]
        assert held["segments"] == {"a": [[3 + left, 9]]}
        assert held["key_frame_feature_map"] == {"a": [3 + left, 9]}


def test_a_frame_drawn_between_keys_becomes_one_and_those_stored_follow(tmp_path: Path):
    frames = {str(n): {"a": sides(n)} for n in (1, 2, 5)}
    keys = {"a": {"1": True, "2": False, "5": True}}
    opened = read(video(frames, {"a": [[1, 5]]}, keys), tmp_path)
    drawn = only(opened).with_shape(2, Box(2, 30, 4, 3))
    held = annotations_of(saved(opened, opened.with_annotation(drawn), tmp_path))
    tops = {n: frame["objects"]["a"]["bounding_box"]["top"] for n, frame in held["frames"].items()}
    assert tops == {"1": 1, "2": 15.5, "3": 30, "5": 5}
    assert held["segments"] == {"a": [[1, 5]]}
    assert held["key_frame_feature_map"] == {"a": {"1": True, "2": False, "5": True, "3": True}}


def test_a_deleted_track_leaves_no_trace_and_no_empty_frame(tmp_path: Path):
    frames = {"1": {"a": sides(1), "b": sides(2)}, "2": {"a": sides(1)}}
    keys = {"a": [1, 2], "b": [1]}
    opened = read(video(frames, {"a": [[1, 2]], "b": [[1, 1]]}, keys), tmp_path)
    without = opened.without_annotations([all_of(opened)[0].id])
    held = annotations_of(saved(opened, without, tmp_path))
    assert list(held["frames"]) == ["1"]
    assert list(held["frames"]["1"]["objects"]) == ["b"]
    assert held["segments"] == {"b": [[1, 1]]}
    assert held["key_frame_feature_map"] == {"b": [1]}


def test_a_line_moves_to_another_plane_with_all_that_is_said_of_it(tmp_path: Path):
    keys = {"a": {"Axial": {"6": True}, "Coronal": {}, "Sagittal": {}}}
    opened = read(
        dicom(planes(), {"Axial": {"a": [[6, 6]]}, "Sagittal": {}, "Coronal": {}}, keys), tmp_path
    )
    line = only(opened)
    there = msgspec.structs.replace(line.placements[0], plane="sagittal", index=24)
    moved = msgspec.structs.replace(line, placements=(there,))
    held = annotations_of(saved(opened, opened.with_annotation(moved), tmp_path))
    assert held["groups"]["Axial"]["frames"] == {}
    (on,) = held["groups"]["Sagittal"]["frames"]["25"]["objects"].values()
    assert on == thing("a", "DICOMPolyline", LINE)
    assert held["segments"] == {"Axial": {}, "Sagittal": {"a": [[25, 25]]}, "Coronal": {}}
    assert held["key_frame_feature_map"] == {
        "a": {"Axial": {}, "Coronal": {}, "Sagittal": {"25": True}}
    }


def test_a_new_line_on_dicom_gets_all_that_must_agree(tmp_path: Path):
    keys = {"a": {"Axial": {"6": True}, "Coronal": {}, "Sagittal": {}}}
    opened = read(
        dicom(planes(), {"Axial": {"a": [[6, 6]]}, "Sagittal": {}, "Coronal": {}}, keys), tmp_path
    )
    place = Placement(MediaKey(entry="d", frame=8), "coronal", 8, Polyline([(0, 0), (1, 2.5)]))
    added = opened.with_annotation(new("DICOMPolyline Thing", place))
    held = annotations_of(saved(opened, added, tmp_path))
    ((id, made),) = held["groups"]["Coronal"]["frames"]["9"]["objects"].items()
    assert re.fullmatch("c[a-z0-9]{24}", id)
    line = {"line": [{"x": 0, "y": 0}, {"x": 1, "y": 2.5}]}
    assert made == thing(id, "DICOMPolyline", line)
    assert list(made) == list(thing(id, "DICOMPolyline", line))
    assert held["segments"]["Coronal"] == {id: [[9, 9]]}
    assert held["key_frame_feature_map"][id] == {
        "Axial": {},
        "Sagittal": {},
        "Coronal": {"9": True},
    }


def test_a_new_box_of_a_video_starts_a_segment(tmp_path: Path):
    opened = read(video({"4": {"a": sides(1)}}, {"a": [[4, 4]]}, {"a": [4]}), tmp_path)
    place = Placement(MediaKey(entry="d", frame=3), index=3, shape=Box(1, 2, 3, 4))
    held = annotations_of(
        saved(opened, opened.with_annotation(new("VideoBoundingBox Thing", place)), tmp_path)
    )
    (id,) = set(held["frames"]["4"]["objects"]) - {"a"}
    assert held["segments"] == {"a": [[4, 4]], id: [[4, 4]]}
    assert held["key_frame_feature_map"] == {"a": [4], id: [4]}


def test_answers_change_in_place_and_know_their_schema_from_elsewhere(tmp_path: Path):
    one = thing("a", "ImageBoundingBox", sides(1), classifications=[SIDE])
    other = thing("b", "ImageBoundingBox", sides(2), classifications=[RIGHT])
    opened = read(image(one, other), tmp_path)
    turned = answered(all_of(opened)[0], "/0", "Right")
    held = annotations_of(saved(opened, opened.with_annotation(turned), tmp_path))
    answer = held["objects"][0]["classifications"][0]["radio_answer"]
    assert answer.pop("feature_id") not in ("x", "y")
    assert answer == {
        "feature_schema_id": "right",
        "name": "Right",
        "value": "r",
        "classifications": [],
    }
    assert held["objects"][1] == other


def test_texts_and_checklists_change_too(tmp_path: Path):
    said = {"feature_id": "t", "name": "Why", "text_answer": {"content": "so"}}
    listed = {"feature_id": "c", "name": "Signs",
              "checklist_answers": [{"feature_id": x, "name": x} for x in "AB"]}  # fmt: skip
    opened = read(row_of({"objects": [], "classifications": [said, listed]}, "Default"), tmp_path)
    why, signs = all_of(opened)
    current = opened.with_annotation(answered(why, "/0", "because"))
    current = current.with_annotation(answered(signs, "/0", ("B", "C")))
    first, second = annotations_of(saved(opened, current, tmp_path))["classifications"]
    assert first == {**said, "text_answer": {"content": "because"}}
    assert [one["name"] for one in second["checklist_answers"]] == ["B", "C"]
    assert second["checklist_answers"][0] == listed["checklist_answers"][1]


def nested(option: str, *below: object) -> dict[str, object]:
    answer = {"feature_id": f"x{option}", "name": option, "value": option.lower(),
              "classifications": list(below)}  # fmt: skip
    return {"feature_id": f"q{option}", "name": "Side", "value": "side", "radio_answer": answer}


WHY = {"feature_id": "t", "feature_schema_id": "why", "name": "Why", "value": "why",
       "text_answer": {"content": "so"}}  # fmt: skip
SIGNS = {"feature_id": "c", "name": "Signs", "value": "signs", "checklist_answers": [
    {"feature_id": "ga", "name": "Gas", "value": "gas", "classifications": [WHY]},
    {"feature_id": "fl", "name": "Fluid", "value": "fluid", "classifications": []}]}  # fmt: skip


def test_an_answer_two_levels_down_changes_there_alone(tmp_path: Path):
    whole = image(thing("a", "ImageBoundingBox", sides(1), classifications=[nested("L", SIGNS)]))
    opened = read(whole, tmp_path)
    (deep,) = [one for one in only(opened).attributes if one.name == "Why"]
    assert (deep.depth, deep.under) == (2, "Gas")
    changed = only(opened).with_attribute(None, deep.key, "because")
    saved(opened, opened.with_annotation(changed), tmp_path)
    text = (tmp_path / "x.json").read_bytes().replace(b'"so"', b'"because"')
    assert (tmp_path / "out.json").read_bytes() == text


def test_what_is_asked_below_an_answer_goes_with_it(tmp_path: Path):
    whole = image(thing("a", "ImageBoundingBox", sides(1), classifications=[nested("L", SIGNS)]))
    opened = read(whole, tmp_path)
    (signs,) = [one for one in only(opened).attributes if one.name == "Signs"]
    changed = only(opened).with_attribute(None, signs.key, ("Fluid",))
    held = annotations_of(saved(opened, opened.with_annotation(changed), tmp_path))
    answer = held["objects"][0]["classifications"][0]["radio_answer"]
    assert answer["classifications"][0]["checklist_answers"] == [SIGNS["checklist_answers"][1]]


def test_another_option_brings_its_own_questions_with_their_schemas(tmp_path: Path):
    first = thing("a", "ImageBoundingBox", sides(1), classifications=[nested("L")])
    other = thing("b", "ImageBoundingBox", sides(1), classifications=[nested("R", WHY)])
    opened = read(image(first, other), tmp_path)
    box = all_of(opened)[0]
    known = known_of(opened, "1", box.class_id)
    asked = known.asked_by(box.attributes[0], "R")
    chosen = box.with_attribute(None, "/0", "R", asked)
    silent = annotations_of(saved(opened, opened.with_annotation(chosen), tmp_path))
    answer = silent["objects"][0]["classifications"][0]["radio_answer"]
    assert answer["classifications"] == []  # a question without an answer is no record
    (why,) = [one for one in chosen.attributes if one.name == "Why"]
    told = chosen.with_attribute(None, why.key, "new words")
    held = annotations_of(saved(opened, opened.with_annotation(told), tmp_path))
    answer = held["objects"][0]["classifications"][0]["radio_answer"]
    (record,) = answer["classifications"]
    assert record.pop("feature_id") != "t"
    assert record == {"feature_schema_id": "why", "name": "Why", "value": "why",
                      "text_answer": {"content": "new words"}}  # fmt: skip


def test_a_track_on_no_frame_is_refused(tmp_path: Path):
    opened = read(video({"1": {"a": sides(1)}}, {"a": [[1, 3]]}, {"a": [1]}), tmp_path)
    track = only(opened)
    for _ in range(3):
        track = track.without_placement(0)
    with pytest.raises(CannotWrite, match="on no frame any more; delete it instead"):
        saved(opened, opened.with_annotation(track), tmp_path)


def test_answers_of_one_frame_change_there_alone(tmp_path: Path):
    tree = video({"1": {"a": sides(1)}, "2": {"a": sides(2)}}, {"a": [[1, 2]]}, {"a": [1, 2]})
    for frame in annotations_of(tree)["frames"].values():
        frame["objects"]["a"]["classifications"] = [SIDE]
    opened = read(tree, tmp_path)
    track = only(opened)
    second = track.placements[1]
    right = (msgspec.structs.replace(second.attributes[0], value="Right"),)
    there = msgspec.structs.replace(second, attributes=right)
    held = annotations_of(
        saved(opened, opened.with_annotation(track.with_placement(1, there)), tmp_path)
    )
    names = [
        frame["objects"]["a"]["classifications"][0]["radio_answer"]["name"]
        for frame in held["frames"].values()
    ]
    assert names == ["Left", "Right"]


def test_another_class_is_written_on_every_frame(tmp_path: Path):
    tree = video(
        {"1": {"a": sides(1), "b": sides(2)}, "2": {"a": sides(3)}}, {"a": [[1, 2]], "b": [[1, 1]]}
    )
    for number in ("1", "2"):
        annotations_of(tree)["frames"][number]["objects"]["a"]["feature_schema_id"] = "old"
    annotations_of(tree)["frames"]["1"]["objects"]["b"].update(
        name="Other", feature_schema_id="new"
    )
    opened = read(tree, tmp_path)
    other = msgspec.structs.replace(all_of(opened)[0], class_id="new")
    held = annotations_of(saved(opened, opened.with_annotation(other), tmp_path))
    objects = [frame["objects"]["a"] for frame in held["frames"].values()]
    assert {(one["name"], one["feature_schema_id"]) for one in objects} == {("Other", "new")}


def test_a_new_classification_stands_where_its_kind_does(tmp_path: Path):
    opened = read(row_of({"objects": [], "classifications": [SIDE]}, "Default"), tmp_path)
    asked = (Attribute("Side", "Left", "/0", "choice"),)
    said = new("s", Placement(MediaKey(entry="d")), attributes=asked)
    held = annotations_of(saved(opened, opened.with_annotation(said), tmp_path))
    first, second = held["classifications"]
    assert first == SIDE
    assert second["name"] == "Side"
    assert second["radio_answer"]["feature_schema_id"] == "left"


def test_a_relationship_goes_with_one_of_its_ends(tmp_path: Path):
    related = [{"name": "r", "unidirectional_relationship": {"source": "a", "target": "b"}}]
    tree = image(thing("a", "ImageBoundingBox", sides(1)), thing("b", "ImageBoundingBox", sides(2)))
    annotations_of(tree)["relationships"] = related
    opened = read(tree, tmp_path)
    held = annotations_of(
        saved(opened, opened.without_annotations([AnnotationId("1", 1)]), tmp_path)
    )
    assert held["relationships"] == []


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        (Ellipse(1, 2, 3, 4), "Labelbox has no ellipses"),
        (Polygon([(0, 0), (9, 0), (9, 9)], ([(1, 1), (2, 1), (2, 2)],)), "no holes"),
        (Mask.from_array(np.ones((1, 1), np.bool_), 0, 0), "does not fit its class"),
        (Polyline([(0, 0), (1, 1)]), "does not fit its class"),
    ],
)
def test_what_labelbox_cannot_hold_is_refused_by_name(tmp_path: Path, shape: object, said: str):
    opened = read(image(thing("a", "ImageBoundingBox", sides(1))), tmp_path)
    current = opened.with_annotation(only(opened).with_shape(0, shape))
    with pytest.raises(CannotWrite, match=rf"'Thing' \(a\).*{said}"):
        saved(opened, current, tmp_path)
    assert not (tmp_path / "out.json").exists()


def test_dicom_holds_only_lines(tmp_path: Path):
    opened = read(dicom(planes(), {}), tmp_path)
    place = Placement(MediaKey(entry="d", frame=8), "axial", 8, Box(1, 2, 3, 4))
    with pytest.raises(CannotWrite, match="only lines and masks on DICOM"):
        saved(opened, opened.with_annotation(new("DICOMPolyline Thing", place)), tmp_path)


def test_notes_and_other_rows_are_refused(tmp_path: Path):
    opened = read(image(thing("a", "ImageBoundingBox", sides(1))), tmp_path)
    noted = msgspec.structs.replace(only(opened), note="?")
    with pytest.raises(CannotWrite, match="has no notes"):
        saved(opened, opened.with_annotation(noted), tmp_path)
    place = Placement(MediaKey(entry="elsewhere"), shape=Box(1, 2, 3, 4))
    with pytest.raises(CannotWrite, match="has no label yet"):
        saved(opened, opened.with_annotation(new("ImageBoundingBox Thing", place)), tmp_path)
