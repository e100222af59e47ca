"""One picture from its file into the media's array: read natively, or by a decoder."""

from __future__ import annotations

import io
import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from viewer.errors import CannotDecode, Issue
from viewer.media.dicom.header import DEFLATED, FIRST_READ
from viewer.media.dicom.images import NATIVE
from viewer.media.dicom.sequences import dataset_of
from viewer.media.dicom.tolerant import decoded_by_plug_in
from viewer.media.dicom.walker import walk_meta
from viewer.media.files import ByteReader, Files, check_expansion, inflated
from viewer.media.instance import FileRef, Instance, PixelFormat
from viewer.media.memory import free_bytes
from viewer.media.pixel_data.codecs import CONVERTED, DECODERS, JPEG_2000, checked, decoded
from viewer.media.pixel_data.colour import RGB, native_colour, rgb_of
from viewer.media.pixel_data.encapsulation import Fragment, frames_in, joined
from viewer.media.pixel_data.luts import Table, modality_table
from viewer.media.pixel_data.overlays import OverlayPlane, overlay_planes
from viewer.media.pixel_data.palette import Palette, palette_of
from viewer.media.pixel_data.stored import bits, stored_values, too_short
from viewer.media.pixel_data.stream_sizes import is_irreversible
from viewer.media.volume import Pixels, Stored

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_KEPT = 4  # unpacked zip members and data sets; the two workers use one or two at a time


@dataclass(frozen=True)
class Frame:
    """A picture to decode.

    Args:
        index: its place in the media.
        number: which frame of the instance it is, from 0.
    """

    index: int
    instance: Instance
    number: int


@dataclass(frozen=True, eq=False)
class DicomPixels:
    """The pictures of DICOM objects, in the order of a media.

    Args:
        instances: each with all its frames, or with the one that it stands for.
        begins: the first picture of each; a million frames of one object need no list.
    """

    instances: tuple[Instance, ...]
    begins: tuple[int, ...]

    @property
    def is_serial(self) -> bool:
        """Uncompressed throughout: reading is bound by memory."""
        return all(instance.transfer_syntax in NATIVE for instance in self.instances)

    @property
    def order(self) -> None:
        """Any picture may come first."""
        return

    def opened(self, media: Stored, files: Files) -> Callable[[int], None]:
        """Return what decodes picture k into `media.slot(k)`."""
        decoding = Decoding(media, files)
        return lambda index: decoding.decode(self.frame_at(index))

    def file_of(self, index: int) -> FileRef:
        """Return the file that a picture comes from."""
        return self.instances[self._at(index)].file

    def beside(self, index: int) -> range:
        """Return the pictures of the same object."""
        at = self._at(index)
        return range(self.begins[at], self.begins[at] + self.instances[at].pictures)

    def frame_at(self, index: int) -> Frame:
        """Return a picture's object and which frame of it it is."""
        at = self._at(index)
        instance = self.instances[at]
        number = index - self.begins[at] if instance.frame is None else instance.frame
        return Frame(index, instance, number)

    def _at(self, index: int) -> int:
        return bisect_right(self.begins, index) - 1


def frames_of_instances(instances: Sequence[Instance]) -> DicomPixels:
    """Return all frames of instances, or the one that each stands for, one after another."""
    begins = accumulate((instance.pictures for instance in instances), initial=0)
    return DicomPixels(tuple(instances), tuple(begins)[:-1])


@dataclass(frozen=True, eq=False)
class _Extras:
    """What one file's header asks for."""

    table: Table | None
    planes: tuple[OverlayPlane, ...]


