"""Where the pictures of an export's entries are, as arrays for whole columns of placements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import msgspec
import numpy as np
from numpy.typing import NDArray

from viewer.geometry.plane_frame import PlaneFrame
from viewer.geometry.stack import Stack
from viewer.geometry.views import view_planes
from viewer.media.volume import Media, Volume
from viewer.model.project import Entry
from viewer.model.subject import PLANES
from viewer.model.table import Ints
from viewer.review.binding import Binding, Bindings
from viewer.review.frame_table import Codes, FrameTable
from viewer.review.kept import kept_for_views
from viewer.review.local_files import LocalFiles, Spots
from viewer.review.readings import may_lie
from viewer.review.slice_orders import SliceOrder, anchored, slices_in, with_anchors
from viewer.review.turns import Counting, chosen_turn, counting
from viewer.review.voxel_order import AS_SHOWN, VoxelOrder, voxel_order

NO_SPOTS = -1


@dataclass(frozen=True, eq=False)
class EntrySpots:
    """The bindings of one export as arrays; n entries, and one row of nothing behind them.

    Args:
        media: (n + 1,) index, -1 where not found.
        ambiguous, differs, weak: (n + 1,) as the bindings say.
        lists: pictures of whole entries and of single files.
        whole: (n + 1,) the list of the entry's frames.
        item_starts, item_counts: (n + 1,) where the entry's items are in `items`.
        items: list of each item, -1 for one that is not open.
        firsts: (n + 1,) added to frame numbers for the chosen first frame.
        offsets: (n + 1,) added besides on the acquired plane.
        axes: (n + 1, planes) voxel axis that a plane cuts, -1 where there is no such plane.
        sizes: (n + 1, 2) as the export says, -1 when it does not.
        may_lie: (n + 1,) the size may be that of a picture on its side.
        turns: (n + 1, planes) code into `turned`, -1 for as drawn.
        turned: how the export counts where it is not plain.
        clashes: (n + 1, planes) the turn is another one than that of the first entry which is shown
            on the same media; that one counts.
        orders: (n,) what becomes of shapes in voxel space.
    """

    media: Codes
    ambiguous: NDArray[np.bool_]
    differs: NDArray[np.bool_]
    weak: NDArray[np.bool_]
    lists: FrameTable
    whole: Codes
    item_starts: NDArray[np.int64]
    item_counts: NDArray[np.int64]
    items: Codes
    firsts: NDArray[np.int64]
    offsets: NDArray[np.int64]
    axes: NDArray[np.int8]
    sizes: Codes
    may_lie: NDArray[np.bool_]
    turns: NDArray[np.int16]
    turned: tuple[Counting, ...]
    clashes: NDArray[np.bool_]
    orders: tuple[VoxelOrder, ...]

    @cached_property
    def scales(self) -> NDArray[np.float64]:
        """(turns + 1,) rows of the export for one shown; the last one answers turn -1."""
        return np.array([*(turn.scale_y for turn in self.turned), 1.0])

    @cached_property
    def refused(self) -> NDArray[np.bool_]:
        """(n + 1, 2) whether places in voxels, and masks of volumes, are not shown."""
        found = [(one.points is None, one.masks_refused) for one in self.orders]
        return np.array([*found, (False, False)])


class _Lists:
    """Lists of pictures, each kept once."""

    def __init__(self, files: LocalFiles) -> None:
        self.arrays: list[Spots] = []
        self.files = files
        self._codes: dict[tuple[object, ...], int] = {}

    def add(self, key: tuple[object, ...], spots: Spots) -> int:
        """Return the code of a list; `key` says which it is."""
        if key not in self._codes:
            self._codes[key] = len(self.arrays)
            self.arrays.append(spots)
        return self._codes[key]

    def of_file(self, number: int) -> int:
        """Return the list of a file's pictures; file -1 has none."""
        if number < 0:
            return NO_SPOTS
        return self.add(("file", number), self.files.spots[number])

    def of_media(self, index: int, order: SliceOrder) -> int:
        """Return the list of a media's pictures in an order; one file's own is of it alone."""
        if order == "items" and self.files.is_only_file(index):
            return self.of_file(self.files.of_media[index][0])
        order = "stack" if order == "items" else order
        return self.add((index, order), _spots(index, slices_in(order, self.files.media[index])))


