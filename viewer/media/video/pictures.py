"""A decoded frame as displayed: turned, in RGB of full range."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from viewer.media.video.messages import Note

if TYPE_CHECKING:
    from collections.abc import Mapping

    from av.sidedata.sidedata import Type
    from av.video.frame import VideoFrame

# AVColorSpace and AVColorRange, ITU-T H.273 8.3
_RGB, _UNKNOWN = 0, 2
_MATRICES = {1: "ITU709", 4: "FCC", 5: "ITU601", 6: "ITU601", 7: "SMPTE240M", 9: "BT2020"}
_LIMITED, _FULL = 1, 2
_HD_ROWS, _HD_COLUMNS = 577, 1280  # from here on BT.709 is meant where nothing is said
_COLOURS = 3
_OPAQUE = 255
_WITH_ALPHA = ("rgba", "bgra", "argb", "abgr", "rgba64le", "rgba64be", "bgra64le", "ya8")
_HDR = {16: "PQ", 18: "HLG"}
Rgb = NDArray[np.uint8]


@dataclass(frozen=True)
class Turn:
    """How a picture is turned for display: transposed first, then mirrored.

    Args:
        is_known: the file's matrix is one of the eight turns of a rectangle.
    """

    transposed: bool = False
    rows_reversed: bool = False
    columns_reversed: bool = False
    is_known: bool = True

    def applied(self, picture: NDArray[Any]) -> NDArray[Any]:
        """Return a view of (rows, columns, ...) as displayed."""
        turned = picture.swapaxes(0, 1) if self.transposed else picture
        return turned[:: -1 if self.rows_reversed else 1, :: -1 if self.columns_reversed else 1]


def turn_of(matrix: bytes) -> Turn:
    """Return the turn of a display matrix, nine 32-bit numbers; none for b"".

    A point (x, y) of the coded picture is displayed at (a x + c y, b x + d y), y down.

    Source: ISO/IEC 14496-12 8.5.3, the track header's matrix.
    """
    if len(matrix) < 36:
        return Turn()
    a, b, _u, c, d, *_rest = struct.unpack("=9i", matrix[:36])
    straight, crossed = (a, d), (b, c)
    if 0 not in straight and crossed == (0, 0):
        return Turn(False, d < 0, a < 0)
    if 0 not in crossed and straight == (0, 0):
        return Turn(True, b < 0, c < 0)
    return Turn(is_known=False)


class Converter:
    """Turns frames of one video into RGB."""

    def __init__(self, first: VideoFrame) -> None:
        from av.video.reformatter import VideoReformatter

        self._reformatter, self._interleaved = VideoReformatter(), VideoReformatter()
        self.turn = turn_of(_display_matrix(first))
        self.coded = (first.height, first.width)
        self._first = first

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns as displayed."""
        rows, columns = self.coded
        return (columns, rows) if self.turn.transposed else (rows, columns)

    def into(self, frame: VideoFrame, target: Rgb) -> None:
        """Write a frame of this video's size into (rows, columns, 3)."""
        rgb = self._interleaved.reformat(self._planes(frame), format="rgb24", threads=1)
        plane = rgb.planes[0]
        lines = np.frombuffer(cast("memoryview", plane), np.uint8)
        rows = lines.reshape(frame.height, plane.line_size)
        picture = rows[:, : 3 * frame.width].reshape(frame.height, frame.width, 3)
        np.copyto(target, self.turn.applied(picture))

    def _planes(self, frame: VideoFrame) -> VideoFrame:
        """Return a frame in RGB of full range, each colour by itself.

        The library's exact way there is written in vector instructions, that to pixels is not: the
        same values in less than half the time.
        """
        from av.video.reformatter import Interpolation

        if has_alpha(frame):
            return _on_black(frame)
        exact = Interpolation.BILINEAR | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
        matrix = matrix_of(frame)
        is_planar = not frame.format.is_rgb and len(frame.format.components) >= _COLOURS
        return self._reformatter.reformat(
            frame,
            format="gbrp" if is_planar else "rgb24",
            src_colorspace=_matrix_number(matrix),
            dst_colorspace=_matrix_number(matrix),
            src_color_range=_range_of(frame),
            dst_color_range=_FULL,
            interpolation=exact,
            threads=1,
        )

    def notes(self) -> tuple[Note, ...]:
        """Say what of the colours and the turn was not said by the file, or is not shown."""
        return tuple(_notes(self._first, self.turn))


