"""Related labels are joined by a line where one of them is selected."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest
from scenes import painted, phantom, project_of, session_of

from viewer.geometry.shapes import Polygon
from viewer.model.annotation import AnnotationId, Relation
from viewer.paint.compose import view_picture
from viewer.session.session import Session

LEFT = Polygon([(0.5, 3), (2, 3), (2, 4.5), (0.5, 4.5)])
RIGHT = Polygon([(7, 3), (8.5, 3), (8.5, 4.5), (7, 4.5)])


@pytest.fixture
def related(qapp) -> Session:
    media = phantom()
    middle = media.count // 2
    project = project_of({middle: [("yellow", LEFT), ("plain", RIGHT)]})
    one, other = sorted(project.annotations.edits)
    relation = Relation("feeds", one, other)
    for id in (one, other):
        annotation = msgspec.structs.replace(project.annotations[id], relations=(relation,))
        project = project.with_annotation(annotation)
    return session_of(media, project)


def test_there_is_a_line_only_while_one_of_the_two_is_selected(related: Session):
    one, other = sorted(related.project.annotations.edits)
    size = (500.0, 400.0)
    assert view_picture(related, "axial", size).arrows == ()
    for id in (one, other):
        related.select({id})
        (arrow,) = view_picture(related, "axial", size).arrows
        assert arrow.is_directed
        assert arrow.start[0] < arrow.end[0]
    related.select({AnnotationId("1", 77, new=True)})
    assert view_picture(related, "axial", size).arrows == ()
    related.select({one})
    related.display.set_hidden(other, True)
    assert view_picture(related, "axial", size).arrows == ()


def test_the_line_is_painted_between_the_middles_with_a_head_at_its_end(related: Session):
    one, _ = sorted(related.project.annotations.edits)
    related.select({one})
    picture = view_picture(related, "axial", (500.0, 400.0))
    bare = painted(replace(picture, arrows=()))
    (arrow,) = picture.arrows
    ends = np.array([arrow.start, arrow.end]) @ picture.affine[:, :2].T + picture.affine[:, 2]
    rows, columns = np.nonzero((painted(picture) != bare).any(axis=2))
    near = abs(rows - ends[0, 1]) < 12  # further off are words, which Qt may draw a shade otherwise
    rows, columns = rows[near], columns[near]
    assert columns.min() == pytest.approx(ends[0, 0], abs=4)
    assert columns.max() == pytest.approx(ends[1, 0], abs=4)
    at_end = rows[columns > ends[1, 0] - 12]
    at_start = rows[columns < ends[0, 0] + 8]
    assert np.ptp(at_end) > np.ptp(at_start)
