"""Solids taken hold of on the planes that show them, and changed there by one command."""

from __future__ import annotations

import numpy as np
import pytest
from solid_exports import project_of
from stacks import STACKS, volume_of

from viewer.geometry.mask import Mask
from viewer.geometry.solids import Angle, Cuboid, Landmark, Length, MaskVolume, Solid, masks_of
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Placement
from viewer.model.subject import MediaKey
from viewer.render.planes import planes_of
from viewer.review.matching import match
from viewer.review.solids import with_solids
from viewer.session.commands import Reshape, ReshapeSlice, decoded, encoded
from viewer.session.session import Session
from viewer.tools import BrushTool, EraserTool, SelectTool
from viewer.tools.pointer import Answer, PointerEvent
from viewer.tools.scene import is_in_play, scene_of

ID = AnnotationId("1", 0)
PX = (20.0, 20.0)


class Hand:
    """Drags on one plane of a session with the select tool."""

    def __init__(self, stack: str, solid: Solid, axis: int, index: int) -> None:
        media = volume_of(STACKS[stack], np.zeros((8, 9, 11), dtype=np.int16))
        placement = Placement(MediaKey("1.2", "1.2.3"), shape=solid)
        project = project_of([Annotation(ID, "a", "L", "", (placement,))])
        matches, _ = with_solids(match(project, [media]))
        self.session = Session()
        self.session.open(project, [media], (), matches)
        self.session.set_mode("edit")
        self.plane = next(n for n, v in planes_of(media.stack).items() if v.axis == axis)
        at = [5.0, 4.0, 3.0]
        at[axis] = float(index)
        self.session.viewing.set_crosshair((at[0], at[1], at[2]))
        self.session.select({ID})
        self.tool: SelectTool | BrushTool = SelectTool()

    @property
    def scene(self):
        return scene_of(self.session, None, plane=self.plane)

    def drag(self, start, end) -> Answer:
        moved = 20 * max(abs(a - b) for a, b in zip(start, end, strict=True))
        self.tool.handle(PointerEvent("press", *start, "left", px_per_unit=PX), self.scene)
        self.tool.handle(
            PointerEvent("move", *end, "left", px_per_unit=PX, moved_px=moved), self.scene
        )
        answer = self.tool.handle(
            PointerEvent("release", *end, px_per_unit=PX, moved_px=moved), self.scene
        )
        if answer.command is not None:
            assert decoded(encoded(answer.command)).apply(self.session.project)
            self.session.do(answer.command)
        return answer

    @property
    def solid(self) -> Solid | None:
        return self.session.project.annotations[ID].placements[0].solid


SOME = ("axial", "sagittal", "tilted", "gapped")


@pytest.mark.parametrize("stack", SOME)
def test_a_landmark_is_dragged_along_the_plane_that_shows_it(stack):
    for axis, after in ((2, (6, 5, 3)), (1, (6, 4, 4)), (0, (5, 5, 4))):
        hand = Hand(stack, Landmark((5, 4, 3)), axis, (5, 4, 3)[axis])
        start = [at + 0.5 for number, at in enumerate((5, 4, 3)) if number != axis]
        answer = hand.drag(start, [start[0] + 1, start[1] + 1])
        assert isinstance(answer.command, Reshape)
        assert hand.solid.point == pytest.approx(after)
        assert hand.session.matches.extents_of(ID)[0].reach[2] == (after[2], after[2])
        hand.session.undo()
        assert hand.solid == Landmark((5, 4, 3))


@pytest.mark.parametrize("stack", SOME)
def test_a_side_of_a_cuboid_is_dragged_on_any_plane_and_stays_between_voxels(stack):
    solid = Cuboid((6, 5, 4), (3, 2, 2))
    for axis in range(3):
        hand = Hand(stack, solid, axis, 4 - (axis == 2))
        first, second = (number for number in range(3) if number != axis)
        right = solid.corners[1][first] + 1
        middle = (solid.corners[0][second] + solid.corners[1][second] + 1) / 2
        hand.drag((right, middle), (right + 1.3, middle))
        expected = [6.0, 5.0, 4.0]
        expected[first] += 1
        assert hand.solid == Cuboid(tuple(expected), (3, 2, 2))


