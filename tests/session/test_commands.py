"""Commands are complete, pure and serialisable."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import msgspec
import numpy as np
import pytest
from composed import BOX, RING, SERIES, cine, project_of_rows, row, volume
from hypothesis import given
from hypothesis import strategies as st
from shape_strategies import regions, skeletons

from viewer.geometry.mask import Mask
from viewer.geometry.measure import same_shape
from viewer.geometry.shapes import Box, Ellipse, Point, Polygon, Polyline, RotatedBox
from viewer.geometry.solids import Angle, Cuboid, Landmark, Length, MaskVolume, masks_of
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.answers import Attribute
from viewer.model.placement import Origin, Placement
from viewer.model.project import Project
from viewer.model.subject import MediaKey
from viewer.model.task import TaskKey
from viewer.model.verdict import Judgement, Verdict
from viewer.session.children import children_of, descendants_of
from viewer.session.commands import (
    AddAnnotation,
    ChangeAttribute,
    ChangeAttributes,
    ChangeClass,
    ChangeNote,
    Command,
    DeleteAnnotations,
    DeletePlacement,
    Judge,
    MovePlacement,
    Reshape,
    ReshapeSlice,
    Stamp,
    decoded,
    encoded,
)
from viewer.session.editing import deletion
from viewer.session.making import Target, annotation_made, media_key_of

MADE = Stamp("2024-06-01T12:00:00.000Z", "Second Reader")
numbers = st.floats(-1e9, 1e9)
rings = st.lists(st.tuples(numbers, numbers), min_size=3, max_size=6)
masks = st.tuples(st.integers(1, 4), st.integers(1, 4), st.data())
MASKS = st.lists(st.booleans(), min_size=6, max_size=6).map(
    lambda bits: Mask.from_array(np.array(bits).reshape(2, 3), 4, 5)
)
FLAT = MASKS | st.builds(Point, numbers, numbers) | st.builds(Polygon, rings)
VOXEL = st.tuples(numbers, numbers, numbers)
SHAPES = st.one_of(
    st.builds(Point, numbers, numbers),
    st.builds(Box, numbers, numbers, st.floats(0, 1e6), st.floats(0, 1e6)),
    st.builds(Ellipse, numbers, numbers, st.floats(0, 1e6), st.floats(0, 1e6), numbers),
    st.builds(RotatedBox, numbers, numbers, st.floats(0, 1e6), st.floats(0, 1e6), numbers),
    st.builds(Polygon, rings, st.lists(rings, max_size=2).map(tuple)),
    regions,
    st.builds(Polyline, rings),
    skeletons(),
    MASKS,
    st.builds(Landmark, VOXEL),
    st.builds(Length, VOXEL, VOXEL),
    st.builds(Angle, VOXEL, VOXEL, VOXEL),
    st.builds(Cuboid, VOXEL, VOXEL),
    st.builds(MaskVolume, st.dictionaries(st.integers(0, 9), MASKS, max_size=3).map(masks_of)),
)
ID = st.builds(AnnotationId, st.sampled_from("12"), st.integers(0, 99), st.booleans())
WORDS = st.text(st.characters(codec="utf-8"), max_size=9)
STAMP = st.builds(Stamp, WORDS, WORDS)
KEY = st.builds(MediaKey, *[st.none() | WORDS] * 4, st.none() | st.integers(0, 9))
PLACEMENT = st.builds(
    Placement,
    KEY,
    shape=st.none() | SHAPES,
    size=st.none() | st.tuples(st.integers(1, 9), st.integers(1, 9)),
    origins=st.lists(st.builds(Origin, *[st.integers(0, 9)] * 3), max_size=2).map(tuple),
)
ANNOTATION = st.builds(
    Annotation,
    ID,
    WORDS,
    WORDS,
    WORDS,
    st.lists(PLACEMENT, max_size=2).map(tuple),
    st.none() | WORDS,
    parent=st.none() | ID,
)
NUMBER = st.integers(0, 9)
IDS = st.lists(ID, max_size=3).map(tuple)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
ANSWER = st.none() | WORDS | FLOATS | st.booleans() | st.lists(WORDS, max_size=3).map(tuple)
ATTRIBUTE = st.builds(Attribute, WORDS, ANSWER, WORDS, st.sampled_from(["text", "choices"]))
CHANGE = st.builds(
    ChangeAttribute,
    ID,
    st.none() | st.integers(0, 9),
    WORDS,
    ANSWER,
    STAMP,
    st.lists(ATTRIBUTE, max_size=2).map(tuple),
)
VERDICT = st.builds(
    Verdict, st.none() | st.sampled_from(get_args(Judgement)), WORDS, WORDS, st.booleans()
)
EVERY = {
    Reshape: st.builds(Reshape, ID, st.integers(0, 9), SHAPES, STAMP, WORDS),
    ReshapeSlice: st.builds(
        ReshapeSlice, ID, st.integers(0, 9), st.integers(0, 9), st.none() | MASKS, STAMP, WORDS
    ),
    AddAnnotation: st.builds(AddAnnotation, ANNOTATION, STAMP),
    DeleteAnnotations: st.builds(DeleteAnnotations, IDS, IDS, STAMP),
    ChangeClass: st.builds(ChangeClass, ID, WORDS, STAMP),
    ChangeNote: st.builds(ChangeNote, ID, st.none() | WORDS, STAMP),
    ChangeAttribute: CHANGE,
    ChangeAttributes: st.builds(ChangeAttributes, st.lists(CHANGE, max_size=3).map(tuple), STAMP),
    MovePlacement: st.builds(
        MovePlacement, ID, NUMBER, st.none() | FLAT, KEY, st.none() | NUMBER, NUMBER, STAMP
    ),
    DeletePlacement: st.builds(DeletePlacement, ID, NUMBER, STAMP, WORDS),
    Judge: st.builds(
        Judge,
        st.lists(st.tuples(ID, VERDICT), max_size=2).map(tuple),
        st.lists(st.tuples(st.builds(TaskKey, WORDS, WORDS), VERDICT), max_size=2).map(tuple),
        STAMP,
        WORDS,
    ),
}


@pytest.mark.parametrize("kind", get_args(Command))
@given(data=st.data())
def test_every_command_comes_back_from_one_line_of_json(kind, data):
    command = data.draw(EVERY[kind])
    line = encoded(command)
    assert b"\n" not in line
    again = decoded(line)
    assert type(again) is kind
    assert encoded(again) == line
    if isinstance(command, Reshape) and not isinstance(command.shape, MaskVolume):
        assert same_shape(command.shape, again.shape)


def test_arrays_come_back_with_the_types_they_had():
    mask = Reshape(AnnotationId("1", 0), 0, Mask.from_array(np.ones((2, 2), np.bool_)), MADE)
    ring = Reshape(AnnotationId("1", 0), 0, Polygon([(0, 0), (1, 0), (0, 1)]), MADE)
    shapes = [decoded(encoded(command)).shape for command in (mask, ring)]
    assert shapes[0].runs.dtype == np.int32
    assert shapes[1].vertices.dtype == np.float64
    assert not shapes[1].vertices.flags.writeable


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{}",
        b'{"type":"Launch"}',
        b"null",
        encoded(ChangeNote(AnnotationId("1", 0), "", MADE))[:-2],
    ],
)
def test_what_is_no_command_is_refused(line):
    with pytest.raises(msgspec.MsgspecError):
        decoded(line)


@pytest.mark.parametrize("vertices", [b"[[1,2],[3]]", b'"many"', b"[]", b'[["a","b"]]', b"{}"])
def test_a_command_whose_shape_is_none_is_refused(vertices):
    line = encoded(Reshape(AnnotationId("1", 0), 0, Polyline([(0.5, 0.5)]), MADE))
    with pytest.raises(msgspec.ValidationError):
        decoded(line.replace(b"[[0.5,0.5]]", vertices))


def project(folder: Path) -> Project:
    return project_of_rows(
        folder,
        [
            row(),
            row("L_ring", RING, 1, parentId="A_0"),
            row("L_ring", RING, 2, parentId="A_1"),
            row("L_box", BOX, 2, parentId="A_0"),
        ],
    )


@pytest.mark.parametrize(
    "command",
    [
        Reshape(AnnotationId("1", 0), 0, Box(0, 0, 1, 1), MADE),
        ChangeClass(AnnotationId("1", 0), "L_ring", MADE),
        ChangeNote(AnnotationId("1", 0), "seen", MADE),
    ],
)
def test_an_edit_leaves_the_project_before_as_it_was_and_stamps_the_label(command, tmp_path):
    before = project(tmp_path)
    opened = before.annotations[command.id]
    after = command.apply(before)
    assert before.annotations[command.id] is opened
    assert after.exports is before.exports
    assert after.annotations[command.id].updated == MADE.time
    assert after.annotations[command.id].updated_by == MADE.author


def test_without_a_name_only_the_time_changes(tmp_path):
    before = project(tmp_path)
    command = ChangeNote(AnnotationId("1", 0), "seen", Stamp("later"))
    after = command.apply(before).annotations[command.id]
    assert after.updated == "later"
    assert after.updated_by == before.annotations[command.id].updated_by


def test_a_parent_is_deleted_with_all_below_it_or_leaves_its_children(tmp_path):
    before = project(tmp_path)
    ids = [AnnotationId("1", n) for n in range(4)]
    assert children_of(before, ids[:1]) == (ids[1], ids[3])
    assert descendants_of(before, ids[:1]) == (ids[1], ids[2], ids[3])
    alone = deletion(before, ids[:1], MADE, with_children=False).apply(before)
    assert list(alone.annotations) == ids[1:]
    assert [alone.annotations[id].parent for id in ids[1:]] == [None, ids[1], None]
    whole = deletion(before, ids[:1], MADE, with_children=True).apply(before)
    assert list(whole.annotations) == []
    assert children_of(alone, ids[:1]) == ()
    assert children_of(alone, ids[1:2]) == (ids[2],)


def test_a_new_label_names_the_slice_in_the_words_of_dicom(tmp_path):
    before = project(tmp_path)
    target = Target("1", "L_box", "box", media_key_of(volume(), 5), (11, 9))
    command = annotation_made(before, target, Box(1, 1, 3, 3), MADE)
    made = command.apply(before).annotations[command.annotation.id]
    assert made.id == AnnotationId("1", 0, new=True)
    assert made.placements[0].media == MediaKey("1.2", SERIES, f"{SERIES}.5")
    assert made.placements[0].size == (11, 9)
    assert (made.created, made.author) == (MADE.time, MADE.author)
    second = annotation_made(command.apply(before), target, Box(1, 1, 3, 3), MADE)
    assert second.annotation.id == AnnotationId("1", 1, new=True)


def test_a_frame_is_named_only_where_the_object_has_several():
    media = cine({"a": 0, "b": 1}, 4)
    keys = [media_key_of(media, k) for k in range(4)]
    named = [(key.instance, key.frame) for key in keys]
    assert named == [("a", None), ("b", 0), ("b", 1), ("b", 2)]
    assert media_key_of(cine({}, 3), 2) == MediaKey("1.2", "9", frame=2)


def asked_project(folder: Path, *, on_frame: bool = False) -> Project:
    before = project(folder)
    first = before.annotations[AnnotationId("1", 0)]
    answers = (Attribute("Edge", "soft", "edge", "choice"), Attribute("Seen", None, "seen", "text"))
    if on_frame:
        placement = msgspec.structs.replace(first.placements[0], attributes=answers)
        return before.with_annotation(first.with_placement(0, placement))
    return before.with_annotation(msgspec.structs.replace(first, attributes=answers))


@pytest.mark.parametrize("placement", [None, 0])
def test_an_answer_changes_where_it_was_given_and_stamps_the_label(tmp_path, placement):
    id = AnnotationId("1", 0)
    before = asked_project(tmp_path, on_frame=placement is not None)
    after = ChangeAttribute(id, placement, "edge", "hard", MADE).apply(before).annotations[id]
    place = after if placement is None else after.placements[placement]
    assert [each.value for each in place.attributes] == ["hard", None]
    assert (after.updated, after.updated_by) == (MADE.time, MADE.author)
    assert before.annotations[id].updated != MADE.time


def test_several_labels_are_answered_in_one_step_or_not_at_all(tmp_path):
    before = asked_project(tmp_path)
    id = AnnotationId("1", 0)
    changes = tuple(ChangeAttribute(id, None, key, "x", MADE) for key in ("edge", "seen"))
    after = ChangeAttributes(changes, MADE).apply(before).annotations[id]
    assert [each.value for each in after.attributes] == ["x", "x"]
    unknown = ChangeAttribute(id, None, "gone", "x", MADE)
    with pytest.raises(KeyError):
        ChangeAttributes((*changes, unknown), MADE).apply(before)
