"""Mask files beside an export, decoded when they are asked for and shared by their instances."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from threading import Lock

import numpy as np

from viewer.errors import CannotRead, Issue
from viewer.formats.masks import (
    LabelVolume,
    Tally,
    aligned,
    alone,
    read_composite,
    read_metaimage,
    read_nifti,
    read_png_mask,
    runs_of,
)
from viewer.formats.masks.pictures import Color
from viewer.formats.problems import few
from viewer.formats.redbrick.mask_colors import MaskColors
from viewer.formats.redbrick.mask_users import MaskUsers
from viewer.formats.redbrick.segments import Segments, name_beside
from viewer.geometry.mask import Mask
from viewer.geometry.solids import ChangedMasks, MaskVolume
from viewer.model.counted import counted
from viewer.model.source import Beside
from viewer.model.told import Grid, Told

FILE_BYTES = 1 << 30  # the most that one file may have, packed or not
_HEADERS = (".mhd", ".mha")
UNLISTED = "mask-numbers-unlisted"  # code of the issue of voxels that are no label's
KEPT_BYTES = 512 << 20  # of decoded volumes; the newest is kept whatever it takes


class MaskVolumes:
    """Decoded mask files of one export, by the names that it gives them.

    They are decoded in whatever thread asks. What fails is remembered with its sentence.

    Args:
        beside: what lies around the export.
        told: of the media that its entries are shown on.
        kept_bytes: the most that decoded volumes may take.
        colors: of classes in pictures of colours.
        users: tell files that several series name.
    """

    def __init__(
        self,
        beside: Beside | None,
        told: Told,
        kept_bytes: int = KEPT_BYTES,
        colors: MaskColors | None = None,
        users: MaskUsers | None = None,
    ) -> None:
        self.beside = beside
        self.users = users or MaskUsers((), beside)
        self.told = told
        self.colors = colors or MaskColors(beside, {})
        self._kept_bytes = kept_bytes
        self._kept = OrderedDict[tuple[tuple[str, ...], bool], LabelVolume]()
        self._hashes: dict[str, str] = {}
        self._lock = Lock()

    def of(self, segments: Segments) -> LabelVolume:
        """Return the volume that files hold together.

        Raises:
            CannotRead: they are not there, damaged, or too large.
        """
        key = (segments.names, segments.is_colored)
        with self._lock:
            known = self._kept.get(key)
            if known is not None:
                self._kept.move_to_end(key)
                return known
        volume = self._read(segments)
        with self._lock:
            self._kept[key] = volume
            while len(self._kept) > 1 and self._taken() > self._kept_bytes:
                self._kept.popitem(last=False)
        return volume

    def shown(self, segments: Segments, entry: str) -> tuple[LabelVolume, Grid | None]:
        """Return the volume, and the grid that its entry is shown on as far as it is known.

        Raises:
            CannotRead: as `of`, or the volume has another shape than that grid.
        """
        telling = self.told.telling  # once: other media may be shown meanwhile
        grid, found = telling.of(entry).grid, telling.found(entry)
        names = segments.names
        try:
            volume = self.of(segments)
            if grid is not None and volume.shape != grid.shape:
                raise CannotRead(_unfit(volume, grid))
        except CannotRead as error:
            if found.problems.get(names) != str(error):
                found.problems[names] = str(error)
                self.told.renew()
            raise
        found.problems.pop(names, None)
        if names not in found.notes:
            found.notes[names] = (*_issues(volume, grid), *self._unlisted(volume, segments))
        return volume, grid

    def problem(self, names: tuple[str, ...], entry: str) -> str:
        """Return why the last reading of these files failed on the media that the entry has now.

        "" where it did not.
        """
        return self.told.found(entry).problems.get(names, "").rstrip(".")

    def _unlisted(self, volume: LabelVolume, segments: Segments) -> Iterator[Issue]:
        """Say which voxels of a file that labels share are no label's."""
        name = segments.names[0]
        listed = self.users.numbers(name) if segments.shared and not segments.is_colored else None
        if listed is not None and (left := volume.tally.without(listed)).present:
            yield Issue("warning", UNLISTED, _unlisted_words(name, left), name)

    def _taken(self) -> int:
        return sum(_bytes_of(volume) for volume in self._kept.values())

    def _read(self, segments: Segments) -> LabelVolume:
        names = segments.names
        first = names[0].lower()
        if segments.is_colored:
            return _of_colors(names[0], self._content(names[0]), self.colors.palette)
        if first.endswith(".png"):
            return _of_picture(names[0], self._content(names[0]))
        if first.endswith((".mhd", ".mha", ".zraw", ".raw")):
            header, *data = sorted(names, key=lambda name: not name.lower().endswith(_HEADERS))
            rest = self._content(data[0]) if data else None
            return read_metaimage(header, self._content(header), rest, FILE_BYTES)
        return read_nifti(names[0], self._content(names[0]), FILE_BYTES)

    def _content(self, name: str) -> bytes:
        found = name_beside(self.beside, name)
        if found is None or self.beside is None:
            raise CannotRead(f"{name}: the mask file is not beside the export; copy it there.")
        content = self.beside.read(found[1], FILE_BYTES)
        hashed = hashlib.sha256(content).hexdigest()
        if self._hashes.setdefault(name, hashed) != hashed:
            raise CannotRead(
                f"{name}: the mask file has changed since it was opened; open the export again."
            )
        return content