def has_alpha(frame: VideoFrame) -> bool:
    """Whether pixels say how opaque they are."""
    name = frame.format.name
    return name in _WITH_ALPHA or name.startswith(("yuva", "gbrap"))


def _on_black(frame: VideoFrame) -> VideoFrame:
    """Return a frame in RGB over black, as pictures with transparency are shown."""
    from av import VideoFrame as Made

    matrix = _matrix_number(matrix_of(frame))
    rgba = frame.reformat(
        format="rgba",
        src_colorspace=matrix,
        dst_colorspace=matrix,
        src_color_range=_range_of(frame),
        dst_color_range=_FULL,
    ).to_ndarray()
    opaque = rgba[..., 3:].astype(np.uint16)
    shown = (rgba[..., :3] * opaque + 127) // 255
    return Made.from_ndarray(np.ascontiguousarray(shown.astype(np.uint8)), format="rgb24")


def matrix_of(frame: VideoFrame) -> str:
    """Return the name of the matrix from luma and chroma to RGB; guessed from the size if unsaid.

    Source: ITU-T H.273 table 4. Without a word, high definition is BT.709, the rest BT.601.
    """
    said = _MATRICES.get(int(frame.colorspace))
    if said is not None:
        return said
    is_high = frame.height >= _HD_ROWS or frame.width >= _HD_COLUMNS
    return "ITU709" if is_high else "ITU601"


def _display_matrix(frame: VideoFrame) -> bytes:
    from av.sidedata.sidedata import Type

    held = cast("Mapping[Type, memoryview]", frame.side_data)
    return bytes(held[Type.DISPLAYMATRIX]) if Type.DISPLAYMATRIX in held else b""


def _matrix_number(name: str) -> int:
    from av.video.reformatter import Colorspace

    return int(Colorspace[name])


def _range_of(frame: VideoFrame) -> int:
    """Full range where it is said, as MJPEG's formats do; limited where nothing is said."""
    is_full = int(frame.color_range) == _FULL or frame.format.name.startswith("yuvj")
    return _FULL if is_full or frame.format.is_rgb else _LIMITED


def _notes(frame: VideoFrame, turn: Turn) -> list[Note]:
    notes: list[Note] = []
    has_chroma = not frame.format.is_rgb and len(frame.format.components) >= 3
    if has_chroma and int(frame.colorspace) not in _MATRICES:
        words = "BT.709" if matrix_of(frame) == "ITU709" else "BT.601"
        sentence = (
            f"the file does not say its colour matrix; {words}, usual for its size, is taken."
        )
        notes.append(Note("note", "colour-matrix-unknown", sentence))
    if has_alpha(frame) and frame.reformat(format="rgba").to_ndarray()[..., 3].min() < _OPAQUE:
        sentence = "its transparent parts are shown on black."
        notes.append(Note("note", "alpha-composed", sentence))
    bits = max(component.bits for component in frame.format.components)
    if bits > 8:
        sentence = f"its {bits} bits per colour are shown as 8."
        notes.append(Note("note", "deep-colour", sentence))
    if int(frame.color_trc) in _HDR:
        words = f"its high dynamic range ({_HDR[int(frame.color_trc)]}) is shown as it is stored"
        sentence = f"{words}; colours look pale."
        notes.append(Note("warning", "high-dynamic-range", sentence))
    if not turn.is_known:
        words = "the file asks for a turn that is no quarter turn"
        sentence = f"{words}; the frames are shown as they are stored."
        notes.append(Note("warning", "turn-not-applied", sentence))
    return notes
