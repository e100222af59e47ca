"""Encord's bitmasks: run-lengths of the flat picture, row by row, as a string.

The string is spelled as COCO's, whose pixels go column by column: only the order differs. Runs
alternate, clear ones first; from the fourth on each is stored as the difference to the one two
before. A number is groups of five bits, lowest first; 0x20 says that more follow, 0x10 of the last
group is the sign; a character is 48 more. Source: encord 0.1.211, run here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from viewer.errors import BadRecord, CannotWrite
from viewer.geometry.mask import EMPTY, Mask

Ints = NDArray[np.int64]
_FIRST = 48  # character of the value 0
_GROUP_BITS, _MORE, _SIGN = 5, 0x20, 0x10
_MOST_GROUPS = 8  # of a run; 40 bits are more than any picture has pixels
_LARGEST_SIDE = 1 << 20


def mask_of(text: str, width: int, height: int) -> Mask:
    """Return the mask that a string spells on a picture of `width` x `height` pixels.

    Raises:
        BadRecord: it is no such string, or its runs go beyond the picture.
    """
    if not (0 < width <= _LARGEST_SIDE and 0 < height <= _LARGEST_SIDE):
        raise BadRecord(f"a bitmask of {width} x {height} pixels is none")
    runs = runs_of(text)
    total = int(runs.sum())
    if (runs < 0).any() or total > width * height:
        raise BadRecord(
            f"its runs cover {total:,} pixels, and its picture has {width * height:,}"
            if (runs >= 0).all()
            else "one of its runs is negative"
        )
    ends = np.cumsum(runs)
    return _cropped(ends[0::2][: len(ends) // 2], ends[1::2], width)


def runs_of(text: str) -> Ints:
    """Return the run-lengths that a string spells; they may be negative.

    Raises:
        BadRecord: it holds other characters, ends within a number, or a number is far too large.
    """
    if not text:
        return np.zeros(0, dtype=np.int64)
    values = np.frombuffer(text.encode("utf-8", "replace"), np.uint8).astype(np.int64) - _FIRST
    if values.min() < 0 or values.max() >= 2 * _MORE:
        raise BadRecord("its rleString holds characters that spell no runs")
    last = np.flatnonzero((values & _MORE) == 0)
    if not len(last) or last[-1] != len(values) - 1:
        raise BadRecord("its rleString ends within a number")
    firsts = np.concatenate(([0], last[:-1] + 1))
    groups = last - firsts + 1
    if groups.max() > _MOST_GROUPS:
        raise BadRecord("its rleString spells a run that no picture has")
    place = np.arange(len(values)) - np.repeat(firsts, groups)
    stored = np.add.reduceat((values & (_MORE - 1)) << (_GROUP_BITS * place), firsts)
    stored -= np.where(values[last] & _SIGN, np.int64(1) << (_GROUP_BITS * groups), 0)
    runs = stored.copy()
    runs[1::2] = np.cumsum(stored[1::2])
    runs[2::2] = np.cumsum(stored[2::2])
    return runs


def text_of_mask(mask: Mask, width: int, height: int) -> str:
    """Return the string that spells a mask on a picture of `width` x `height` pixels.

    Raises:
        CannotWrite: a pixel of it lies outside the picture.
    """
    if not mask.area:
        return text_of_runs([width * height])
    if mask.x < 0 or mask.y < 0 or mask.x + mask.width > width or mask.y + mask.height > height:
        raise CannotWrite("its mask goes beyond the picture; erase what lies outside")
    bitmap = np.pad(mask.to_array(), ((0, 0), (1, 1)))
    row, column = np.nonzero(bitmap[:, 1:] != bitmap[:, :-1])
    flat = (row + mask.y) * width + column + mask.x
    starts, ends = _joined(flat[0::2], flat[1::2])
    edges = np.stack((starts, ends), axis=1).ravel()
    runs = np.diff(edges, prepend=0)
    left = width * height - int(edges[-1])
    return text_of_runs([*runs.tolist(), *((left,) if left else ())])


def text_of_runs(runs: list[int]) -> str:
    """Return the string that spells run-lengths."""
    return "".join(
        _text_of_number(run - runs[at - 2] if at > 2 else run) for at, run in enumerate(runs)
    )


def _text_of_number(number: int) -> str:
    spelled: list[str] = []
    while True:
        group = number & (_MORE - 1)
        number >>= _GROUP_BITS
        is_last = number == (-1 if group & _SIGN else 0)
        spelled.append(chr(_FIRST + (group if is_last else group | _MORE)))
        if is_last:
            return "".join(spelled)


def _cropped(starts: Ints, ends: Ints, width: int) -> Mask:
    """Return the mask of set pixels [start, end) of a flat picture, in its own bounding box."""
    is_some = ends > starts
    starts, ends = _joined(starts[is_some], ends[is_some])
    if not len(starts):
        return EMPTY
    top, bottom = int(starts[0]) // width, (int(ends[-1]) - 1) // width + 1
    is_one_row = starts // width == (ends - 1) // width
    is_whole = not is_one_row.all()
    left = 0 if is_whole else int((starts % width).min())
    right = width if is_whole else int(((ends - 1) % width).max()) + 1
    across = right - left
    rows = (starts // width - top) * across
    flat_starts = rows + starts % width - left
    starts, ends = _joined(flat_starts, flat_starts + ends - starts)
    edges = np.append(np.stack((starts, ends), axis=1).ravel(), across * (bottom - top))
    runs = np.diff(edges, prepend=0)
    kept = runs if runs[-1] else runs[:-1]
    if across * (bottom - top) > np.iinfo(np.int32).max:
        raise BadRecord("its bitmask is larger than any picture that can be shown")
    return Mask(left, top, across, bottom - top, kept.astype(np.int32))


def _joined(starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """Return runs of which none touches the next."""
    if not len(starts):
        return starts, ends
    is_apart = starts[1:] > ends[:-1]
    return (
        starts[np.concatenate(([True], is_apart))],
        ends[np.concatenate((is_apart, [True]))],
    )
