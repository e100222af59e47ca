"""Brush and eraser: one stroke is one command, on the mask that is selected."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pointing import SIZE, Hand

from viewer.geometry.mask import EMPTY, Mask
from viewer.geometry.shapes import Box
from viewer.geometry.solids import MaskVolume, masks_of
from viewer.session.commands import AddAnnotation, Reshape, ReshapeSlice
from viewer.tools.brush import BrushTool, EraserTool
from viewer.tools.pointer import Item, Scene

SQUARE = Mask.from_array(np.ones((20, 20), dtype=np.bool_), 40, 30)


class VolumeHand(Hand):
    """A hand over one slice of a mask volume; `blank` where the slice has nothing yet."""

    def __init__(self, tool, slices, *, here: bool) -> None:
        super().__init__(tool, kind="volume", selected=0)
        solid = MaskVolume(masks_of(dict.fromkeys(slices, SQUARE)))
        mine = Item(next(iter(self.selection)), 0, SQUARE if here else EMPTY, solid=solid, slice=7)
        self.items, self.blank = ((mine,), None) if here else ((), mine)

    @property
    def scene(self) -> Scene:
        return replace(super().scene, blank=self.blank)


def only(hand: Hand):
    (command,) = hand.commands
    return command


@pytest.mark.parametrize("kind", ["mask", "volume"])
def test_a_stroke_with_nothing_selected_makes_a_new_label(kind: str) -> None:
    hand = Hand(BrushTool(), kind=kind)
    hand.drag((50, 50), (60, 50), (80, 50))
    command = only(hand)
    assert isinstance(command, AddAnnotation)
    shape = command.annotation.placements[0].shape
    mask = shape if isinstance(shape, Mask) else shape.masks.mask(0)
    assert (mask.x, mask.y, mask.width, mask.height) == (44, 44, 42, 12)
    assert hand.selection == {command.annotation.id}


def test_a_stroke_over_the_selected_mask_changes_it_once_and_shows_it_on_the_way() -> None:
    hand = Hand(BrushTool(), SQUARE, selected=0, kind="mask")
    hand.press(60, 40)
    hand.tell("move", 70, 40)
    assert hand.last.replaces == (hand.items[0].id, 0)
    assert isinstance(hand.last.preview, Mask)
    assert hand.last.preview.area > SQUARE.area
    hand.release(70, 40)
    command = only(hand)
    assert isinstance(command, Reshape)
    assert (command.verb, command.shape.x) == ("Paint", SQUARE.x)
    assert command.shape.width == 70 + 6 - SQUARE.x


def test_erasing_takes_away_and_what_would_leave_nothing_changes_nothing() -> None:
    hand = Hand(EraserTool(), SQUARE, selected=0, kind="mask")
    hand.drag((40, 30), (60, 30))
    assert only(hand).shape.area < SQUARE.area
    hand = Hand(EraserTool(), Mask.from_array(np.ones((2, 2), dtype=np.bool_), 50, 50), selected=0)
    hand.click(51, 51)
    assert hand.commands == []
    assert "Del deletes" in hand.last.hint


def test_on_a_volume_one_slice_is_changed_also_one_that_had_nothing() -> None:
    hand = VolumeHand(BrushTool(), (6, 7), here=True)
    hand.drag((60, 40), (64, 40))
    assert (only(hand).slice, only(hand).mask.area > SQUARE.area) == (7, True)
    hand = VolumeHand(BrushTool(), (6,), here=False)
    hand.click(60, 40)
    command = only(hand)
    assert isinstance(command, ReshapeSlice)
    assert command.slice == 7
    assert 0 < command.mask.area < 200


def test_a_slice_of_a_volume_is_erased_whole_only_where_others_are_left() -> None:
    tiny = Mask.from_array(np.ones((2, 2), dtype=np.bool_), 50, 50)
    for slices, is_done in (((6, 7), True), ((7,), False)):
        hand = VolumeHand(EraserTool(), slices, here=True)
        hand.items = (replace(hand.items[0], shape=tiny),)
        hand.click(51, 51)
        assert bool(hand.commands) == is_done


@pytest.mark.parametrize("tool", [BrushTool, EraserTool])
def test_a_locked_mask_is_left_alone_and_the_reason_told(tool) -> None:
    hand = Hand(tool(), SQUARE, selected=0, kind="mask", locked="It is locked.")
    assert hand.press(50, 40).hint == "It is locked."
    assert hand.release(60, 40).command is None
    assert hand.commands == []


def test_the_eraser_needs_a_mask_and_a_box_is_none() -> None:
    hand = Hand(EraserTool(), Box(40, 30, 20, 20), selected=0, kind="mask")
    assert "Select the mask" in hand.press(50, 40).hint


def test_escape_and_another_slice_give_the_stroke_up() -> None:
    hand = Hand(BrushTool(), SQUARE, selected=0, kind="mask")
    hand.press(60, 40)
    hand.key("escape")
    hand.release(70, 40)
    assert hand.commands == []
    hand.press(60, 40)
    hand.items = ()
    assert "given up" in hand.tell("move", 70, 40).hint
    hand.release(70, 40)
    assert hand.commands == []


def test_the_brush_is_round_in_mm_and_drawn_where_it_is() -> None:
    hand = Hand(BrushTool(), kind="mask", spacing=(0.5, 2.0))
    circle = hand.tell("move", 50, 40).circle
    assert circle is not None
    assert (circle.x, circle.y, circle.erases) == (50, 40, False)
    assert circle.rx * 0.5 == pytest.approx(circle.ry * 2.0)
    assert hand.tell("leave", 0, 0).circle is None
    assert Hand(EraserTool()).tell("move", *np.divide(SIZE, 2)).circle.erases


def test_of_a_very_large_mask_only_what_the_brush_touched_is_drawn_on_the_way() -> None:
    large = Mask.from_array(np.ones((1200, 1200), dtype=np.bool_))
    hand = Hand(EraserTool(), large, selected=0, kind="mask")
    hand.press(60, 40)
    hand.tell("move", 70, 40)
    assert hand.last.replaces is None
    assert isinstance(hand.last.preview, Mask)
    assert hand.last.preview.area < 500
    hand.release(70, 40)
    assert only(hand).shape.area == large.area - hand.answers[-2].preview.area