def entry_spots(bound: Bindings) -> EntrySpots:
    """Return an export's bindings as arrays."""
    files, lists = bound.files, _Lists(bound.files)
    whole, items, counts = list[int](), list[int](), list[int]()
    for entry, binding in zip(bound.entries, bound.bindings, strict=True):
        numbers = _item_files(entry, binding, files)
        own = _whole_list(entry, binding, numbers, lists)
        alone = _one_file(binding, files)
        whole.append(own)
        counts.append(len(numbers))
        items.extend(own if number == alone else lists.of_file(number) for number in numbers)
    counts_of = np.array([*counts, 0], dtype=np.int64)
    bindings = (*bound.bindings, Binding("", ""))
    turned, turns = _turns(bindings, files)
    return EntrySpots(
        media=np.array([one.index for one in bindings], dtype=np.int32),
        ambiguous=np.array([one.is_ambiguous for one in bindings]),
        differs=np.array([one.differs for one in bindings]),
        weak=np.array([one.strength == "weak" for one in bindings]),
        lists=FrameTable.of_arrays(lists.arrays),
        whole=np.array([*whole, NO_SPOTS], dtype=np.int32),
        item_starts=np.cumsum(counts_of) - counts_of,
        item_counts=counts_of,
        items=np.array([*items, NO_SPOTS], dtype=np.int32),
        firsts=np.array([*map(_first, bound.entries, bound.bindings), 0], dtype=np.int64),
        offsets=np.array([one.offset for one in bindings], dtype=np.int64),
        axes=np.array([_axes(one, files) for one in bindings], dtype=np.int8),
        sizes=np.array([*(e.size or (-1, -1) for e in bound.entries), (-1, -1)], dtype=np.int32),
        may_lie=np.array([*map(may_lie, bound.entries), False]),
        turns=turns,
        turned=turned,
        clashes=_clashes(bindings, files),
        orders=tuple(
            _order(entry, binding, lists.arrays[own] if own >= 0 else None, files)
            for entry, binding, own in zip(bound.entries, bound.bindings, whole, strict=True)
        ),
    )


def _order(entry: Entry, binding: Binding, spots: Spots | None, files: LocalFiles) -> VoxelOrder:
    if spots is None:
        return AS_SHOWN
    media, axes = files.media[binding.index], _axes(binding, files)
    return voxel_order(binding, spots, media, axes, _first(entry, binding))


def axes_of_planes(media: Media) -> tuple[int, ...]:
    """Return the voxel axis that each of PLANES cuts in a media, -1 where there is no such plane.

    Frames without a place in the patient count as axial.
    """
    if isinstance(media, Volume):
        return _axes_of_stack(media.stack)
    return tuple(2 if plane in ("acquired", "axial") else -1 for plane in PLANES)


@kept_for_views(64)
def _axes_of_stack(stack: Stack) -> tuple[int, ...]:
    views = view_planes(stack)
    return tuple(2 if plane == "acquired" else views[plane].axis for plane in PLANES)


