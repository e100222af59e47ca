"""The strips of reformats show where their planes cut labels of other planes."""

from __future__ import annotations

import pytest
from composed import RING, project_of_rows, row, volume

from viewer.model.annotation import AnnotationId
from viewer.paint.compose import view_picture
from viewer.render.cut_marks import are_cuts_known, cut_marks
from viewer.review.filtering import Filter
from viewer.review.fits import Fitting
from viewer.review.matching import match
from viewer.session.commands import ChangeClass, DeleteAnnotations, Reshape
from viewer.session.session import Session

SIZE = (400.0, 300.0)
BOX = {"x": 6.25, "y": 5, "width": 3, "height": 2}
AXES = {"sagittal": 0, "coronal": 1}
FIRST, SECOND = AnnotationId("1", 0), AnnotationId("1", 1)


@pytest.fixture
def session(tmp_path):
    rows = [row("L_ring", RING, 2), row("L_box", BOX, 5), row("L_said", None, None)]
    project = project_of_rows(tmp_path, rows)
    session = Session()
    session.open(project, (volume(),), (), match(project, (volume(),)))
    return session


def drawn(session: Session, plane: str) -> dict[int, set[str]]:
    """The classes that each slice of a reformat draws."""
    axis = AXES[plane]
    found: dict[int, set[str]] = {}
    for index in range((11, 9)[axis]):
        at = [5.0, 4.0, 4.0]
        at[axis] = float(index)
        session.viewing.set_crosshair((at[0], at[1], at[2]))
        classes = {
            session.project.annotations[mark.id].class_id
            for mark in view_picture(session, plane, SIZE).marks
        }
        if classes:
            found[index] = classes
    return found


def marked(session: Session, plane: str) -> dict[int, set[str]]:
    cuts = cut_marks(session.matches, 0, AXES[plane], session.display.listed)
    return {at: {class_id for _, class_id in keys} for at, keys in cuts.items()}


@pytest.mark.parametrize("plane", AXES)
def test_a_slice_is_marked_where_it_draws_a_cut_and_nowhere_else(session, plane) -> None:
    assert not are_cuts_known(session.matches, 0, AXES[plane])
    assert cut_marks(session.matches, 0, AXES[plane]) == {}
    wanted = drawn(session, plane)
    assert wanted
    assert are_cuts_known(session.matches, 0, AXES[plane])
    assert marked(session, plane) == wanted


@pytest.mark.parametrize("is_edited", [False, True])
@pytest.mark.parametrize("plane", AXES)
def test_with_a_filter_a_slice_is_marked_where_it_draws_a_listed_one(
    session, plane, is_edited
) -> None:
    if is_edited:
        session.do(ChangeClass(SECOND, "L_free", session.stamp()))
    every = drawn(session, plane)
    for fits in (b"\1\0\0", b"\0\1\0"):
        session.display.set_filter(Filter("some"), Fitting({"1": fits}, {}))
        wanted = drawn(session, plane)
        assert wanted
        assert wanted != every
        assert marked(session, plane) == wanted
        strip = view_picture(session, plane, SIZE).strip
        assert strip is not None
        assert {at for at, _ in strip.colors} == set(wanted)


@pytest.mark.parametrize("plane", AXES)
def test_edited_labels_are_marked_as_they_are_now(session, plane) -> None:
    drawn(session, plane)
    shape = session.project.annotations[SECOND].placements[0].shape
    moved = type(shape)(shape.x - 4, shape.y - 3, shape.width, shape.height)
    session.do(Reshape(SECOND, 0, moved, session.stamp()))
    assert marked(session, plane) == drawn(session, plane)
    session.do(ChangeClass(FIRST, "L_free", session.stamp()))
    assert marked(session, plane) == drawn(session, plane)
    session.do(DeleteAnnotations((SECOND,), (), session.stamp()))
    assert marked(session, plane) == drawn(session, plane)


def test_the_strip_shows_them_in_their_colours(session) -> None:
    view_picture(session, "sagittal", SIZE)
    strip = view_picture(session, "sagittal", SIZE).strip
    assert strip is not None
    assert {at for at, _ in strip.colors} == set(marked(session, "sagittal"))
