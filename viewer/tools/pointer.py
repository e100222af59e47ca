"""What a tool is told and what it answers: plain values, no Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.flats import raised
from viewer.geometry.measure import Bounds, bounds, size_of
from viewer.geometry.plane_frame import PLAIN, PlaneFrame
from viewer.geometry.shapes import Shape
from viewer.geometry.solids import Solid
from viewer.geometry.views import Axis, ViewPlane
from viewer.geometry.voxel_frame import AS_COUNTED, VoxelFrame
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.render.lines import Lines, plane_lines, shape_lines
from viewer.render.pointing import drawn_bounds
from viewer.session.commands import Command, Stamp
from viewer.session.making import Target

EventKind = Literal["press", "move", "release", "double", "leave"]
Cursor = Literal["arrow", "cross", "move", "grab", "forbidden", "add", "remove", "none"]
Scale = tuple[float, float]  # logical screen px per column and per row
BRUSH_PX = 12.0  # columns that a new brush is wide
STILL_PX = 4.0  # screen px; a press that moves less is a click


@dataclass(frozen=True)
class PointerEvent:
    """What the pointer did over a slice.

    Args:
        kind: "move" also while no button is down; "double" follows the first click's release.
        x, y: pixel space of the plane that is shown; may lie outside the image.
        button: "left", or "" while none is down.
        modifiers: of "shift", "ctrl", "alt".
        px_per_unit: logical screen px per column and per row, for hit distances.
        moved_px: largest distance from the press in screen px, 0 without one.
    """

    kind: EventKind
    x: float
    y: float
    button: str = ""
    modifiers: frozenset[str] = frozenset()
    px_per_unit: Scale = (1.0, 1.0)
    moved_px: float = 0.0


@dataclass(frozen=True, eq=False)
class Item:
    """One placement on the slice.

    Args:
        shape: in the pixel space of the plane that it was drawn on.
        locked: why it cannot be edited; "" when it can.
        cut: how the slice cuts it, plane mm, where it was drawn on another plane; then it is
            locked here.
        frame: how its export counts on the plane.
        held: the shape as the export counts.
        solid: what `shape` is a part of, on slice `slice` along voxel axis `axis`; its vertices
            can be moved, but not added or taken away.
        voxels: how its export counts the voxels of `solid`.
        held_solid: the solid as the export counts.
    """

    id: AnnotationId
    placement: int
    shape: Shape
    locked: str = ""
    cut: Lines | None = None
    frame: PlaneFrame = PLAIN
    held: Shape | None = None
    solid: Solid | None = None
    axis: Axis = 2
    slice: int = 0
    voxels: VoxelFrame = AS_COUNTED
    held_solid: Solid | None = None

    @cached_property
    def bounds(self) -> Bounds:
        """x0, y0, x1, y1 around it as it is seen here, where nothing cuts it."""
        return bounds(self.shape)

    @property
    def is_fixed(self) -> bool:
        """Its vertices can be moved only."""
        return self.solid is not None

    def stored(self, shape: Shape, size: tuple[int, int]) -> Shape | Solid:
        """Return what it was changed to, as the export counts on a plane of this size."""
        if self.solid is not None:
            changed = raised(self.solid, shape, self.axis, self.slice)
            return self.voxels.stored(changed, self.held_solid or self.solid)
        return self.frame.stored(shape, size, self.held)


class Cuts(Protocol):
    """Labels of other planes that a slice cuts: they can be selected, no more."""

    def of(self, ids: Iterable[AnnotationId]) -> Sequence[Item]:
        """Return those of some labels."""
        ...

    def near(self, at_mm: tuple[float, float], beside_mm: float) -> Sequence[Item]:
        """Return those whose boxes, wider by so much on each side, hold a place in plane mm."""
        ...


@dataclass(frozen=True, eq=False)
class Scene:
    """One slice as a tool sees it.

    Args:
        items: what was drawn on the slice, in drawing order.
        size: width and height of the image in pixels.
        target: where and with which class a new annotation would be made; None without a class.
        stamp: makes the stamp of a command; the only clock.
        spacing_mm: between columns and between rows; None where uncalibrated.
        view: the reformat that is looked at; None for acquired slices and frames.
        refusal: why there is no target, as far as the chosen label's export says; else "".
        place: media, voxel axis and slice: which slice this is.
        blank: the selected mask volume, where it has nothing on this slice.
        brush_px: how wide the brush is, in columns.
        cuts: what was drawn on other planes and is cut by the slice.
    """

    project: Project
    items: tuple[Item, ...]
    selection: frozenset[AnnotationId]
    size: tuple[int, int]
    stamp: Callable[[], Stamp]
    target: Target | None = None
    spacing_mm: tuple[float, float] | None = None
    view: ViewPlane | None = None
    refusal: str = ""
    place: tuple[int, int, int] = (0, 2, 0)
    blank: Item | None = None
    brush_px: float = BRUSH_PX
    cuts: Cuts | None = None

    @property
    def brush_radii(self) -> tuple[float, float]:
        """How far the brush reaches along x and y, in pixels; it is round in mm."""
        dx, dy = self._spacing
        return self.brush_px / 2, self.brush_px / 2 * dx / dy

    def area_words(self, pixels: int) -> str:
        """Return an area given in pixels in words: mm\u00b2 first where the slice is calibrated."""
        if self.spacing_mm is None:
            return f"{pixels:,} px"
        return f"{pixels * self.spacing_mm[0] * self.spacing_mm[1]:,.1f} mm\u00b2 ({pixels:,} px)"

    @cached_property
    def boxes(self) -> NDArray[np.float64]:
        """(items, 4) x0, y0, x1, y1 around each item as it is seen here."""
        return np.array([self._bounds(item) for item in self.items]).reshape(-1, 4)

    def lines_of(self, item: Item) -> Lines:
        """Return an item as it is drawn here, in plane mm."""
        if item.cut is not None:
            return item.cut
        if self.view is not None:
            return plane_lines(item.shape, self.view)
        return shape_lines(item.shape, self._spacing)

    def place_mm(self, x: float, y: float) -> tuple[float, float]:
        """Return the plane mm of a place in the plane's pixel space."""
        if self.view is None:
            return x * self._spacing[0], y * self._spacing[1]
        p, q = self.view.mm_of_pixels([(x, y)])[0].tolist()
        return p, q

    def px_per_mm(self, px_per_unit: Scale) -> Scale:
        """Return screen px per plane mm, given those per pixel of the plane."""
        if self.view is None:
            return px_per_unit[0] / self._spacing[0], px_per_unit[1] / self._spacing[1]
        scale = px_per_unit[0] / self.view.pixel_mm
        return scale, scale

    @property
    def _spacing(self) -> tuple[float, float]:
        return self.spacing_mm or (1.0, 1.0)

    def _bounds(self, item: Item) -> Bounds:
        if item.cut is None:
            return item.bounds
        corners = np.array(drawn_bounds(item.cut)).reshape(-1, 2)
        ends = corners / self._spacing if self.view is None else self.view.pixels_of_mm(corners)
        return (*ends.min(axis=0).tolist(), *ends.max(axis=0).tolist())

    @cached_property
    def lone(self) -> Item | None:
        """The item of the selection when there is exactly one on this slice; it has handles."""
        chosen = [item for item in self.items if item.id in self.selection]
        chosen += () if self.cuts is None else self.cuts.of(self.selection)
        return chosen[0] if len(chosen) == 1 else None

    def size_words(self, shape: Shape) -> str:
        """Return a shape's size in words: mm first where the slice is calibrated."""
        pixels = "{:.1f} \u00d7 {:.1f} px".format(*size_of(shape))
        if self.spacing_mm is None:
            return pixels
        return "{:.1f} \u00d7 {:.1f} mm ({})".format(*size_of(shape, self.spacing_mm), pixels)

    def item(self, id: AnnotationId, placement: int) -> Item | None:
        """Return the item of one placement, None when it is not on the slice."""
        cut = () if self.cuts is None else self.cuts.of([id])
        found = (
            item for item in (*self.items, *cut) if (item.id, item.placement) == (id, placement)
        )
        return next(found, None)


