"""A session's state as ViewPictures: what each view shows now."""

from __future__ import annotations

from dataclasses import dataclass

from viewer.geometry.views import PlaneName
from viewer.model.annotation import AnnotationId
from viewer.paint.framing import FIT, Affine, Framing
from viewer.paint.furniture import Loading
from viewer.paint.handles import Handles, Preview
from viewer.paint.picture import ViewPicture
from viewer.session.session import Session


@dataclass(frozen=True, eq=False)
class Extras:
    """What a view adds to the session's state.

    Args:
        framing: zoom and pan.
        index: slice along the plane's own axis; None takes the crosshair's.
        hovered: label under the pointer.
        labels: draw labels at all.
        bare: picture and labels alone: no text, ruler, crosshair or strip.
        tags: names beside the labels, or only beside the selected one.
    """

    framing: Framing = FIT
    index: int | None = None
    hovered: AnnotationId | None = None
    handles: Handles | None = None
    preview: Preview | None = None
    loading: Loading | None = None
    labels: bool = True
    bare: bool = False
    tags: bool = True
    notice: str = ""
    patient_hidden: bool = False


NO_EXTRAS = Extras()


def view_picture(
    session: Session, plane: PlaneName, size_px: tuple[float, float], extras: Extras = NO_EXTRAS
) -> ViewPicture:
    """Return what one view of the session's current media shows in `size_px` logical px.

    A FrameStack has one plane, whatever `plane` says.
    """
    raise NotImplementedError


def view_affine(
    session: Session, plane: PlaneName, size_px: tuple[float, float], framing: Framing = FIT
) -> Affine | None:
    """Return screen_from_plane of a view without composing the rest; None without media."""
    raise NotImplementedError
