"""The three planes of a volume, and which slice of which media is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from viewer.geometry.oblique import AnyPlane, ObliquePlane
from viewer.geometry.stack import Stack
from viewer.geometry.views import Axis, PlaneName, ViewPlane, view_planes
from viewer.media.volume import Media, Volume
from viewer.review.kept import kept_for_views


@kept_for_views(64)
def planes_of(stack: Stack) -> Mapping[PlaneName, ViewPlane]:
    """Return the planes of a stack by name; the same objects at every call.

    So what is kept per plane (cuts of shapes) stays valid from frame to frame.
    """
    return MappingProxyType(dict(view_planes(stack)))


@dataclass(frozen=True, eq=False)
class Turned:
    """The planes of a series that were turned.

    Args:
        planes: those of one of its volumes; the others show them at the same places.
    """

    planes: Mapping[PlaneName, ObliquePlane]


@kept_for_views(16)
def turned_planes(stack: Stack, turned: Turned) -> Mapping[PlaneName, AnyPlane]:
    """Return the planes of a stack by name, some of them oblique; the same ones at every call."""
    found: dict[PlaneName, AnyPlane] = dict(planes_of(stack))
    for name, plane in turned.planes.items():
        found[name] = plane if plane.stack is stack else plane.on(planes_of(stack)[name])
    return MappingProxyType(found)


def acquired_plane(media: Media) -> PlaneName:
    """Return the plane in which a media was acquired; frames count as axial."""
    if not isinstance(media, Volume):
        return "axial"
    return next(name for name, plane in planes_of(media.stack).items() if plane.is_acquired)


def is_reformatted(media: Media) -> bool:
    """Whether the media is shown in three planes: a volume of at least three slices."""
    return media.kind == "volume" and media.count >= 3


@dataclass(frozen=True)
class Section:
    """What is looked at: one slice along the axis of a view, or one frame.

    Args:
        media: its index in the session.
        index: slice along the view's axis, or number of the oblique plane; the frame where there
            is no view.
        spacing_mm: between columns and between rows.
        view: None for a FrameStack.
        frame_size: width and height of its frames in pixels, where there is no view.

    Raises:
        ValueError: there is neither a view nor a size.
    """

    media: int
    index: int
    spacing_mm: tuple[float, float]
    view: AnyPlane | None = None
    frame_size: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if self.view is None and self.frame_size is None:
            raise ValueError("nothing says how large a frame is")

    @classmethod
    def of_frame(cls, number: int, media: Media, frame: int) -> Section:
        """Return one frame of the media of this index, which is no volume."""
        return cls(number, frame, media.spacing_mm, None, (media.columns, media.rows))

    @property
    def is_acquired(self) -> bool:
        """The slice as it was acquired, or a frame."""
        return self.axis == 2

    @property
    def own_view(self) -> ViewPlane | None:
        """The plane of the stack that is looked at; None of frames and of an oblique plane."""
        return self.view if isinstance(self.view, ViewPlane) else None

    @property
    def own_axis(self) -> Axis | None:
        """The voxel axis that is cut; None of an oblique plane."""
        if self.view is None:
            return 2
        return None if self.own_view is None else self.own_view.axis

    @property
    def axis(self) -> int:
        """The voxel axis that is cut; 3, which is none, of an oblique plane."""
        return 2 if self.view is None else self.view.axis
