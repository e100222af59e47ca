"""A view in words, for those who hear it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from viewer.errors import Issue
from viewer.model.annotation import AnnotationId
from viewer.model.counted import counted
from viewer.model.project import Export
from viewer.paint.picture import ViewPicture
from viewer.paint.states import Message
from viewer.render.overlay import Mark
from viewer.render.planes import is_reformatted
from viewer.review.kept import kept_for_views
from viewer.session.playable import point_words
from viewer.session.session import Session
from viewer.ui.media.series_facts import ORDER
from viewer.ui.view.port import ViewPort

SUMS = ("no-media", "not-dicom")  # what issues say of all files together


def empty_message(session: Session) -> Message:
    """Return what stands in a view without images: why there are none, and what to do."""
    if session.issues:
        return Message("No images are open", _why(session.issues))
    exports = session.project.exports.values()
    if exports and all(map(_is_unshown, exports)):
        return Message(
            "These labels are of no images",
            "They are of sound, text or other data; the list shows them.",
        )
    if exports:
        return Message("These labels have no images yet", "Open their folder with Ctrl+O.")
    return Message(
        "No images are open", "Drag a folder of images or a video here, or press Ctrl+O."
    )


def _is_unshown(export: Export) -> bool:
    """All that an export lists is no picture."""
    return bool(export.entries) and all(entry.unshown for entry in export.entries)


def _why(issues: Sequence[Issue]) -> str:
    """The worst that was found in the files themselves; that none held a picture, without one."""
    found = [issue for issue in issues if issue.code not in SUMS]
    if not found:
        return issues[-1].sentence
    worst = min(found, key=lambda issue: ORDER.index(issue.severity))
    more = f" {len(found) - 1:,} more: see Issues." if len(found) > 1 else ""
    return f"{worst.sentence}{more}"


@kept_for_views(4)
def _texts(marks: tuple[Mark, ...]) -> Mapping[AnnotationId, str]:
    return {mark.id: mark.text for mark in marks}


def accessible_words(session: Session, port: ViewPort, picture: ViewPicture | None) -> str:
    """Return such as "Axial view, slice 17 of 28, 4 labels, Hypodensity selected"."""
    shown = port.shown
    if shown is None or picture is None:
        return "Empty view"
    name = f"{port.plane.title()} view" if is_reformatted(shown.media) else "Image view"
    part = "slice" if shown.media.kind == "volume" else "frame"
    marks = _texts(picture.marks)
    labels = counted(len(marks), "label")
    point = point_words(shown.media)
    named = [f"{port.pane.title}: {name}" if port.pane.title else name, *([point] if point else [])]
    words = [*named, f"{part} {port.index + 1} of {shown.count}", labels]
    selected = [text for id, text in marks.items() if id in session.selection]
    if selected:
        words.append(f"{', '.join(selected[:3])} selected")
    if session.mode == "edit":
        words.append("Edit mode")
    return ", ".join(words)
