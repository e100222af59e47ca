"""What pixels are once opened: a Volume of placed slices, or a FrameStack without positions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from viewer.errors import Issue
from viewer.geometry.stack import Stack
from viewer.media.frame_fetcher import FrameFetcher
from viewer.media.instance import FileRef, Instance, Rescale
from viewer.media.paging import Pages
from viewer.media.pixel_data.luts import Table
from viewer.media.presentation import Presentation
from viewer.media.scale import Region
from viewer.media.values import Pixels, StoredPictures

if TYPE_CHECKING:
    from viewer.media.files import Files


VoiFunction: TypeAlias = Literal["LINEAR", "LINEAR_EXACT", "SIGMOID"]


@dataclass(frozen=True)
class Window:
    """A VOI window in output units of the rescale (HU for CT).

    Args:
        function: how values become grey (PS3.3 C.11.2.1.2 and C.11.2.1.3).
        table: a VOI LUT instead (PS3.3 C.11.2.1.1); centre and width are its range of inputs.
    """

    center: float
    width: float
    name: str = ""
    function: VoiFunction = "LINEAR"
    table: Table | None = None


@dataclass(frozen=True)
class PatientFacts:
    """What the headers say of the patient; shown, never logged."""

    name: str = ""
    id: str = ""
    sex: str = ""
    age: str = ""
    birth_date: str = ""


@dataclass(frozen=True)
class SeriesFacts:
    """Header values that are the same for a whole series."""

    study_uid: str
    series_uid: str
    modality: str = ""
    description: str = ""
    number: int | None = None
    frame_of_reference_uid: str = ""
    patient: PatientFacts = PatientFacts()
    study_date: str = ""
    study_description: str = ""
    body_part: str = ""
    slice_thickness_mm: float | None = None
    transfer_syntax: str = ""


class PixelReader(Protocol):
    """Brings the pictures of one media from its files into `media.pixels`."""

    @property
    def is_serial(self) -> bool:
        """Reading is bound by memory, and further threads do not help."""
        ...

    @property
    def order(self) -> Sequence[int] | None:
        """The order in which pictures are to be read where another costs more; None for any."""
        ...

    def opened(self, media: Volume | FrameStack, files: Files) -> Callable[[int], None]:
        """Return what decodes picture k into `media.pixels[k]`; may be called from two threads.

        The call raises CannotDecode for damaged pixels, CannotRead when the file is gone.
        """
        ...

    def file_of(self, index: int) -> FileRef:
        """Return the file that a picture comes from."""
        ...

    def beside(self, index: int) -> range:
        """Return pictures of the same file that follow on one another, this one among them."""
        ...


@dataclass(frozen=True)
class Point:
    """Which of several volumes at the same places one is: a time, an echo, a b-value.

    Args:
        group: the same for all volumes of one series that differ by it.
        name: of what differs, such as "echo time".
        value: in words with its unit, such as "4.2 ms".
        index: among `count`, from 0, in order of the value.
    """

    group: str
    name: str
    value: str
    index: int
    count: int


@dataclass(frozen=True)
class Health:
    """What a series is like, for a person who checks it.

    Args:
        findings: what is odd, the media's own issues first.
        facts: names and values in words, such as ("Slice spacing", "2.5 to 7.5 mm").
    """

    findings: tuple[Issue, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(eq=False)
class Volume(StoredPictures):
    """Slices of one orientation, ordered by position along their normal.

    `pixels` fills while loading, in slice order of `stack`; everything else is fixed. Readers may
    look at `pixels[k]` once `ready[k]` is true.

    Args:
        id: the series UID; "UID#2" for a further stack of one series.
        instances: one per slice, in the stack's order; empty where there is no DICOM object.
        pixels: (count, rows, columns) stored values, or (count, rows, columns, 3) RGB uint8.
        ready: (count,) slices that are decoded.
        reader: fills `pixels`.
        slice_errors: sentence for each slice that could not be decoded.
        slice_of: slice index by SOP Instance UID and frame of that object (0 of a single one).
        is_calibrated: pixel spacing is in mm of the patient.
        point: None where the series has one volume only.
        health: facts and findings, fixed when the headers are read.
    """

    kind: ClassVar[Literal["volume"]] = "volume"
    id: str
    title: str
    facts: SeriesFacts
    stack: Stack
    instances: tuple[Instance, ...]
    pixels: Pixels
    ready: NDArray[np.bool_]
    reader: PixelReader
    rescale: Rescale
    windows: tuple[Window, ...] = ()
    padding: float | None = None
    issues: tuple[Issue, ...] = ()
    slice_errors: dict[int, str] = field(default_factory=dict[int, str])
    slice_of: Mapping[tuple[str, int], int] = field(default_factory=dict[tuple[str, int], int])
    is_calibrated: bool = True
    is_inverted: bool = False  # MONOCHROME1
    lossy: bool = False
    point: Point | None = None
    presentation: Presentation = field(default_factory=Presentation)
    health: Health = Health()
    pages: Pages | None = None  # instead of `pixels`, which has shape and type alone then
    was_let_go: bool = False  # its pixels are read again where they are needed

    @property
    def cells(self) -> tuple[Pixels, int]:
        """Values of all slices, (count, rows, columns), and the pixels along a side of each: 1,
        unless the slices do not fit into memory.
        """
        return (self.pixels, 1) if self.pages is None else (self.pages.copy, self.pages.factor)

    def strips(self, axis: int, index: int) -> Pixels:
        """Return column (axis 0) or row (axis 1) `index` of all slices, (count, cells).

        Where the slices do not fit into memory they come from a copy of lower resolution.
        """
        if self.pages is not None:
            return self.pages.strips(axis, index)
        return self.pixels[:, :, index] if axis == 0 else self.pixels[:, index]

    @property
    def count(self) -> int:
        """Number of slices."""
        return self.stack.count

    @property
    def columns(self) -> int:
        """Width of a slice in pixels."""
        return self.stack.columns

    @property
    def rows(self) -> int:
        """Height of a slice in pixels."""
        return self.stack.rows

    @property
    def spacing_mm(self) -> tuple[float, float]:
        """Distance between columns and between rows; 1 pixel where uncalibrated."""
        return self.stack.spacing_mm


@dataclass(eq=False)
class FrameStack(StoredPictures):
    """Frames in order, without positions in the patient: cine, colour, single images.

    Args:
        pixels: (count, rows, columns) stored values or (count, rows, columns, 3) RGB uint8.
        frame_of: index of the first frame of each SOP Instance UID.
        slice_of: frame index by SOP Instance UID and frame of that object, in place of `frame_of`
            where an object's frames are not all here, or in another order.
        times_s: (count,) when each frame is shown, from 0; None where nothing says so.
        frame_windows: those of each frame where they differ; empty where `windows` hold for all.
        regions: of ultrasound, outside of which nothing says how large pixels are; None without.
    """

    kind: ClassVar[Literal["frames"]] = "frames"
    id: str
    title: str
    facts: SeriesFacts
    instances: tuple[Instance, ...]
    pixels: Pixels
    ready: NDArray[np.bool_]
    reader: PixelReader
    rescale: Rescale
    spacing_mm: tuple[float, float] = (1.0, 1.0)
    windows: tuple[Window, ...] = ()
    padding: float | None = None
    issues: tuple[Issue, ...] = ()
    slice_errors: dict[int, str] = field(default_factory=dict[int, str])
    frame_of: Mapping[str, int] = field(default_factory=dict[str, int])
    slice_of: Mapping[tuple[str, int], int] = field(default_factory=dict[tuple[str, int], int])
    times_s: NDArray[np.float64] | None = None
    frame_windows: tuple[tuple[Window, ...], ...] = ()
    is_calibrated: bool = False
    regions: tuple[Region, ...] | None = None
    is_inverted: bool = False
    lossy: bool = False
    presentation: Presentation = field(default_factory=Presentation)
    health: Health = Health()
    pages: Pages | None = None  # instead of `pixels`, which has shape and type alone then
    was_let_go: bool = False  # its pixels are read again where they are needed

    @property
    def count(self) -> int:
        """Number of frames."""
        return int(self.pixels.shape[0])

    @property
    def columns(self) -> int:
        """Width of a frame in pixels."""
        return int(self.pixels.shape[2])

    @property
    def rows(self) -> int:
        """Height of a frame in pixels."""
        return int(self.pixels.shape[1])


Stored: TypeAlias = Volume | FrameStack  # all pixels are held once they are decoded


@dataclass(eq=False)
class Video:
    """Frames of a video in order of display, decoded when they are looked at.

    Args:
        times_s: (count,) when each frame is displayed, from 0 at the first.
        duration_s: when the last frame ends.
        rows, columns: as displayed, turned as the file says.
        spacing_mm: of a pixel as displayed; (1, 1) or its aspect where uncalibrated.
        frame_of: index of the first frame of each SOP Instance UID, for a video inside DICOM.
        regions: as of a FrameStack.
    """

    kind: ClassVar[Literal["video"]] = "video"
    id: str
    title: str
    facts: SeriesFacts
    file: FileRef
    rows: int
    columns: int
    times_s: NDArray[np.float64]
    duration_s: float
    fetcher: FrameFetcher
    spacing_mm: tuple[float, float] = (1.0, 1.0)
    issues: tuple[Issue, ...] = ()
    slice_errors: dict[int, str] = field(default_factory=dict[int, str])
    frame_of: Mapping[str, int] = field(default_factory=dict[str, int])
    is_calibrated: bool = False
    regions: tuple[Region, ...] | None = None
    lossy: bool = True
    is_colour: ClassVar[bool] = True
    is_inverted: ClassVar[bool] = False

    @property
    def count(self) -> int:
        """Number of frames."""
        return len(self.times_s)

    @property
    def unit(self) -> str:
        """Colours have no unit."""
        return ""

    def picture(self, k: int) -> Pixels | None:
        """Return frame k as (rows, columns, 3) RGB, None until it is decoded."""
        return self.fetcher.kept(k)


Media: TypeAlias = Volume | FrameStack | Video


@dataclass(frozen=True)
class Companion:
    """A DICOM object beside the pictures: a segmentation, structure set, report, plan ...

    Args:
        kind: its class in words, such as "structured report".
        description: of its series, in the words of the file.
        refers_to: UIDs of the series that it names.
    """

    kind: str
    description: str
    file: FileRef
    sop_uid: str = ""
    sop_class: str = ""
    modality: str = ""
    study_uid: str = ""
    series_uid: str = ""
    refers_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class MediaSet:
    """Everything found under the paths that were opened.

    Args:
        media: volumes and frame stacks, most slices first.
        issues: what is to be said, one sentence each; those of the media at opening among them.
        companions: DICOM objects that are no pictures, in the order of their files.
        skipped: files that are not DICOM (reported, not opened).
        exports: JSON files met on the way, which may be label exports.
        plain: files that are no DICOM objects, among them those of the media.
        plain_issues: those of `issues` that are about such files.
    """

    media: tuple[Media, ...] = ()
    issues: tuple[Issue, ...] = ()
    companions: tuple[Companion, ...] = ()
    skipped: int = 0
    exports: tuple[str, ...] = ()
    plain: tuple[FileRef, ...] = ()
    plain_issues: tuple[Issue, ...] = ()
