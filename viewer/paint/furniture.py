"""Everything on a view that is neither picture nor label: texts, letters, scale bar, strip, states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from viewer.paint.framing import Bounds

FrameStyle = Literal["none", "active", "edit", "edit-dim"]


@dataclass(frozen=True)
class Corners:
    """Lines of text in the four corners; the first of each in the stronger colour."""

    top_left: tuple[str, ...] = ()
    top_right: tuple[str, ...] = ()
    bottom_left: tuple[str, ...] = ()
    bottom_right: tuple[str, ...] = ()


@dataclass(frozen=True)
class Letters:
    """Orientation letters at the middle of the edges, main component first."""

    left: str = ""
    right: str = ""
    top: str = ""
    bottom: str = ""


@dataclass(frozen=True)
class Cross:
    """The crosshair: plane (p, q) in mm, and the plane each line stands for.

    Args:
        p, q: where the lines meet.
        p_plane: plane whose line runs at constant p.
        q_plane: plane whose line runs at constant q.
    """

    p: float
    q: float
    p_plane: str
    q_plane: str


@dataclass(frozen=True)
class Strip:
    """The slice strip: one cell per slice, the first at the bottom unless `top_first`.

    Args:
        count: number of slices.
        current: the slice shown.
        colors: up to three colours for each slice that has labels.
        top_first: slice 0 is at the top (frames; stacks that run towards the feet).
    """

    count: int
    current: int
    colors: tuple[tuple[int, tuple[str, ...]], ...] = ()
    top_first: bool = False


@dataclass(frozen=True)
class GapBand:
    """A place without slices on a reformat, in plane mm, and what to say of it."""

    rect: Bounds
    text: str


@dataclass(frozen=True)
class Message:
    """Why there is no picture: a heading, a sentence, and whether the picture is broken."""

    title: str
    text: str = ""
    is_broken: bool = False


@dataclass(frozen=True)
class Loading:
    """Slices decoded so far."""

    done: int
    total: int
