"""What comes of a shape that a tool changed: a command, or the reason why not."""

from __future__ import annotations

from viewer.geometry.mask import Mask
from viewer.geometry.measure import same_shape
from viewer.geometry.shapes import Shape
from viewer.geometry.solids import MaskVolume
from viewer.session.commands import Reshape, ReshapeSlice
from viewer.tools.pointer import Answer, Item, Scene

SHEARED = "A turned box cannot be kept here: its export counts rows otherwise than they are shown."


def is_there(item: Item, scene: Scene) -> bool:
    """Whether the slice still shows what was pressed; undo or another slice may have come."""
    now = scene.item(item.id, item.placement)
    return now is not None and same_shape(now.shape, item.shape)


def reshaped(item: Item, shape: Shape, scene: Scene, verb: str) -> Answer:
    """Answer with the command, none when the shape is the very same."""
    if item.locked:
        return Answer(hint=item.locked)
    if same_shape(shape, item.shape):
        return Answer()
    if not item.frame.keeps(shape):
        return Answer(hint=SHEARED)
    stored = item.stored(shape, scene.size)
    if isinstance(stored, MaskVolume):
        mask = shape if isinstance(shape, Mask) else None
        made = scene.stamp()
        return Answer(command=ReshapeSlice(item.id, item.placement, item.slice, mask, made, verb))
    if stored == (item.held_solid or item.solid):
        return Answer()
    return Answer(command=Reshape(item.id, item.placement, stored, scene.stamp(), verb))