def _of_picture(name: str, content: bytes) -> LabelVolume:
    """Return a mask of one picture as a volume of one slice, 1 where it is set."""
    values = read_png_mask(name, content, FILE_BYTES).bitmap.astype(np.uint8)[np.newaxis]
    values.flags.writeable = False
    return LabelVolume(name, values, values, b"", content=content)


def _of_colors(name: str, content: bytes, palette: Sequence[Color]) -> LabelVolume:
    """Return a picture of colours as a volume of one slice, with the numbers of a palette.

    Colours that are not in it have numbers behind its own.
    """
    found = read_composite(name, content, FILE_BYTES)
    others = iter(range(len(palette) + 1, len(palette) + len(found.colors) + 1))
    numbers = [palette.index(one) + 1 if one in palette else next(others) for one in found.colors]
    values = np.array([0, *numbers], dtype=np.int32)[found.labels][np.newaxis]
    values.flags.writeable = False
    return LabelVolume(name, values, values, b"", content=content)


def _bytes_of(volume: LabelVolume) -> int:
    shared = volume.stored is volume.values or volume.stored.base is volume.values.base
    own = 0 if shared else volume.stored.nbytes
    return volume.values.nbytes + own + len(volume.content or b"")


def _issues(volume: LabelVolume, grid: Grid | None) -> tuple[Issue, ...]:
    """What is to be said of a volume where it is shown: voxels count, whatever its affine says."""
    if grid is None or grid.stack is None or volume.affine_ras is None:
        return volume.issues
    count = grid.shape[0]
    order = range(count - 1, -1, -1) if grid.is_turned else range(count)
    placed = aligned(volume, grid.stack, order).issue
    return volume.issues if placed is None else (*volume.issues, placed)


def _unlisted_words(name: str, left: Tally) -> str:
    """Return what is said of voxels whose numbers are no label's."""
    count, numbers = int(left.voxels.sum()), sorted(left.present)
    voxels = counted(count, "voxel has", "voxels have")
    what = "a number" if len(numbers) == 1 else f"{len(numbers):,} numbers"
    return (
        f"{name}: {voxels} {what} ({few(map(str, numbers))}) that no label of its series"
        " has; they are not shown, and stay in the file. To have them as labels, export it again."
    )


def _unfit(volume: LabelVolume, grid: Grid) -> str:
    sides = " x ".join(str(side) for side in volume.shape[::-1])
    wanted = " x ".join(str(side) for side in grid.shape[::-1])
    return (
        f"{volume.name}: its {sides} voxels do not fit the {wanted} of its series. It is not shown;"
        " choose another series, or export it again."
    )


class FileMasks:
    """The masks of one instance as its mask file holds them, by slice of its series.

    Args:
        entry: id of the series; where its slices are shown in the other direction than files of
            voxels count them, the masks are turned with them.
        painted_on: of masks that changes lie over, the grid that these were painted on.
    """

    __slots__ = ("_entry", "_segments", "_volumes", "painted_on")

    def __init__(
        self,
        volumes: MaskVolumes,
        segments: Segments,
        entry: str,
        painted_on: Grid | None = None,
    ) -> None:
        self._volumes = volumes
        self._segments = segments
        self._entry = entry
        self.painted_on = painted_on

    def slices(self) -> tuple[int, ...]:
        """Return the slices with set voxels, ascending.

        Raises:
            CannotRead: the file cannot be read, or does not fit the series.
        """
        volume, grid = self._volumes.shown(self._segments, self._entry)
        found: list[int] = volume.tally.slices_of(self._numbers(volume)).tolist()
        return tuple(sorted(on_media(found, grid)))

    def mask(self, k: int) -> Mask | None:
        """Return the mask of a slice.

        Raises:
            CannotRead: as `slices`.
        """
        volume, grid = self._volumes.shown(self._segments, self._entry)
        (inside,) = in_file([k], grid)
        if not 0 <= inside < volume.shape[0]:
            return None
        return runs_of(volume.values[inside], self._numbers(volume))

    def with_slice(self, k: int, mask: Mask | None) -> ChangedMasks:
        """Return masks that differ in one slice."""
        grid = self._volumes.told.of(self._entry).grid
        base = FileMasks(self._volumes, self._segments, self._entry, painted_on=grid)
        return ChangedMasks(base).with_slice(k, mask)

    def _numbers(self, volume: LabelVolume) -> frozenset[int]:
        if self._segments.shared:
            return frozenset(self._segments.values)
        segment, numbering = alone(volume)
        return numbering.numbers_of(segment)


def is_counted_alike(volume: MaskVolume, grid: Grid | None) -> bool:
    """Whether the changed slices of a volume were painted as a grid counts them."""
    masks = volume.masks
    if not isinstance(masks, ChangedMasks) or not isinstance(masks.base, FileMasks):
        return True
    return _counting(masks.base.painted_on) == _counting(grid)


def _counting(grid: Grid | None) -> tuple[int, bool]:
    return (0, False) if grid is None else (grid.first, grid.is_turned)


def on_media(slices: Sequence[int], grid: Grid | None) -> list[int]:
    """Return the slices of the media for those of a file that fits its series."""
    return list(slices) if grid is None else [grid.first + grid.turned(k) for k in slices]


def in_file(slices: Sequence[int], grid: Grid | None) -> list[int]:
    """Return the slices of a file that fits its series for those of the media.

    Slices of the media that are not the series' own have none: they lie outside the file.
    """
    return list(slices) if grid is None else [grid.turned(k - grid.first) for k in slices]
