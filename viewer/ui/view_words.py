"""A view in words, for those who hear it."""

from __future__ import annotations

from viewer.paint.picture import ViewPicture
from viewer.paint.states import Message
from viewer.session.playable import point_words
from viewer.session.session import Session
from viewer.ui.view_plane import is_reformatted
from viewer.ui.view_port import ViewPort


def empty_message(session: Session) -> Message:
    """Return what stands in a view without images: why there are none, and what to do."""
    if session.issues:
        return Message("No images are open", session.issues[-1].sentence)
    if session.project.exports:
        return Message("These labels have no images yet", "Open their folder with Ctrl+O.")
    return Message(
        "No images are open", "Drag a folder of images or a video here, or press Ctrl+O."
    )


def accessible_words(session: Session, port: ViewPort, picture: ViewPicture | None) -> str:
    """Return such as "Axial view, slice 17 of 28, 4 labels, Hypodensity selected"."""
    shown = port.shown
    if shown is None or picture is None:
        return "Empty view"
    name = f"{port.plane.title()} view" if is_reformatted(shown.media) else "Image view"
    part = "slice" if shown.media.kind == "volume" else "frame"
    marks = {mark.id: mark.text for mark in picture.marks}
    labels = f"{len(marks)} label" if len(marks) == 1 else f"{len(marks)} labels"
    point = point_words(shown.media)
    words = [name, *([point] if point else []), f"{part} {port.index + 1} of {shown.count}", labels]
    selected = [text for id, text in marks.items() if id in session.selection]
    if selected:
        words.append(f"{', '.join(selected[:3])} selected")
    if session.mode == "edit":
        words.append("Edit mode")
    return ", ".join(words)