@dataclass(frozen=True)
class Circle:
    """Where a brush is, and how far it reaches along x and y, in pixel space."""

    x: float
    y: float
    rx: float
    ry: float
    erases: bool = False


@dataclass(frozen=True, eq=False)
class Answer:
    """What a tool wants after an event; the view shows it, the session does it.

    Args:
        preview: shape to draw meanwhile, in pixel space; an open line while a ring is drawn.
        replaces: the placement that the preview stands for; it is drawn as "where it was".
        command: to be done.
        select: to be selected; None leaves the selection.
        hint: one sentence for the status bar, "" for none.
        consumed: the event is used up; else the view may do its own with it.
        live: number of the handle that is hovered or dragged, in the order of `handles_of`,
            or ROTATION.
        circle: the brush, drawn in place of a cursor.
    """

    preview: Shape | None = None
    replaces: tuple[AnnotationId, int] | None = None
    command: Command | None = None
    select: frozenset[AnnotationId] | None = None
    cursor: Cursor = "arrow"
    hint: str = ""
    consumed: bool = True
    live: int | None = None
    circle: Circle | None = None


class Tool(Protocol):
    """A small state machine from pointer events to a preview or a Command."""

    @property
    def name(self) -> str:
        """Short fixed word, such as "select"; the key of actions and icons."""
        ...

    @property
    def is_busy(self) -> bool:
        """Something is being dragged or drawn."""
        ...

    def handle(self, event: PointerEvent, scene: Scene) -> Answer:
        """Take a pointer event."""
        ...

    def key(self, name: str, scene: Scene, modifiers: frozenset[str] = frozenset()) -> Answer:
        """Take a key: "escape", "enter", "backspace", "delete", "left", "right", "up", "down"."""
        ...