def test_an_end_of_a_length_is_dragged_in_its_slice_and_elsewhere_it_is_locked():
    hand = Hand("axial", Length((2, 4, 3), (8, 4, 3)), 2, 3)
    hand.drag((8.5, 4.5), (8.5, 6.5))
    assert hand.solid == Length((2, 4, 3), (8, 6, 3))
    hand = Hand("axial", Length((2, 4, 1), (8, 4, 6)), 2, 3)
    (item,) = hand.scene.items
    assert "goes through" in item.locked
    answer = hand.drag((item.shape.x, item.shape.y), (9.0, 7.0))
    assert answer.command is None


def test_no_vertex_is_added_to_an_angle_or_taken_away():
    hand = Hand("axial", Angle((2, 4, 3), (5, 6, 3), (8, 4, 3)), 2, 3)
    middle = PointerEvent("double", 4.0, 5.5, "left", px_per_unit=PX)
    assert hand.tool.handle(middle, hand.scene).command is None
    hand.tool.handle(PointerEvent("move", 2.5, 4.5, px_per_unit=PX), hand.scene)
    assert hand.tool.key("delete", hand.scene).command is None
    hand.drag((5.5, 6.5), (5.5, 7.5))
    assert hand.solid == Angle((2, 4, 3), (5, 7, 3), (8, 4, 3))


def test_a_slice_of_a_volume_is_changed_by_a_command_of_that_slice_alone():
    mask = Mask.from_array(np.ones((3, 3), dtype=bool), 3, 3)
    hand = Hand("axial", MaskVolume(masks_of({2: mask, 3: mask})), 2, 3)
    answer = hand.drag((4.5, 4.5), (6.5, 5.5))
    assert isinstance(answer.command, ReshapeSlice)
    masks = hand.solid.masks
    assert (masks.mask(3).x, masks.mask(3).y) == (5, 4)
    assert masks.mask(2) is mask
    assert b'"slice":3' in encoded(answer.command)
    assert len(encoded(answer.command)) < 400
    extent = hand.session.matches.extents_of(ID)[0]
    assert extent.reach == ((3, 7), (3, 6), (2, 3))
    assert extent.voxels == ((2, 9), (3, 9))
    hand = Hand("axial", MaskVolume(masks_of({2: mask, 3: mask})), 1, 4)
    assert "slice by slice" in hand.scene.items[0].locked


def test_where_solids_are_labels_can_be_edited_on_every_plane():
    hand = Hand("axial", Cuboid((1, 1, 1), (3, 3, 3)), 0, 2)
    assert all(is_in_play(hand.session, plane) for plane in ("axial", "sagittal", "coronal"))


def test_a_volume_without_voxels_is_painted_on_each_slice_of_its_series():
    hand = Hand("axial", MaskVolume(masks_of({})), 2, 3)
    assert hand.scene.items == ()
    blank = hand.scene.blank
    assert blank is not None
    assert (blank.id, blank.slice, blank.solid) == (ID, 3, hand.solid)
    hand.tool = BrushTool()
    answer = hand.drag((4.5, 4.5), (6.5, 5.5))
    assert isinstance(answer.command, ReshapeSlice)
    assert hand.solid.masks.slices() == (3,)
    assert hand.session.matches.extents_of(ID)[0].reach[2] == (3, 3)
    assert [item.id for item in hand.scene.items] == [ID]


def test_a_stroke_that_is_undone_or_done_again_is_seen_on_its_own_slice():
    mask = Mask.from_array(np.ones((3, 3), dtype=bool), 3, 3)
    hand = Hand("axial", MaskVolume(masks_of(dict.fromkeys(range(7), mask))), 2, 6)
    hand.drag((4.5, 4.5), (6.5, 5.5))
    before = hand.session.viewing.crosshair
    hand.session.undo()
    assert hand.session.viewing.crosshair == before
    for step in (hand.session.redo, hand.session.undo):
        hand.session.viewing.set_crosshair((5.0, 4.0, 0.0))
        step()
        assert hand.session.viewing.crosshair[2] == 6


@pytest.mark.parametrize("tool", [BrushTool, EraserTool])
def test_a_selected_volume_is_neither_painted_nor_erased_on_a_reformat_and_it_is_said(tool):
    mask = Mask.from_array(np.ones((3, 3), dtype=bool), 3, 3)
    hand = Hand("axial", MaskVolume(masks_of({2: mask, 3: mask})), 1, 4)
    hand.tool = tool()
    answer = hand.tool.handle(PointerEvent("press", 4, 3, "left", px_per_unit=PX), hand.scene)
    assert (answer.command, answer.cursor) == (None, "forbidden")
    if tool is EraserTool:
        assert "slice by slice, on the acquired plane" in answer.hint
