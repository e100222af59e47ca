"""Masks that stand in rows of an import themselves: a picture of one, or composites by frame."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from viewer.errors import CannotRead
from viewer.formats.json_tools import BadJson, Bytes, is_list, is_object, value_of
from viewer.formats.labelbox.mask_files import Color
from viewer.geometry.mask import Mask

_LARGEST_PICTURE = 2**28  # bytes of its pixels
_PICTURES = ("png", "imBytes")


class _Picture(msgspec.Struct):
    """The picture of one frame."""

    index: int | None = None
    content: str | None = msgspec.field(default=None, name="imBytes")
    uri: str | None = msgspec.field(default=None, name="instanceURI")


class _Instance(msgspec.Struct):
    color: list[int] = msgspec.field(default_factory=list[int], name="colorRGB")


class _Composites(msgspec.Struct):
    frames: list[_Picture] = []
    instances: list[_Instance] = []


class _Row(msgspec.Struct):
    masks: _Composites | None = None


_ROW = msgspec.json.Decoder(_Row)


@dataclass(frozen=True)
class Composites:
    """The composite pictures of one row, by the number of their frame.

    Args:
        pictures: base64 text, or None for one that lies elsewhere.
        addresses: of those that do.
        colors: of the row's instances, in their order.
    """

    pictures: Mapping[int, str | None]
    addresses: Mapping[int, str]
    colors: tuple[Color | None, ...]

    def mask(self, frame: int, instance: int) -> Mask | None:
        """Return the mask of an instance on a frame; None where the picture is not in the row.

        Raises:
            CannotRead: the picture is none, or damaged.
        """
        content, color = self.pictures.get(frame), self.color(instance)
        if content is None or color is None:
            return None
        return _mask(content, color)

    def refusal(self, instance: int) -> str | None:
        """Return why an instance cannot be painted; None where it can."""
        color = self.color(instance)
        if not self.colors:
            return "what its row says of masks is damaged"
        if color is None or not any(color):
            return "its row gives it no colour of its own"
        if self.colors.count(color) > 1:
            return "another label of its row has its colour"
        return None

    def color(self, instance: int) -> Color | None:
        """Return the colour of an instance; None where the row says none."""
        return self.colors[instance] if instance < len(self.colors) else None


def composites_of(row: Bytes) -> Composites | None:
    """Return the composites of a row, none at all of a damaged one; None where it has no masks."""
    try:
        masks = _ROW.decode(row).masks
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Composites({}, {}, ()) if b'"masks"' in bytes(row) else None
    if masks is None:
        return None
    framed = [(one.index, one) for one in masks.frames if one.index is not None]
    return Composites(
        {number: one.content for number, one in framed},
        {number: one.uri for number, one in framed if one.uri},
        tuple(color_of(one.color) for one in masks.instances),
    )


def picture_of(mask: Bytes) -> Mask | None:
    """Return the mask that the value of `mask` holds itself; None where it lies elsewhere.

    Raises:
        CannotRead: the picture is none, or damaged.
    """
    try:
        value = value_of(bytes(mask))
    except BadJson:
        return None
    if not is_object(value):
        return None
    content = next((value[key] for key in _PICTURES if isinstance(value.get(key), str)), None)
    color = color_of(value.get("colorRGB"))
    return _mask(content, color) if isinstance(content, str) else None


def color_of(value: object) -> Color | None:
    """Return a colour of three numbers; None for anything else."""
    numbers = [one for one in value if isinstance(one, int)] if is_list(value) else []
    return (numbers[0], numbers[1], numbers[2]) if len(numbers) == 3 else None


def _mask(content: str, color: Color | None) -> Mask:
    from viewer.formats.masks.pictures import read_png_mask

    picture = from_base64(content)
    return Mask.from_array(read_png_mask("its mask", picture, _LARGEST_PICTURE, color).bitmap)


def from_base64(content: str) -> bytes:
    """Return the bytes of a picture that a row spells.

    Raises:
        CannotRead: it is no base64.
    """
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise CannotRead("its mask is no picture in base64") from error
