"""Whether what an entry is shown on shows its voxels as the export counts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from viewer.geometry.voxel_frame import AS_COUNTED, VoxelFrame
from viewer.media.volume import FrameStack, Media, Volume
from viewer.model.subject import PLANES
from viewer.model.told import Grid
from viewer.review.binding import Binding
from viewer.review.local_files import Spots
from viewer.review.turns import PLAIN, Turn, chosen_turn


@dataclass(frozen=True)
class VoxelOrder:
    """What a binding makes of shapes in voxel space, which go by no frame.

    Args:
        points: from the export's voxels to those of the media, so that places lie where shapes on
            frames do; None where no such way leads there, and they are not shown.
        masks_differ: masks in files, which are turned with a file of voxels, lie elsewhere than
            shapes on frames.
        masks_refused: a person said so; what is only found leaves masks where they are.
        run: the slices of the media that are the entry's, where it is a part of a sequence of
            pictures; None for all.
    """

    points: VoxelFrame | None = AS_COUNTED
    masks_differ: bool = False
    masks_refused: bool = False
    run: range | None = None


AS_SHOWN = VoxelOrder()


def voxel_order(
    binding: Binding, spots: Spots, media: Media | None, axes: Sequence[int], first: int = 0
) -> VoxelOrder:
    """Compare what a binding shows, frame by frame, with the voxels of its media.

    Args:
        binding: of an entry.
        spots: (frames, 2) media and slice of each frame of the entry.
        media: None where there is none.
        axes: voxel axis that each of PLANES cuts.
        first: added to frame numbers for the chosen first frame; files of voxels have no numbers.
    """
    if media is None:
        return AS_SHOWN
    turn = chosen_turn(binding.planes, PLANES.index("acquired"), axes)
    turn = PLAIN if binding.is_mirrored else turn  # which is of flat shapes alone
    run = _run(spots, binding.index, media)
    way = _way(spots, binding.index, media.count)
    in_file = -1 if is_turned_in_file(media) else 1
    is_moved = not turn.is_plain or binding.offset != 0
    masks = is_moved or (run is None and way != in_file)
    return VoxelOrder(
        None if way is None or turn.scale_y != 1 else _frame(turn, way, media, binding, first),
        masks,
        not turn.is_plain or (masks and binding.is_order_chosen),
        run,
    )


def _run(spots: Spots, index: int, media: Media) -> range | None:
    """Return the slices of an entry that is a part of a sequence, in its order; else None.

    Pictures of one folder are one sequence, of which each may be an entry.
    """
    if not isinstance(media, FrameStack) or not 0 < len(spots) < media.count:
        return None
    start = int(spots[0, 1])
    own = np.arange(start, start + len(spots))
    is_run = (spots[:, 0] == index).all() and np.array_equal(spots[:, 1], own)
    return range(start, start + len(spots)) if is_run else None


def _way(spots: Spots, media: int, count: int) -> int | None:
    """Return 1 for frames that are all slices of a media in their order, -1 for the reverse.

    None for others. Behind them volumes that differ by a point may follow.
    """
    spots, others = spots[:count], spots[count:]
    if not (spots[:, 0] == media).all() or (others[:, 0] == media).any():
        return None
    slices = np.arange(count)
    if np.array_equal(spots[:, 1], slices):
        return 1
    return -1 if np.array_equal(spots[:, 1], slices[::-1]) else None


def _frame(turn: Turn, way: int, media: Media, binding: Binding, first: int) -> VoxelFrame:
    moved = first + binding.offset
    return VoxelFrame(
        (-1 if turn.flip_x else 1, -1 if turn.flip_y else 1, way),
        (
            media.columns - 1 if turn.flip_x else 0,
            media.rows - 1 if turn.flip_y else 0,
            moved if way > 0 else media.count - 1 - moved,
        ),
        "cuboid-edges" in binding.readings,
    )


def is_turned_in_file(media: Media) -> bool:
    """Return whether a media shows the voxels of its file from the last slice.

    DICOM objects are in order of their position, in which files of voxels count them.
    """
    if not isinstance(media, Volume) or media.instances or len(media.slice_of) < 2:
        return False
    numbers = iter(sorted(media.slice_of.items(), key=lambda item: item[1])[:2])
    (_, first), (_, second) = (name_and_number for name_and_number, _ in numbers)
    return first > second


def grid_shown(media: Media, run: range | None = None) -> Grid:
    """Return the voxels of a media, and how they lie in the patient.

    Args:
        run: the slices of an entry that is a part of it, None for all.
    """
    slices = run or range(media.count)
    shape = (len(slices), media.rows, media.columns)
    stack = media.stack if isinstance(media, Volume) else None
    return Grid(shape, is_turned_in_file(media), stack, slices.start)
