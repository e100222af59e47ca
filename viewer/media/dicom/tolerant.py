"""pydicom behind our own walker: implicit, big endian, without preamble, private or damaged."""

from __future__ import annotations

import struct
import threading
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, BinaryIO, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from viewer.errors import Cancelled, CannotDecode
from viewer.media.dicom import tags
from viewer.media.dicom.bounds import BoundedStream, EndlessHeaderError
from viewer.media.dicom.walker import UNDEFINED, Encoding, encoding_of

_ONE_AT_A_TIME = threading.Lock()  # warning filters belong to the whole process

Place: TypeAlias = tuple[int, int | None, int]  # offset, length, tag of the pixel data
Found: TypeAlias = tuple[dict[int, bytes], Encoding, str, Place | None]


def tolerant_header(stream: BoundedStream) -> Found | None:
    """Read a header with pydicom: raw elements, encoding, transfer syntax, pixel place.

    None when pydicom cannot read it either.

    Raises:
        EndlessHeaderError: it goes on for longer than the stream allows.
        Cancelled: the stream was told to stop.
    """
    from pydicom.filereader import read_partial

    seen: list[tuple[int, int]] = []

    def at_pixels(tag: int, _representation: str | None, length: int) -> bool:
        if int(tag) in tags.PIXEL_TAGS:
            seen.append((int(tag), length))
            return True
        return False

    with quiet():
        try:
            dataset = read_partial(
                cast(BinaryIO, stream), at_pixels, force=True, specific_tags=sorted(tags.KEPT)
            )
        except (EndlessHeaderError, Cancelled):
            raise
        except Exception:  # noqa: BLE001 - pydicom raises any kind on damaged bytes
            return None
        elements = {
            int(tag): _raw(dataset.get_item(tag, keep_deferred=True))
            for tag in list(dataset.keys())  # iterating over the data set would decode values
        }
        syntax = str(dataset.file_meta.get("TransferSyntaxUID", "") or "")
    is_implicit, is_little = dataset.original_encoding
    order = ">" if is_little is False else "<"
    if not syntax:
        syntax = _syntax_of(bool(is_implicit), order)
    encoding = encoding_of(order, is_implicit=bool(is_implicit))
    return elements, encoding, syntax, _place(stream, seen, is_implicit=bool(is_implicit))


def text_in(value: bytes, charset: str) -> str:
    """Text in a Specific Character Set (PS3.5 6.1); what does not fit shows as a mark."""
    from pydicom.charset import convert_encodings, decode_bytes

    with quiet():
        try:
            encodings = convert_encodings(charset.split("\\"))
            return decode_bytes(value, encodings, {ord("\\"), ord("^"), ord("=")})
        except Exception:  # noqa: BLE001 - pydicom raises any kind on damaged bytes
            return value.decode("latin-1")


def decoded_by_plug_in(stream: BinaryIO, number: int, syntax: str) -> NDArray[Any]:
    """Decode frame `number` with one of pydicom's plug-ins.

    Raises:
        CannotDecode: none is installed for the transfer syntax, or the stream is damaged; the
            sentence lacks the file's name.
    """
    from pydicom.pixels.decoders.base import get_decoder
    from pydicom.pixels.utils import pixel_array

    with quiet():
        try:
            is_available = get_decoder(syntax).is_available
        except NotImplementedError:
            is_available = False
        if is_available:
            try:
                return np.asarray(pixel_array(stream, index=number, raw=True))
            except Exception as error:
                raise CannotDecode(
                    "the compressed pixel data is damaged; export the file again."
                ) from error
    raise CannotDecode(no_decoder(syntax))


def no_decoder(syntax: str) -> str:
    """A sentence that says which decoder is missing and what to install, if anything helps."""
    from pydicom.pixels.decoders.base import get_decoder
    from pydicom.uid import UID

    with quiet():
        words = UID(syntax).name
        try:
            missing = get_decoder(syntax).missing_dependencies
        except NotImplementedError:
            return f'there is no decoder for "{words}"; export the file uncompressed.'
    needs = missing[0].partition(" - requires ")[2] if missing else "pylibjpeg"
    packages = needs.replace(" and ", " ").replace("numpy ", "")
    return f'no decoder for "{words}" is installed; install it with: pip install {packages}'


@contextmanager
def quiet() -> Generator[None]:
    """Keep pydicom's warnings of odd values away; our own issues say what matters."""
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _raw(element: object) -> bytes:
    """The undecoded bytes of a pydicom element; empty for sequences and decoded ones."""
    value = getattr(element, "value", b"")
    return value if isinstance(value, bytes) else b""


def _syntax_of(is_implicit: bool, order: str) -> str:
    if order == ">":
        return "1.2.840.10008.1.2.2"
    return "1.2.840.10008.1.2" if is_implicit else "1.2.840.10008.1.2.1"


def _place(
    stream: BoundedStream, seen: list[tuple[int, int]], *, is_implicit: bool
) -> Place | None:
    """Where the value is: pydicom stops before the element, 8 or 12 bytes earlier."""
    if not seen:
        return None
    tag, length = seen[0]
    at = stream.tell()
    head = stream.read(8)
    short = len(head) == 8 and not is_implicit and struct.unpack_from("2s", head, 4)[0] == b"US"
    offset = at + (8 if is_implicit or short else 12)
    return offset, None if length == UNDEFINED else length, tag
