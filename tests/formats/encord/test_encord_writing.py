"""What is edited is written where Encord looks for it, and all that must agree does."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from encord_edits import ONTOLOGY, STAMP, TIME, added, edited, film, saved
from encord_rows import SQUARE, answer, box, corners, flat, polygon, read, row, thing
from listed import all_of

from viewer.errors import CannotWrite
from viewer.formats import write_export
from viewer.geometry.mask import Mask
from viewer.geometry.shapes import (
    Box,
    Ellipse,
    Polygon,
    Polyline,
    Regions,
    RotatedBox,
    Shape,
    Skeleton,
)
from viewer.model.annotation import AnnotationId
from viewer.model.placement import Placement

Json = Any


def reshaped(shape: Shape, folder: Path, *objects: Json) -> Json:
    """Return the first object of a picture after it got another shape."""
    tree = [row("image", flat(*objects), "picture")]
    held = edited(tree, folder, lambda one: one.with_shape(0, shape))
    return held["data_units"]["picture"]["labels"]["objects"][0]


def test_only_what_moved_of_a_box_is_written(tmp_path: Path):
    tree = json.dumps([row("image", flat(box("b")), "picture")])
    text = tree.replace('"x": 0.25', '"x": 2.50e-1').encode()
    opened = read(text, tmp_path)
    (one,) = all_of(opened)
    current = opened.with_annotation(one.with_shape(0, Box(16, 16, 16, 8)))
    write_export(opened, current, "1", tmp_path / "out.json")
    assert (tmp_path / "out.json").read_bytes() == text.replace(b'"w": 0.125', b'"w": 0.25')


def test_polygon_and_polygons_say_the_same_after_an_edit(tmp_path: Path):
    ring = [0.1, 0.1, 0.9, 0.1, 0.9, 0.9, 0.1, 0.9]
    opened = read([row("image", flat(polygon("p", [[ring]])), "picture")], tmp_path)
    (one,) = all_of(opened)
    vertices = one.placements[0].shape.vertices
    for changed in (vertices + 1, vertices[:3], np.insert(vertices, 2, [(1, 2), (3, 4)], axis=0)):
        current = opened.with_annotation(one.with_shape(0, Polygon(changed)))
        (held,) = saved(opened, current, tmp_path)
        record = held["data_units"]["picture"]["labels"]["objects"][0]
        simple = [(node["x"], node["y"]) for node in record["polygon"].values()]
        (flat_ring,) = record["polygons"][0]
        assert list(record["polygon"]) == [str(n) for n in range(len(changed))]
        assert list(zip(flat_ring[0::2], flat_ring[1::2], strict=True)) == simple
        assert np.allclose(np.array(simple) * (64, 32), changed)


def test_vertices_that_stay_keep_their_numbers(tmp_path: Path):
    ring = [1 / 3, 0.1234567890123456, 0.9, 0.1, 0.9, 0.9]
    regions = [[ring]]
    tree = [row("image", flat(polygon("p", regions)), "picture")]
    held = edited(tree, tmp_path, lambda one: one.with_shape(
        0, Polygon(np.vstack((one.placements[0].shape.vertices[:2], [(1, 1)])))))  # fmt: skip
    record = held["data_units"]["picture"]["labels"]["objects"][0]
    assert record["polygons"][0][0][:4] == ring[:4]
    assert record["polygon"]["0"] == {"x": ring[0], "y": ring[1]}


@pytest.mark.parametrize("word", ["polygon", "polyline"])
@pytest.mark.parametrize("keys", [("1", "2", "3"), ("0", "1", "5"), ("0", "2", "3")])
def test_vertices_that_come_are_numbered_behind_those_that_are_there(
    tmp_path: Path, word: str, keys: tuple[str, ...]
):
    numbered = dict(zip(keys, corners(SQUARE[:3]).values(), strict=True))
    new = [(6.4, 3.2), (57.6, 3.2), (57.6, 28.8), (50, 30), (40, 31), (30, 30)]
    shape = Polygon(np.array(new)) if word == "polygon" else Polyline(np.array(new))
    record = reshaped(shape, tmp_path, thing("t", word, {word: numbered}))
    nodes = [record[word][key] for key in sorted(record[word], key=int)]
    assert np.allclose([(node["x"] * 64, node["y"] * 32) for node in nodes], new)


def test_a_hole_that_is_cut_into_an_old_polygon_adds_polygons(tmp_path: Path):
    hole = np.array([(20, 10), (30, 10), (30, 20)], dtype=float)
    outer = np.array(SQUARE) * (64, 32)
    record = reshaped(Polygon(outer, (hole,)), tmp_path, polygon("p"))
    assert len(record["polygons"][0]) == 2
    assert record["polygon"] == corners(SQUARE)
    parts = (Polygon(outer), Polygon(hole))
    assert len(reshaped(Regions(parts), tmp_path, polygon("p"))["polygons"]) == 2


RINGS = [[0.1, 0.1, 0.9, 0.1, 0.9, 0.9], [0.2, 0.15, 0.3, 0.15, 0.3, 0.2],
         [0.5, 0.2, 0.8, 0.2, 0.8, 0.5], [0.0, 0.5, 0.25, 0.5, 0.25, 1.0]]  # fmt: skip
A, B, C, D = range(4)


@pytest.mark.parametrize(("before", "after"), [
    ([[A]], [[A, B], [D]]),
    ([[A, B, C], [D]], [[A, C], [D]]),
    ([[A, B, C], [D]], [[A, B, C]]),
    ([[A, B], [D]], [[D]]),
    ([[D], [A, B]], [[C], [D], [A]]),
    ([[A, B], [D]], [[D], [A, B]]),
])  # fmt: skip
def test_rings_come_and_go_and_the_others_keep_their_spelling(tmp_path: Path, before, after):
    tree = [row("image", flat(polygon("p", [[RINGS[n] for n in one] for one in before])))]
    text = json.dumps(tree).replace("0.9,", "9.0e-1,")
    opened = read(text.encode(), tmp_path)
    (one,) = all_of(opened)
    held = (one.placements[0].shape,) if len(before) == 1 else one.placements[0].shape.parts
    known = {n: ring for part, ns in zip(held, before, strict=True)
             for n, ring in zip(ns, part.rings, strict=True)}  # fmt: skip
    new = {n: np.array(RINGS[n]).reshape(-1, 2) * (64, 32) for n in range(4)}
    rings = {**new, **known}
    parts = tuple(Polygon(rings[first], tuple(rings[n] for n in holes)) for first, *holes in after)
    shape = parts[0] if len(parts) == 1 else Regions(parts)
    (out,) = saved(opened, opened.with_annotation(one.with_shape(0, shape)), tmp_path)
    record = out["data_units"]["media"]["labels"]["objects"][0]
    wanted = [[RINGS[n] for n in one] for one in after]
    assert record["polygons"] == [[pytest.approx(ring) for ring in one] for one in wanted]
    first = [number for corner in record["polygon"].values() for number in corner.values()]
    assert first == record["polygons"][0][0]
    is_kept = before[0][0] == after[0][0] == A
    assert (
        not is_kept or b"[[[0.1, 0.1, 9.0e-1, 0.1, 9.0e-1," in (tmp_path / "out.json").read_bytes()
    )


def test_a_ring_that_was_closed_stays_so(tmp_path: Path):
    closed = [0.1, 0.1, 0.9, 0.1, 0.9, 0.9, 0.1, 0.1]
    ring = np.array([(0, 0), (32, 0), (32, 16)], dtype=float)
    record = reshaped(Polygon(ring), tmp_path, polygon("p", [[closed]]))
    assert record["polygons"] == [[[0, 0, 0.5, 0, 0.5, 0.5, 0, 0]]]
    assert list(record["polygon"]["3"].values()) == [0, 0]


def test_angles_are_written_in_degrees(tmp_path: Path):
    held = {"rotatableBoundingBox": {"x": 0.25, "y": 0.5, "w": 0.125, "h": 0.25, "theta": 19.2854}}
    made = thing("r", "rotatable_bounding_box", held)
    record = reshaped(RotatedBox(16, 16, 8, 8, math.pi / 2), tmp_path, made)
    assert record["rotatableBoundingBox"] == {**held["rotatableBoundingBox"], "theta": 90}


def test_circles_keep_their_own_keys(tmp_path: Path):
    made = thing("c", "circle", {"circle": {"x": 0.5, "y": 0.5, "r": 0.125}})
    assert reshaped(Ellipse(32, 16, 16, 16), tmp_path, made)["circle"]["r"] == 0.25
    record = reshaped(Ellipse(32, 16, 8, 4, math.pi), tmp_path, made)
    assert record["circle"] == {"x": 0.5, "y": 0.5, "r": 0.125, "stretch": 0.5, "theta": 180}


@pytest.mark.parametrize(("node", "state", "wanted"), [
    ({}, "occluded", {"occluded": True}),
    ({"invisible": True, "visible": False, "occluded": False}, "visible",
     {"invisible": False, "visible": True, "occluded": False}),
    ({"visibility": "visible"}, "self-occluded", {"visibility": "selfOccluded"}),
    ({"occluded": True}, "visible", {"occluded": False}),
])  # fmt: skip
def test_how_a_node_is_seen_is_written_as_the_node_had_it(tmp_path: Path, node, state, wanted):
    nodes = {"0": {"x": 0.5, "y": 0.5, "featureHash": "n0", **node}}
    shape = Skeleton(np.array([(32.0, 16.0)]), (state,))
    record = reshaped(shape, tmp_path, thing("s", "skeleton", {"skeleton": nodes}))
    assert record["skeleton"]["0"] == {"x": 0.5, "y": 0.5, "featureHash": "n0", **wanted}


def test_a_mask_is_written_for_the_whole_picture(tmp_path: Path):
    held = {"top": 0, "left": 0, "width": 64, "height": 32, "rleString": ""}
    mask = Mask.from_array(np.ones((2, 3), dtype=bool), 60, 30)
    made = thing("m", "bitmask", {"bitmask": held})
    record = reshaped(mask, tmp_path, made)
    assert record["bitmask"]["rleString"] != ""
    assert {**record["bitmask"], "rleString": ""} == held
    outside = Mask.from_array(np.ones((2, 3), dtype=bool), 63, 30)
    with pytest.raises(CannotWrite, match="beyond the picture"):
        reshaped(outside, tmp_path, made)


def test_an_edit_says_when_and_by_whom_as_the_row_spells_it(tmp_path: Path):
    held = edited([row("image", flat(box("b")), "picture")], tmp_path, lambda one: (
        msgspec.structs.replace(one.with_shape(0, Box(0, 0, 1, 1)), updated=STAMP.time,
                                updated_by="me@here")))  # fmt: skip
    record = held["data_units"]["picture"]["labels"]["objects"][0]
    assert (record["lastEditedAt"], record["lastEditedBy"]) == (TIME, "me@here")


def test_a_deleted_object_takes_its_answers_along_and_leaves_orphans(tmp_path: Path):
    opened = read(film(export_history=[{"export_hash": "x"}]), tmp_path)
    (held,) = saved(opened, opened.without_annotations([AnnotationId("1", 0)]), tmp_path)
    assert held["object_answers"].keys() == {"u", "gone"}
    assert held["object_actions"] == {}
    blobs = held["data_units"]["film"]["labels"].values()
    assert all([one["objectHash"] for one in blob["objects"]] == ["u"] for blob in blobs)
    assert held["export_history"] == [{"export_hash": "x"}]


def test_an_object_on_a_new_frame_says_what_it_does_on_the_nearest(tmp_path: Path):
    opened = read(film(), tmp_path)
    one = all_of(opened)[0]
    last = one.placements[11]
    there = msgspec.structs.replace(last, media=msgspec.structs.replace(last.media, frame=20),
                                    index=20, origins=())  # fmt: skip
    moved = one.with_moved(11, there, 20)
    (held,) = saved(opened, opened.with_annotation(moved), tmp_path)
    labels = held["data_units"]["film"]["labels"]
    assert [record["objectHash"] for record in labels["11"]["objects"]] == ["u"]
    (record,) = labels["20"]["objects"]
    assert record["boundingBox"] == {"h": 0.25, "w": 0.125, "x": 11 / 64, "y": 0.5}
    assert labels["20"]["classifications"] == []
    assert {**record, "boundingBox": 0, "lastEditedAt": 0} == {
        **box("t"), "boundingBox": 0, "lastEditedAt": 0
    }  # fmt: skip


def test_frames_that_are_left_leave_the_ranges_of_answers(tmp_path: Path):
    opened = read(film(), tmp_path)
    one = all_of(opened)[0]
    shorter = one
    for number in (9, 2):
        shorter = shorter.without_placement(number)
    (held,) = saved(opened, opened.with_annotation(shorter), tmp_path)
    (action,) = held["object_actions"]["t"]["actions"]
    assert action["range"] == [[0, 1], [3, 4]]


def test_another_answer_on_a_frame_parts_the_ranges(tmp_path: Path):
    opened = read(film(), tmp_path, ONTOLOGY)
    one = all_of(opened)[0].with_attribute(2, "q dyn", ("One", "Three"))
    one = one.with_attribute(5, "q dyn", ("One",)).with_attribute(9, "q dyn", ())
    (held,) = saved(opened, opened.with_annotation(one), tmp_path)
    actions = held["object_actions"]["t"]["actions"]
    assert [([o["name"] for o in each["answers"]], each["range"]) for each in actions] == [
        (["One"], [[0, 5]]), (["Three"], [[2, 2]])
    ]  # fmt: skip
    assert actions[1] == {
        "name": "Dynamic", "value": "dynamic", "featureHash": "q dyn", "dynamic": True,
        "answers": [{"name": "Three", "value": "three", "featureHash": "h Three"}],
        "range": [[2, 2]], "shouldPropagate": False, "trackHash": "", "manualAnnotation": True,
    }  # fmt: skip


def test_answers_of_frames_that_are_all_taken_away_take_their_entry_along(tmp_path: Path):
    opened = read(film(), tmp_path, ONTOLOGY)
    one = all_of(opened)[0]
    for frame in (*range(5), 9):
        one = one.with_attribute(frame, "q dyn", ())
    (held,) = saved(opened, opened.with_annotation(one), tmp_path)
    assert held["object_actions"] == {}


def test_static_answers_are_changed_given_and_taken_away(tmp_path: Path):
    said = {"b": {"objectHash": "b", "classifications": [
        answer("q text", "old", "Text"), answer("q side", ["Left"], "Side")]}}  # fmt: skip
    opened = read([row("image", flat(box("b")), object_answers=said)], tmp_path, ONTOLOGY)
    one = all_of(opened)[0].with_attribute(None, "q side", "Right")
    one = one.with_attribute(None, "q text", None).with_attribute(None, "q size", 3.5)
    (held,) = saved(opened, opened.with_annotation(one), tmp_path)
    first, second = held["object_answers"]["b"]["classifications"]
    assert first["answers"] == [{"name": "Right", "value": "right", "featureHash": "h Right"}]
    assert (second["featureHash"], second["answers"]) == ("q size", 3.5)


def test_an_answer_that_nobody_knows_is_refused(tmp_path: Path):
    said = {"b": {"objectHash": "b", "classifications": [answer("q side", ["Left"], "Side")]}}
    opened = read([row("image", flat(box("b")), object_answers=said)], tmp_path)
    one = all_of(opened)[0].with_attribute(None, "q side", "Unheard")
    with pytest.raises(CannotWrite, match="open the ontology together"):
        saved(opened, opened.with_annotation(one), tmp_path)


def test_another_class_is_named_as_its_records_are(tmp_path: Path):
    held = edited([row("image", flat(box("b")))], tmp_path, lambda one: (
        msgspec.structs.replace(one, class_id="f other")))  # fmt: skip
    (record,) = held["data_units"]["media"]["labels"]["objects"]
    names = {key: record[key] for key in ("featureHash", "name", "value", "color")}
    assert names == {"featureHash": "f other", "name": "other box", "value": "other_box",
                     "color": "#00FF00"}  # fmt: skip


def test_another_class_of_another_shape_is_refused(tmp_path: Path):
    opened = read([row("image", flat(box("b")))], tmp_path, ONTOLOGY)
    one = msgspec.structs.replace(all_of(opened)[0], class_id="f polygon")
    with pytest.raises(CannotWrite, match="cannot become a polygon"):
        saved(opened, opened.with_annotation(one), tmp_path)


def test_a_new_object_has_an_id_an_entry_among_the_answers_and_its_author(tmp_path: Path):
    opened = read(film(), tmp_path, ONTOLOGY)
    new = added(opened, "f bounding_box", Box(0, 0, 32, 16), frame=30)
    new = new.with_attribute(None, "q side", "Left")
    (held,) = saved(opened, opened.with_annotation(new), tmp_path)
    (record,) = held["data_units"]["film"]["labels"]["30"]["objects"]
    id = record["objectHash"]
    assert len(id) == 8
    assert record["createdBy"] == "me@here"
    assert record["createdAt"] == TIME
    assert record["boundingBox"] == {"h": 0.5, "w": 0.5, "x": 0, "y": 0}
    assert held["object_answers"][id]["classifications"][0]["featureHash"] == "q side"
    assert list(held["object_answers"])[:3] == ["t", "u", "gone"]


def test_a_new_skeleton_has_the_nodes_of_its_class(tmp_path: Path):
    opened = read(film(), tmp_path, ONTOLOGY)
    template = opened.exports["1"].ontology.by_id["f skeleton"].template
    assert template is not None
    assert template.edges == ((0, 1), (1, 2))
    new = added(opened, "f skeleton", template.within(Box(0, 0, 32, 16)), frame=1)
    (held,) = saved(opened, opened.with_annotation(new), tmp_path)
    nodes = held["data_units"]["film"]["labels"]["1"]["objects"][-1]["skeleton"]
    assert [node["featureHash"] for node in nodes.values()] == ["n0", "n1", "n2"]


def test_a_new_object_goes_to_the_branch_of_its_author_and_to_its_space(tmp_path: Path):
    rows = [row("image", flat(box(name)), branch_name=name) for name in ("main", "second")]
    opened = read(rows, tmp_path)
    new = added(opened, "f bounding_box", Box(0, 0, 1, 1))
    for author, at in (("me", 0), ("branch second", 1)):
        current = opened.with_annotation(msgspec.structs.replace(new, author=author))
        held = saved(opened, current, tmp_path)
        counts = [len(one["data_units"]["media"]["labels"]["objects"]) for one in held]
        assert counts == [1 + (at == n) for n in range(2)]


def test_an_object_moves_from_picture_to_picture_of_a_group(tmp_path: Path):
    group = row("img_group", {}, "g", object_answers={"o": {"objectHash": "o"}})
    unit = group["data_units"].pop("g")
    for number in range(3):
        labels = flat(box("o")) if number == 0 else {}
        more = {"data_sequence": str(number), "labels": labels}
        group["data_units"][f"u{number}"] = {**unit, **more}
    opened = read([group], tmp_path)
    (one,) = all_of(opened)
    key = msgspec.structs.replace(one.placements[0].media, item=2)
    there = Placement(key, index=2, shape=one.placements[0].shape, size=(64, 32))
    (held,) = saved(opened, opened.with_annotation(one.with_moved(0, there, 2)), tmp_path)
    counts = [len(u["labels"].get("objects", [])) for u in held["data_units"].values()]
    assert counts == [0, 0, 1]
    assert held["object_answers"] == {"o": {"objectHash": "o"}}


def test_what_encord_cannot_hold_is_refused_with_the_labels_name(tmp_path: Path):
    opened = read([row("image", flat(box("b"), polygon("p")))], tmp_path)
    one, other = all_of(opened)
    cases = (
        (msgspec.structs.replace(one, note="x"), "no notes"),
        (msgspec.structs.replace(one, parent=other.id), "no parents"),
        (msgspec.structs.replace(one, placements=()), "delete it instead"),
        (one.with_shape(0, Ellipse(1, 1, 1, 1)), "does not fit"),
    )
    for changed, words in cases:
        with pytest.raises(CannotWrite, match=rf"bounding box.* \(b\): .*{words}"):
            saved(opened, opened.with_annotation(changed), tmp_path)
