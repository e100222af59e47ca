"""A view in words, for those who hear it."""

from __future__ import annotations

from collections.abc import Sequence

from viewer.errors import Issue
from viewer.model.counted import counted
from viewer.model.project import Export
from viewer.paint.picture import ViewPicture
from viewer.paint.states import Message
from viewer.render.mark_index import index_of
from viewer.render.planes import is_reformatted
from viewer.session.playable import point_words
from viewer.session.session import Session
from viewer.ui.media.series_facts import ORDER
from viewer.ui.view.port import ViewPort

MOST_NAMED = 3
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


def accessible_words(session: Session, port: ViewPort, picture: ViewPicture | None) -> str:
    """Return such as "Axial view, slice 17 of 28, 4 labels, Hypodensity selected"."""
    shown = port.shown
    if shown is None or picture is None:
        return "Empty view"
    name = f"{port.plane.title()} view" if is_reformatted(shown.media) else "Image view"
    part = "slice" if shown.media.kind == "volume" else "frame"
    index = index_of(picture.marks)
    labels = counted(len(index.places), "label")
    point = point_words(shown.media)
    named = [f"{port.pane.title}: {name}" if port.pane.title else name, *([point] if point else [])]
    words = [*named, f"{part} {port.index + 1} of {shown.count}", labels]
    places = sorted(index.places[id][0] for id in session.selection if id in index.places)
    if places:
        selected = [picture.marks[at].text for at in places[:MOST_NAMED]]
        words.append(f"{', '.join(selected)} selected")
    if session.mode == "edit":
        words.append("Edit mode")
    return ", ".join(words)
