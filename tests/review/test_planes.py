"""Rows of exports that draw on several planes, by media, axis and slice."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from composed import volume
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tracked import plane_project

from viewer.geometry.shapes import Box
from viewer.model.annotation import AnnotationId
from viewer.model.subject import Plane
from viewer.render.overlay import every_label, marks_on
from viewer.render.planes import Section, planes_of
from viewer.review.centres import Centre, centre_of
from viewer.review.matching import match

AXES: dict[Plane, int] = {"sagittal": 0, "coronal": 1, "axial": 2}
COUNTS = (11, 9, 8)
drawn = st.lists(
    st.tuples(st.sampled_from(list(AXES)), st.integers(0, 10), st.just(Box(1.0, 2.0, 3.0, 4.0))),
    min_size=1,
    max_size=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn)
def test_every_row_is_on_its_slice_of_its_axis_and_nowhere_else(tmp_path, drawn) -> None:
    matches = match(plane_project(tmp_path, drawn), (volume(),))
    for axis, count in enumerate(COUNTS):
        found = {k: [id.ordinal for id, _ in matches.on(0, k, axis)] for k in range(count)}
        for k, ordinals in found.items():
            assert ordinals == [
                n for n, (plane, at, _) in enumerate(drawn) if (AXES[plane], at) == (axis, k)
            ]
        marked = {k for k, ordinals in found.items() if ordinals}
        assert set(matches.marks(0, axis)) == marked
    lost = [n for n, (plane, at, _) in enumerate(drawn) if at >= COUNTS[AXES[plane]]]
    for ordinal in range(len(drawn)):
        reason = matches.reason_of(AnnotationId("1", ordinal))
        assert reason == ("frame out of range" if ordinal in lost else "")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(drawn, st.data())
def test_edited_labels_are_found_where_opened_ones_are(tmp_path, drawn, data) -> None:
    project = plane_project(tmp_path, drawn)
    matches = match(project, (volume(),))
    chosen = data.draw(st.sets(st.integers(0, len(drawn) - 1)))
    edited = project
    for ordinal in chosen:
        id = AnnotationId("1", ordinal)
        edited = edited.with_annotation(edited.annotations[id].with_shape(0, drawn[ordinal][2]))
    again = matches.with_edits(edited)
    for axis, count in enumerate(COUNTS):
        for k in range(count):
            assert set(again.on(0, k, axis)) == set(matches.on(0, k, axis))
        assert again.marks(0, axis).keys() == matches.marks(0, axis).keys()
    view = planes_of(volume().stack)["coronal"]
    section = Section(0, 4, (0.8, 0.8), view)
    before = {mark.id for mark in marks_on(project, matches, section, every_label)}
    after = {mark.id for mark in marks_on(edited, again, section, every_label)}
    assert before == after


def test_the_middle_of_a_label_of_a_reformat_is_on_the_plane_it_was_drawn_on(tmp_path) -> None:
    boxes: Sequence[tuple[Plane, int, Box]] = [
        ("sagittal", 4, Box(1, 2, 3, 4)),
        ("coronal", 5, Box(1, 2, 3, 4)),
        ("axial", 6, Box(1, 2, 3, 4)),
    ]
    project = plane_project(tmp_path, boxes)
    matches = match(project, (volume(),))
    centres = [centre_of(project, matches, AnnotationId("1", n)) for n in range(3)]
    assert centres == [
        Centre(0, (4.0, 2.0, 3.5), 0),
        Centre(0, (2.0, 5.0, 3.5), 1),
        Centre(0, (2.0, 3.5, 6.0), 2),
    ]


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_label_is_whole_on_its_own_plane_and_a_cut_on_the_others(tmp_path, axis: int) -> None:
    name = next(name for name, number in AXES.items() if number == axis)
    project = plane_project(tmp_path, [(name, 4, Box(2, 2, 4, 4))])
    matches = match(project, (volume(),))
    for view in planes_of(volume().stack).values():
        shown = []
        for index in range(view.count):
            section = Section(0, index, (0.8, 0.8), view)
            marks = marks_on(project, matches, section, every_label)
            shown.extend((index, mark) for mark in marks)
        if view.axis == axis:
            ((index, mark),) = shown
            assert index == 4
            assert not mark.drawn.is_cut
            assert mark.axis == axis
            np.testing.assert_allclose(
                mark.drawn.rings[0].min(axis=0), view.mm_of_pixels([(2, 2)])[0]
            )
        else:
            assert [index for index, _ in shown] == [2, 3, 4, 5]
            assert all(mark.drawn.is_cut for _, mark in shown)