def plane_size(media: Media, axis: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return width and height in pixels of the plane that cuts a voxel axis of a media.

    First as it is shown, with a row for each slice; then at equal spacing, as a reformat that
    was drawn on elsewhere may have been.
    """
    if axis == 2 or not isinstance(media, Volume):
        size = (media.columns, media.rows)
        return size, size
    dx, dy = media.spacing_mm
    across, pixel_mm = (media.rows, dy) if axis == 0 else (media.columns, dx)
    equal = max(1, round(media.count * media.stack.step_mm / pixel_mm))
    return (across, media.count), (across, equal)


def plane_sizes(binding: Binding, media: Media) -> tuple[tuple[int, int] | None, ...]:
    """Return width and height of each of PLANES as an export counts there, None without a plane."""
    axes = axes_of_planes(media)
    found: list[tuple[int, int] | None] = []
    for plane, axis in enumerate(axes):
        (width, height), _ = plane_size(media, axis)
        counted = turn_of(binding, plane, axes).export_size((width, height))
        found.append(counted if axis >= 0 else None)
    return tuple(found)


def _spots(index: int, slices: Ints) -> Spots:
    """Return slices of a media as a list; -1 is none."""
    return np.stack([np.where(slices < 0, -1, index), slices], axis=1).astype(np.int32)


def _item_files(entry: Entry, binding: Binding, files: LocalFiles) -> list[int]:
    """Return the file of each item: in the entry's media, else the only one of its name.

    A name that several items have, from folders that are not known here, means none of them.
    """
    if binding.index < 0:
        return [NO_SPOTS] * len(entry.items)
    if binding.strength == "chosen":
        found = [max(files.in_media(name, binding.index), NO_SPOTS) for name in entry.items]
    else:
        found = [files.of_item(name, binding.index) for name in entry.items]
    if len(set(entry.items)) < len(entry.items):
        names = Counter(entry.items)
        named = zip(entry.items, found, strict=True)
        return [number if names[name] == 1 else NO_SPOTS for name, number in named]
    return found


def _one_file(binding: Binding, files: LocalFiles) -> int | None:
    """Return the file that is all of an entry: as an item it is counted as the entry is."""
    if binding.file is not None or binding.index < 0:
        return binding.file
    mine = files.of_media[binding.index]
    return mine[0] if len(mine) == 1 else None


def _whole_list(entry: Entry, binding: Binding, numbers: list[int], lists: _Lists) -> int:
    """Return the list of an entry's frames."""
    if binding.index < 0:
        return NO_SPOTS
    if binding.file is not None:
        return lists.of_file(binding.file)
    order = binding.slice_order
    if entry.anchors and not binding.is_order_chosen:
        known = anchored(entry.anchors, lists.files, binding.index)
        slices = with_anchors(slices_in(order, lists.files.media[binding.index]), known)
        return lists.add(("anchors", entry.id), _spots(binding.index, slices))
    is_of_files = order == "items" and not lists.files.is_only_file(binding.index)
    if is_of_files and len(numbers) > 1 and min(numbers) >= 0:
        spots = [lists.arrays[lists.of_file(number)] for number in numbers]
        return lists.add(("items", entry.id), np.concatenate(spots))
    return lists.of_media(binding.index, order)


def _first(entry: Entry, binding: Binding) -> int:
    chosen = binding.first_frame
    return 0 if chosen is None else entry.first_frame - chosen


def _axes(binding: Binding, files: LocalFiles) -> tuple[int, ...]:
    if binding.index < 0:
        return tuple(2 if plane in ("acquired", "axial") else -1 for plane in PLANES)
    return axes_of_planes(files.media[binding.index])


def _turns(
    bindings: tuple[Binding, ...], files: LocalFiles
) -> tuple[tuple[Counting, ...], NDArray[np.int16]]:
    codes: dict[Counting, int] = {}
    table = np.full((len(bindings), len(PLANES)), -1, dtype=np.int16)
    for number, binding in enumerate(bindings):
        is_upended = binding.slice_order == "reversed"
        if not (binding.planes or binding.readings or is_upended):
            continue
        axes = _axes(binding, files)
        for at in range(len(PLANES)):
            turn = turn_of(binding, at, axes)
            if not turn.is_plain:
                table[number, at] = codes.setdefault(turn, len(codes))
    return tuple(codes), table


def frames_of(bindings: Mapping[str, Bindings]) -> dict[tuple[str, int, int], PlaneFrame]:
    """Return how exports count on planes, by export id, media and voxel axis, where not plain.

    Of several entries on one media the first one counts; `EntrySpots.clashes` tells the others.
    """
    return {
        (id, index, axis): turn.frame(plane_size(bound.files.media[index], axis)[0][1])
        for id, bound in bindings.items()
        for (index, axis), turn in _first_turns(bound.bindings, bound.files).items()
        if not turn.is_plain
    }


def _first_turns(bindings: Sequence[Binding], files: LocalFiles) -> dict[tuple[int, int], Counting]:
    """Return the turn of the first entry on each media, by media and voxel axis."""
    found: dict[tuple[int, int], Counting] = {}
    seen = set[int]()
    for binding in bindings:
        if binding.index < 0 or binding.index in seen:
            continue
        seen.add(binding.index)
        axes = _axes(binding, files)
        for at, axis in enumerate(axes):
            if axis >= 0:
                found[binding.index, axis] = turn_of(binding, at, axes)
    return found


def _clashes(bindings: Sequence[Binding], files: LocalFiles) -> NDArray[np.bool_]:
    """Return which turns differ from those of the first entry on the same media.

    Readings that are no question of an entry change nothing of its labels.
    """
    found = np.zeros((len(bindings), len(PLANES)), dtype=np.bool_)
    firsts = dict[int, Binding]()
    for number, binding in enumerate(bindings):
        if binding.index < 0:
            continue
        first = firsts.setdefault(binding.index, binding)
        if first is not binding:
            readings = first.readings & set(binding.left_open)
            taken = msgspec.structs.replace(first, readings=readings)
            axes = _axes(binding, files)
            found[number] = [
                turn_of(binding, at, axes) != turn_of(taken, at, axes) for at in range(len(PLANES))
            ]
    return found


def turn_of(binding: Binding, plane: int, axes: tuple[int, ...]) -> Counting:
    """Return how an export counts on a plane, the order of slices counted in.

    The stack's own plane goes by one turn, whichever of its two names the export uses. On the
    others the rows are the slices, which the export may count from the other end.
    """
    turn = chosen_turn(binding.planes, plane, axes)
    is_upended = binding.slice_order == "reversed" and axes[plane] in (0, 1)
    turn = turn.upended() if is_upended else turn
    return counting(turn, binding.readings, binding.orientation)
