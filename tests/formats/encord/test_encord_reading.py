"""Every data type, shape and answer of Encord is read where it is meant to be."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from bound import scan
from encord_rows import (
    SQUARE,
    answer,
    box,
    corners,
    flat,
    frames,
    listed,
    polygon,
    read,
    row,
    thing,
)
from format_cases import DATA
from listed import all_of

from viewer.errors import CannotRead
from viewer.formats import read_export
from viewer.formats.encord.recognising import recognise, role
from viewer.geometry.shapes import Box, Ellipse, Polygon, Polyline, Regions, RotatedBox, Skeleton
from viewer.model.project import Anchor, MediaGroup
from viewer.model.subject import MediaKey
from viewer.model.track import Track
from viewer.review.entry_keys import entry_key_of
from viewer.review.matching import match

ONTOLOGY = json.loads((DATA / "encord" / "ontology" / "ontology.json").read_bytes())


def shape_of(folder: Path, *objects: object, **other: object) -> object:
    (one,) = all_of(read([row("image", flat(*objects), **other)], folder))
    return one.placements[0].shape


def codes_of(project) -> list[str]:
    return [issue.code for issue in project.exports["1"].issues]


def test_one_row_is_read_as_a_list_of_rows_is(tmp_path: Path):
    one = row("image", flat(box("a")))
    assert [a.native_id for a in all_of(read(one, tmp_path))] == ["a"]
    assert [a.native_id for a in all_of(read([one], tmp_path))] == ["a"]


def test_rows_are_told_from_other_json_by_their_keys(shared: Path):
    for vendor in ("labelbox", "redbrick", "datagym", "mdai"):
        for path in (shared / "data" / "exports" / vendor).rglob("*.json"):
            assert not recognise(path.read_bytes())
    for path in (shared / "data" / "exports" / "encord").glob("*.json"):
        is_ontology = path.name.startswith("ontology")
        assert (role(path.read_bytes()) == "ontology") == is_ontology
        if is_ontology or "coco" in path.name or path.name == "polygons_multipolygon.json":
            with pytest.raises(CannotRead):
                read_export(path)
    assert role(json.dumps({"title": "t", "editor": ONTOLOGY}).encode()) == "ontology"


def test_numbers_are_parts_of_width_and_of_height(tmp_path: Path):
    assert shape_of(tmp_path, box("b")) == Box(16, 16, 8, 8)


def test_values_outside_the_picture_are_kept(tmp_path: Path):
    held = {"boundingBox": {"x": -0.5, "y": 1.5, "w": 2, "h": 0}}
    assert shape_of(tmp_path, thing("b", "bounding_box", held)) == Box(-32, 48, 128, 0)


def test_a_rotated_box_turns_in_pixels_clockwise_in_degrees(tmp_path: Path):
    held = {"rotatableBoundingBox": {"x": 0.25, "y": 0.5, "w": 0.125, "h": 0.25, "theta": 90}}
    found = shape_of(tmp_path, thing("r", "rotatable_bounding_box", held))
    assert found == RotatedBox(16, 16, 8, 8, math.pi / 2)


def test_vertices_by_number_are_in_the_order_of_whole_numbers(tmp_path: Path):
    ring = [(0.05 * n, (n % 3) / 4) for n in range(12)]
    shuffled = dict(sorted(corners(ring).items(), key=lambda pair: pair[0]))
    assert list(shuffled)[:3] == ["0", "1", "10"]
    found = shape_of(tmp_path, thing("p", "polygon", {"polygon": shuffled}))
    assert isinstance(found, Polygon)
    assert np.allclose(found.vertices, np.array(ring) * (64, 32))


def test_a_list_of_vertices_is_read_as_vertices_by_number_are(tmp_path: Path):
    listed_ones = [{"x": x, "y": y} for x, y in SQUARE]
    found = shape_of(tmp_path, thing("p", "polyline", {"polyline": listed_ones}))
    assert isinstance(found, Polyline)
    assert np.allclose(found.vertices, np.array(SQUARE) * (64, 32))


def test_polygons_counts_where_it_and_polygon_differ(tmp_path: Path):
    held = {"polygon": corners(SQUARE), "polygons": [[[0, 0, 0.5, 0, 0.5, 0.5, 0, 0]]]}
    found = shape_of(tmp_path, thing("p", "polygon", held))
    assert isinstance(found, Polygon)
    assert found.vertices.tolist() == [[0, 0], [32, 0], [32, 16]]  # its end is not repeated


def test_null_polygons_leave_polygon(tmp_path: Path):
    held = {"polygon": corners(SQUARE), "polygons": None}
    assert isinstance(shape_of(tmp_path, thing("p", "polygon", {**held, "polygons": []})), Polygon)


def test_an_island_in_a_hole_is_a_region_of_its_own(tmp_path: Path):
    outer, hole = [0, 0, 1, 0, 1, 1, 0, 1], [0.25, 0.25, 0.75, 0.25, 0.75, 0.75, 0.25, 0.75]
    island = [0.4, 0.4, 0.6, 0.4, 0.6, 0.6, 0.4, 0.6]
    found = shape_of(tmp_path, polygon("p", [[outer, hole], [island]]))
    assert isinstance(found, Regions)
    assert found.area == pytest.approx(64 * 32 * (1 - 0.25 + 0.04))


def test_both_spellings_of_how_a_node_is_seen_are_read(tmp_path: Path):
    said = [
        {}, {"occluded": True}, {"invisible": True, "visible": False, "occluded": False},
        {"invisible": False, "visible": True}, {"visibility": "invisible"},
        {"visibility": "selfOccluded"}, {"invisible": True, "visibility": "visible"},
    ]  # fmt: skip
    nodes = {str(n): {"x": 0, "y": 0, "featureHash": f"n{n}", **one} for n, one in enumerate(said)}
    found = shape_of(tmp_path, thing("s", "skeleton", {"skeleton": nodes}))
    assert isinstance(found, Skeleton)
    assert found.states == (
        "visible", "occluded", "invisible", "visible", "invisible", "self-occluded", "invisible",
    )  # fmt: skip
    assert found.edges == ()


def test_edges_of_a_skeleton_come_from_the_ontology_by_the_hashes_of_nodes(tmp_path: Path):
    nodes = {str(n): {"x": 0, "y": 0, "featureHash": f"n{2 - n}"} for n in range(3)}
    labels = flat(thing("s", "skeleton", {"skeleton": nodes}))
    (one,) = all_of(read([row("image", labels)], tmp_path, ONTOLOGY))
    shape = one.placements[0].shape
    assert isinstance(shape, Skeleton)
    assert shape.edges == ((2, 1), (1, 0))


def test_circles_and_ellipses_are_ellipses(tmp_path: Path):
    held = {"circle": {"x": 0.5, "y": 0.5, "r": 0.125, "stretch": 0.5, "theta": 180}}
    assert shape_of(tmp_path, thing("c", "circle", held)) == Ellipse(32, 16, 8, 4, math.pi)
    held = {"circle": {"x": 0.5, "y": 0.5, "r": 0.125}}
    assert shape_of(tmp_path, thing("c", "circle", held)) == Ellipse(32, 16, 8, 8, 0)
    held = {"ellipse": {"x": 0.5, "y": 0.5, "rx": 0.125, "ry": 0.125, "theta": 0}}
    assert shape_of(tmp_path, thing("e", "ellipse", held)) == Ellipse(32, 16, 8, 4, 0)


@pytest.mark.parametrize("depth", [
    {"offset": {"x": 0.25, "y": 0.5}},
    {"vanishingPoint": {"x": 0.5, "y": 1}, "scaleRatio": 0.5},
])  # fmt: skip
def test_a_cuboid_has_eight_corners_and_can_only_be_looked_at(tmp_path: Path, depth):
    front = [0, 0, 0.5, 0, 0.5, 0.5, 0, 0.5]
    labels = flat(thing("c", "cuboid_2d", {"cuboid_2d": {"front": front, **depth}}))
    (one,) = all_of(read([row("image", labels)], tmp_path))
    shape = one.placements[0].shape
    assert isinstance(shape, Skeleton)
    assert len(shape.points) == 8
    assert len(shape.edges) == 12
    assert shape.points[4].tolist() == [16, 16]
    assert "can only be seen" in (one.locked_reason or "")


@pytest.mark.parametrize("word", ["cuboid", "segmentation", "time_range", "new thing"])
def test_a_shape_that_is_not_drawn_is_listed_with_the_reason(tmp_path: Path, word: str):
    opened = read([row("image", flat(thing("u", word, {"x": 1}), box("b")))], tmp_path)
    odd, good = all_of(opened)
    assert word in (odd.locked_reason or "")
    assert good.locked_reason is None
    assert codes_of(opened) == ["unknown-shape"]


def test_without_a_size_labels_wait_for_their_picture(tmp_path: Path):
    opened = read([row("image", flat(box("b")), unit={"width": None, "height": None})], tmp_path)
    (one,) = all_of(opened)
    assert "open the picture" in (one.locked_reason or "")
    assert opened.exports["1"].entries[0].size is None


def test_an_object_on_many_frames_is_a_track_of_stored_frames(tmp_path: Path):
    held = frames({n: [box("t", n / 64)] for n in (11, *range(9), 10)})
    (one,) = all_of(read([row("video", held)], tmp_path))
    assert isinstance(one.placements, Track)
    assert one.placements.frames.tolist() == [*range(9), 10, 11]
    assert all(placement.stored and placement.is_key for placement in one.placements)
    assert one.placements[9].shape == Box(10, 16, 8, 8)
    assert one.placements[9].media == MediaKey(entry="media", frame=10)


def test_pictures_of_a_group_are_items_by_their_number(tmp_path: Path):
    group = row("img_group", {}, "g")
    unit = group["data_units"].pop("g")
    for key, number in (("b", "1"), ("a", 0)):
        more = {"data_sequence": number, "data_title": f"{key}.png", "labels": flat(box("o"))}
        group["data_units"][key] = {**unit, **more}
    opened = read([group], tmp_path)
    (one,) = all_of(opened)
    assert [placement.media.item for placement in one.placements] == [0, 1]
    assert tuple(opened.exports["1"].entries[0].items) == ("a.png", "b.png")


def dicom(meta: dict[int, dict[str, object]], links: int) -> object:
    labels = {
        str(k): {
            "objects": [box(f"o{k}")],
            "classifications": [],
            **({"metadata": facts} if facts else {}),
        }
        for k, facts in meta.items()
    }
    facts = {"patient_id": None, "study_uid": "1.2", "series_uid": "1.2.3"}
    unit = {"metadata": facts, "data_links": [f"x/{n}" for n in range(links)]}
    return row("dicom", labels, "ct", unit=unit)


def uid(k: int, **other: object) -> dict[str, object]:
    return {"dicom_instance_uid": f"1.{k}", "multiframe_frame_number": None, "file_uri": "u",
            "width": 64, "height": 32, **other}  # fmt: skip


@pytest.mark.parametrize("named", [range(8), (1, 6), (5,)])
def test_labels_of_a_series_stand_on_the_images_that_their_slices_name(
    tmp_path: Path, named: Iterable[int]
):
    order = [3, 0, 7, 1, 6, 2, 5, 4]
    series = scan()
    size = {"width": series.columns, "height": series.rows}
    slices = {
        k: uid(k, dicom_instance_uid=f"1.2.3.4.{order[k]}", **size) if k in named else {}
        for k in range(8)
    }
    opened = read([dicom(slices, 8)], tmp_path)
    matches = match(opened, [series])
    for annotation in all_of(opened):
        (place,) = matches.of(annotation.id)
        number = annotation.placements[0].index
        if number in named:
            assert (place.media, place.slice) == (0, order[number or 0])
    last = max(named)
    key = MediaKey(entry="ct", frame=last)
    assert entry_key_of(matches.lookup, "1", 0, 2, order[last]) == (key, "acquired")


@pytest.mark.parametrize(("numbers", "frames"), [([0, 2], [0, 2]), ([1, 2], [0, 1]), ([2, 3], [])])
def test_frames_of_one_object_count_from_0_or_from_1_as_they_tell(
    tmp_path: Path, numbers: list[int], frames: list[int]
):
    slices = {k: uid(4, multiframe_frame_number=number) for k, number in enumerate(numbers)}
    (entry,) = read([dicom(slices, 1)], tmp_path).exports["1"].entries
    assert [anchor.frame for anchor in entry.anchors or ()] == frames


def test_slices_of_a_series_are_anchored_where_some_have_a_uid(tmp_path: Path):
    opened = read([dicom({0: uid(5), 1: {}, 7: uid(2)}, 9)], tmp_path)
    (entry,) = opened.exports["1"].entries
    assert entry.anchors == (Anchor(0, "1.5"), Anchor(7, "1.2"))
    assert (len(entry.items), entry.count) == (0, 9)
    assert "slices-by-number" not in codes_of(opened)


def test_a_series_without_any_uid_says_that_its_slices_are_a_guess(tmp_path: Path):
    opened = read([dicom({0: {}, 1: {}}, 2)], tmp_path)
    assert codes_of(opened) == ["slices-by-number"]


def test_a_slice_may_have_a_size_of_its_own(tmp_path: Path):
    opened = read([dicom({0: uid(0), 1: uid(1, width=128, height=64)}, 2)], tmp_path)
    assert [one.placements[0].shape for one in all_of(opened)] == [
        Box(16, 16, 8, 8), Box(32, 32, 16, 16)
    ]  # fmt: skip


def test_spaces_of_a_group_are_entries_named_by_file_and_place_in_the_layout(tmp_path: Path):
    stack = {
        "space_type": "medical_stack", "child_info": {"layout_key": "right", "file_name": "b"},
        "frames": [{"width": 64, "height": 32, "instance_uid": f"1.{k}"} for k in range(2)],
        "labels": {"1": flat(box("s"))},
    }  # fmt: skip
    movie = {"space_type": "video", "number_of_frames": 9, "width": 64, "height": 32, "labels": {}}
    group = row("group", {}, "g", spaces={"a": stack, "b": movie})
    opened = read([group], tmp_path)
    entries = opened.exports["1"].entries
    assert [entry.id for entry in entries] == ["g/a", "g/b"]
    assert entries[0].title == "b (right)"
    assert entries[0].anchors == (Anchor(0, "1.0"), Anchor(1, "1.1"))
    assert entries[1].count == 9
    assert all_of(opened)[0].placements[0].media == MediaKey(entry="g/a", frame=1)


def test_a_group_lists_its_spaces_as_parts_once_for_all_branches(tmp_path: Path):
    image = {"space_type": "image", "width": 64, "height": 32, "labels": {}}
    spaces = {
        "a": {**image, "child_info": {"layout_key": "front", "file_name": "f.png"}},
        "b": {**image, "child_info": {"layout_key": "back", "file_name": "b.png"}},
        "root": image,
    }
    rows = [row("group", {}, "g", spaces=spaces, branch_name=name) for name in ("main", "second")]
    opened = read(rows, tmp_path)
    group = MediaGroup("g.bin", (("front", "g/a"), ("back", "g/b")))
    assert opened.exports["1"].media_groups == (group,)
    assert codes_of(opened) == ["group-layout"]


def test_a_group_of_rows_names_them_by_their_data(tmp_path: Path):
    children = [
        {"data_hash": name, "label_hash": None, "name": f"{name}.dcm", "layout_key": place}
        for name, place in (("x", "left"), ("y", "right"))
    ]
    group = row("group", {}, "g", unit={"metadata": {"children": children}})
    opened = read([group, row("image", flat(box("b")), "x"), row("image", {}, "y")], tmp_path)
    export = opened.exports["1"]
    assert export.media_groups == (MediaGroup("g.bin", (("left", "x"), ("right", "y"))),)
    assert {entry.id for entry in export.entries} == {"x", "y"}


def test_branches_are_authors_and_share_an_entry(tmp_path: Path):
    rows = [row("image", flat(box(name)), branch_name=name) for name in ("main", "second")]
    rows.append(row("image", flat(box("third")), branch_name=None))
    opened = read(rows, tmp_path)
    assert [one.author for one in all_of(opened)] == ["a@b", "branch second", "a@b"]
    assert len(opened.exports["1"].entries) == 1


@pytest.mark.parametrize("kind", ["deleted", "audio", "plain_text", "pdf", "scene", "time_series"])
def test_labels_of_what_is_no_picture_are_listed_and_locked(tmp_path: Path, kind: str):
    ranged = {"r": {"objectHash": "r", "featureHash": "f", "name": "n", "shape": "audio",
                    "range": [[2, 5], [9, 9]], "classifications": []}}  # fmt: skip
    opened = read([row(kind, {"0": flat(box("b"))}, object_answers=ranged)], tmp_path)
    found = {one.native_id: one for one in all_of(opened)}
    assert found.keys() == {"b", "r"}
    assert all(one.locked_reason for one in found.values())
    assert found["r"].attributes[-1].text == "2 to 5, 9 ms"
    (place,) = match(opened, ()).of(found["r"].id)
    assert ("open the folder" in place.sentence) == (kind == "deleted")
    assert (f"is {kind.replace('_', ' ')}, of which" in place.sentence) == (kind != "deleted")


def test_classifications_of_both_generations_are_read(tmp_path: Path):
    said = {
        "old": {"classificationHash": "old", "classifications": [answer("q", ["Yes"])]},
        "new": {"classificationHash": "new", "featureHash": "c", "range": [[0, 1], [4, 4]],
                "classifications": [answer("deep", "x"), answer("root", ["Yes"], "Root")]},
        "whole": {"classificationHash": "whole", "featureHash": "c", "range": [],
                  "classifications": [answer("root", ["No"], "Root")]},
        "orphan": {"classificationHash": "orphan", "classifications": []},
    }  # fmt: skip
    held = {str(n): {"objects": [], "classifications": [listed("old")]} for n in (2, 3)}
    opened = read([row("video", held, classification_answers=said)], tmp_path)
    found = {one.native_id: one for one in all_of(opened)}
    assert {id: [p.index for p in one.placements] for id, one in found.items()} == {
        "old": [2, 3], "new": [0, 1, 4], "whole": [None]
    }  # fmt: skip
    scopes = opened.exports["1"].ontology.by_id
    assert scopes["c radio"].scope == "instance"
    assert codes_of(opened) == ["orphan-answers", "unknown-level"]


def test_dynamic_answers_are_joined_frame_by_frame(tmp_path: Path):
    actions = [
        answer("q", ["One"], range=[[0, 2]], dynamic=True),
        answer("q", ["Two"], range=[[2, 3], [90, 99]], dynamic=True),
    ]
    said = {"t": {"objectHash": "t", "actions": actions}}
    held = frames({n: [box("t")] for n in range(4)})
    (one,) = all_of(read([row("video", held, object_actions=said)], tmp_path))
    assert [place.attributes[0].text for place in one.placements] == [
        "One", "One", "One, Two", "Two"
    ]  # fmt: skip


def test_an_option_is_told_by_its_hash_and_without_ontology_by_what_it_says(tmp_path: Path):
    option = {"name": "Dynamic", "value": "two_words", "featureHash": "h Two"}
    said = {**answer("q dyn", ["One"], "Dynamic"), "answers": [option], "range": [[0, 0]]}
    tree = [row("image", flat(box("b")), object_actions={"b": {"actions": [said]}})]
    (one,) = all_of(read(tree, tmp_path))
    assert one.placements[0].attributes[0].text == "two_words"
    (one,) = all_of(read(tree, tmp_path, ONTOLOGY))
    assert one.placements[0].attributes[0].text == "Two"


def test_nested_answers_stand_below_their_option_and_others_can_be_given(tmp_path: Path):
    said = {"c": {"classificationHash": "c", "classifications": [
        answer("q deep", "why", "Deep"), answer("q radio", ["Yes"], "Radio")]}}  # fmt: skip
    labels = {"objects": [], "classifications": [listed("c")]}
    tree = [row("image", labels, classification_answers=said)]
    (one,) = all_of(read(tree, tmp_path, ONTOLOGY))
    assert [(each.name, each.text, each.depth, each.under) for each in one.attributes] == [
        ("Radio", "Yes", 0, ""), ("Deep", "why", 1, "Yes")
    ]  # fmt: skip
    assert one.attributes[0].options == ("Yes", "No")


def test_classes_of_the_ontology_come_first_with_colour_and_questions(tmp_path: Path):
    opened = read([row("image", flat(box("b", featureHash="stranger")))], tmp_path, ONTOLOGY)
    classes = opened.exports["1"].ontology.classes
    assert [label.id for label in classes][:2] == ["f bounding_box", "f other"]
    assert classes[-1].id == "stranger"
    assert classes[1].color == "#00FF00"
    assert [each.name for each in classes[0].questions] == ["Text", "Side", "Size"]
