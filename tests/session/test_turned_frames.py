"""On single pictures and frames an export that counts from the other side is shown mirrored."""

from __future__ import annotations

import pytest
from bound import BOX, drawn, film, pictures, project_of, sized

from viewer.geometry.shapes import Box
from viewer.model.annotation import AnnotationId
from viewer.model.project import Entry
from viewer.render.overlay import Spot, every_label, marks_on
from viewer.render.planes import Section
from viewer.render.spot_lines import shape_on
from viewer.review.binding import Choice, Choices
from viewer.review.matching import match
from viewer.review.turns import Turn
from viewer.session.session import Session
from viewer.tools.scene import scene_of
from viewer.ui.labels.facts import subject_of

ID = AnnotationId("1", 0)
SIZE = (11, 9)
TURNS = [(Turn(flip_x=True), (4.5, 3.0)), (Turn(flip_y=True), (2.0, 3.0)),
         (Turn(flip_x=True, flip_y=True), (4.5, 3.0)), (Turn(), (2.0, 3.0))]  # fmt: skip


@pytest.mark.parametrize("frames", [1, 4])
@pytest.mark.parametrize(("turn", "corner"), TURNS)
def test_what_is_drawn_held_and_described_lies_in_one_place(turn, corner, frames):
    """A mirrored box lies inside the picture, for the eye, the hand and the facts alike."""
    name = "a.png" if frames == 1 else "a.mp4"
    media = pictures([name]) if frames == 1 else film(name, frames)
    entry = Entry("a", name, items=(name,), count=frames, size=SIZE)
    placement = sized(drawn("a", frame=0), *SIZE)
    project = project_of([entry], [placement])
    choices = Choices(Choice(media=media.id, planes={"acquired": turn}))
    matches = match(project, [media], {"1": choices})
    session = Session()
    session.open(project, [media], (), matches)
    wanted = Box(*corner, BOX.width, BOX.height)
    section = Section.of_frame(0, media, 0)
    spot = Spot(project.annotations[ID], 0, 2, 0)
    assert shape_on(matches, section, spot) == wanted
    assert len(marks_on(project, matches, section, every_label)) == 1
    scene = scene_of(session, None)
    assert scene is not None
    (item,) = scene.items
    assert item.shape == wanted
    assert subject_of(session, ID).shape == wanted
    assert item.stored(wanted, scene.size) == BOX
    changed = item.stored(Box(0, 0, BOX.width, BOX.height), scene.size)
    assert isinstance(changed, Box)
    assert (changed.x, changed.y) == (
        SIZE[0] - BOX.width if turn.flip_x else 0, SIZE[1] - BOX.height if turn.flip_y else 0,
    )  # fmt: skip