class Decoding:
    """Decodes pictures of one media; knows which bytes belong to which frame. Thread-safe."""

    def __init__(self, media: Stored, files: Files) -> None:
        self._media = media
        self._files = files
        self._contents: OrderedDict[FileRef, bytes] = OrderedDict()
        self._fragments: dict[FileRef, list[list[Fragment]]] = {}
        self._palettes: dict[FileRef, Palette] = {}
        self._extras_of: OrderedDict[FileRef, _Extras] = OrderedDict()
        self._lock = threading.Lock()

    def decode(self, frame: Frame) -> None:
        """Decode one picture into `media.slot(frame.index)`.

        Raises:
            CannotDecode: the pixels are damaged, of another size, or no decoder is installed.
            CannotRead: the file cannot be read any more.
        """
        target = self._media.slot(frame.index)
        instance = frame.instance
        cells: NDArray[Any] | None = None
        if target.ndim == 3:
            target[...] = self._colour(frame)
        elif self._is_readable_in_place(target, instance):
            self._read_into(target, frame)
            cells = target.copy() if instance.has_overlays else None
            stored_values(target, instance.format)
        else:
            cells = self._grey(frame)
            self._put(cells, target, instance)
        if instance.has_overlays:
            self._overlay(frame, target.shape[:2], cells)

    def _overlay(self, frame: Frame, shape: tuple[int, ...], cells: NDArray[Any] | None) -> None:
        """Keep the planes of bits that are drawn over the picture."""
        planes = self._extras(frame.instance).planes
        bits_of = np.zeros(shape, np.bool_)
        for plane in planes:
            plane.add_to(bits_of, frame.number, cells)
        if bits_of.any():
            self._media.presentation.set_overlay(frame.index, bits_of)

    def _extras(self, instance: Instance) -> _Extras:
        with self._lock:
            extras = self._extras_of.get(instance.file)
            if extras is None:
                dataset = dataset_of(instance, self._files)
                name = instance.file.name
                table = modality_table(dataset, name) if instance.has_table else None
                planes = self._planes(dataset, instance) if instance.has_overlays else []
                extras = self._extras_of[instance.file] = _Extras(table, tuple(planes))
                while len(self._extras_of) > _KEPT:
                    self._extras_of.popitem(last=False)
            return extras

    def _planes(self, dataset: Dataset, instance: Instance) -> list[OverlayPlane]:
        """The overlay planes that can be drawn; floating-point cells have no bits to spare."""
        planes = overlay_planes(dataset)[0]
        if instance.format.kind == "i" or all(plane.bits is not None for plane in planes):
            return planes
        name = instance.file.name
        words = f"{name}: an overlay is said to lie in bits of decimal numbers and is not drawn."
        issue = Issue("warning", "overlay-damaged", words, name)
        self._media.issues = (*self._media.issues, issue)
        return [plane for plane in planes if plane.bits is not None]

    def _is_readable_in_place(self, target: Pixels, instance: Instance) -> bool:
        form = instance.format
        return (
            instance.transfer_syntax in NATIVE
            and target.ndim == 2
            and form.bits_allocated >= 8
            and target.dtype == _cell(form)
            and not _may_be_swapped(form)
            and not instance.has_table
        )

    def _put(self, cells: NDArray[Any], target: Pixels, instance: Instance) -> None:
        """Stored values, or those that a Modality LUT makes of them, into `target`."""
        form = instance.format
        if form.kind == "i" and form.bits_allocated >= 8:
            cells = _as_cells(cells, instance)
            stored_values(cells, form)
        table = self._extras(instance).table if instance.has_table else None
        target[...] = cells if table is None else table.of(cells)

    def _grey(self, frame: Frame) -> NDArray[Any]:
        instance = frame.instance
        form = instance.format
        shape = (instance.rows, instance.columns)
        if instance.transfer_syntax not in NATIVE:
            return self._samples(frame)
        if form.bits_allocated == 1:
            first = frame.number * instance.frame_bits
            raw = self._raw(instance, first // 8, (first % 8 + instance.frame_bits + 7) // 8)
            return bits(raw, first % 8, instance.frame_bits).reshape(shape)
        return np.frombuffer(self._native(frame), _cell(form)).reshape(shape)

    def _colour(self, frame: Frame) -> RGB:
        instance = frame.instance
        form = instance.format
        if form.photometric == "PALETTE COLOR":
            if form.samples != 1:
                raise CannotDecode(
                    f"{instance.file.name}: a palette colours one sample per pixel, the header says"
                    f" {form.samples}; export the file again."
                )
            return self._palette(instance).colours(self._indices(frame))
        if instance.transfer_syntax in NATIVE:
            return native_colour(self._native(frame), instance)
        samples = self._samples(frame)
        if instance.transfer_syntax in CONVERTED:
            form = replace(form, photometric="RGB")
        return rgb_of(samples, form)

    def _samples(self, frame: Frame) -> NDArray[Any]:
        """Decode by imagecodecs, and by pydicom's plug-ins what it does not know."""
        instance = frame.instance
        if instance.transfer_syntax in DECODERS:
            data = self._compressed(frame)
            if instance.transfer_syntax in JPEG_2000 and is_irreversible(data):
                self._media.lossy = True
            return decoded(data, instance)
        with closing(self._open(instance)) as reader, reader.buffered() as stream:
            try:
                samples = decoded_by_plug_in(stream, frame.number, instance.transfer_syntax)
            except CannotDecode as error:
                raise CannotDecode(f"{instance.file.name}: {error}") from error
        return checked(samples, instance)

    def _indices(self, frame: Frame) -> NDArray[Any]:
        cells = self._grey(frame)
        cells = _as_cells(cells, frame.instance)
        stored_values(cells, frame.instance.format)
        return cells

    def _read_into(self, target: Pixels, frame: Frame) -> None:
        instance = frame.instance
        need = instance.frame_bits // 8
        offset = instance.pixels_at + frame.number * need
        with closing(self._open(instance)) as reader:
            got = reader.read_into(offset, target.data.cast("B"))
        if got < need:
            target[...] = 0
            raise CannotDecode(too_short(instance, frame.number))

    def _native(self, frame: Frame) -> bytes:
        instance = frame.instance
        need = instance.frame_bits // 8
        return self._raw(instance, frame.number * need, need)

    def _raw(self, instance: Instance, offset: int, need: int) -> bytes:
        with closing(self._open(instance)) as reader:
            if _may_be_swapped(instance.format) and _is_of_words(reader, instance):
                raw = _in_order(reader, instance.pixels_at, offset, need)
            else:
                raw = reader.read(instance.pixels_at + offset, need)
        if len(raw) < need:
            raise CannotDecode(too_short(instance, offset // max(need, 1)))
        return raw

    def _compressed(self, frame: Frame) -> bytes:
        instance = frame.instance
        if instance.pixels_length is not None:
            raise CannotDecode(
                f"{instance.file.name}: the header says the pixels are compressed, but they are"
                " not stored that way; export the file again."
            )
        with closing(self._open(instance)) as reader:
            with self._lock:
                frames = self._fragments.get(instance.file)
                if frames is None:
                    frames = frames_in(reader, instance.pixels_at, instance.frames)
                    self._fragments[instance.file] = frames
            if frame.number >= len(frames):
                raise CannotDecode(
                    f"{instance.file.name}: frame {frame.number + 1} of {instance.frames} is not"
                    " in the file; export the file again."
                )
            return joined(reader, frames[frame.number])

    def _palette(self, instance: Instance) -> Palette:
        with self._lock:
            palette = self._palettes.get(instance.file)
            if palette is None:
                palette = palette_of(dataset_of(instance, self._files), instance.file.name)
                self._palettes[instance.file] = palette
            return palette

    def _open(self, instance: Instance) -> ByteReader:
        """The bytes that `pixels_at` counts in: a file, or unpacked ones kept for a while."""
        deflated = instance.transfer_syntax == DEFLATED
        if instance.file.member is None and not deflated:
            return self._files.open(instance.file)
        with self._lock:
            content = self._contents.pop(instance.file, None)
            if content is None:
                content = self._unpacked(instance, deflated=deflated)
            self._contents[instance.file] = content
            while len(self._contents) > _KEPT:
                self._contents.popitem(last=False)
        return ByteReader(io.BytesIO(content), len(content), instance.file)

    def _unpacked(self, instance: Instance, *, deflated: bool) -> bytes:
        """As much of a file as its header and its pixels take."""
        name = instance.file.name
        with closing(self._files.open(instance.file)) as reader:
            need = _end_of_pixels(instance)
            need = reader.size if need is None else need if deflated else min(need, reader.size)
            check_expansion(name, need, reader.packed)
            if need > free_bytes() // 2:
                raise CannotDecode(
                    f"{name}: {need / 1e9:.1f} GB unpacked do not fit into memory; unpack the zip"
                    " and open the folder."
                )
            if not deflated:
                return reader.read(0, need)
            return inflated(reader, walk_meta(reader.read(0, FIRST_READ))[1], need)


def _end_of_pixels(instance: Instance) -> int | None:
    """Where the pixels end that the header announces; None for compressed ones."""
    if instance.transfer_syntax not in NATIVE or instance.pixels_length is None:
        return None
    return instance.pixels_at + (instance.frames * instance.frame_bits + 7) // 8 + 1  # whole words


def _may_be_swapped(form: PixelFormat) -> bool:
    """Pixels of a byte or less in a big endian file, where words may hold two bytes of them."""
    return form.byte_order == ">" and form.bits_allocated <= 8


def _is_of_words(reader: ByteReader, instance: Instance) -> bool:
    """The pixel data's value representation, which stands before its length, is OW."""
    return reader.read(instance.pixels_at - 8, 2) == b"OW"


def _in_order(reader: ByteReader, start: int, offset: int, need: int) -> bytes:
    """Bytes of big endian words in the order in which they count (PS3.5 8.2)."""
    begin = offset - offset % 2
    words = reader.read(start + begin, (offset + need + 1) // 2 * 2 - begin)
    words = words[: len(words) // 2 * 2]
    return np.frombuffer(words, ">u2").astype("<u2").tobytes()[offset - begin :][:need]


def _cell(form: PixelFormat) -> np.dtype[Any]:
    """The type of one cell as it lies in the file."""
    kind = "f" if form.kind == "f" else "i" if form.is_signed else "u"
    return np.dtype(f"{form.byte_order}{kind}{form.bits_allocated // 8}")


def _as_cells(cells: NDArray[Any], instance: Instance) -> NDArray[Any]:
    """Cells of the header's own type, writeable; a codec's signedness is not to be trusted."""
    form = instance.format
    kind = "i" if form.is_signed else "u"
    size = max(8, form.bits_allocated) // 8
    return cells.astype(f"{kind}{size}", copy=True)
