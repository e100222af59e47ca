"""What a cell of the slice strip says while the pointer rests on it."""

from __future__ import annotations

from viewer.media.volume import Volume
from viewer.model.counted import counted
from viewer.render.cut_marks import cut_marks
from viewer.session.session import Session
from viewer.ui.view.port import ViewPort

MOST_CLASSES = 4


def strip_words(session: Session, port: ViewPort, index: int) -> str:
    """Return such as "Slice 17 of 28", and below it how many labels of which classes are there."""
    shown, media = port.shown, port.number
    if shown is None or media is None:
        return ""
    one = "Slice" if isinstance(shown.media, Volume) else "Frame"
    head = f"{one} {index + 1:,} of {shown.count:,}"
    matches, axis = session.matches, shown.axis
    listed = session.display.listed
    own = matches.marks(media, axis, listed).get(index, ())
    cut = () if axis == 2 else cut_marks(matches, media, axis, listed).get(index, ())
    classes = dict.fromkeys((*own, *cut))
    if not classes:
        return f"{head}\nno labels"
    exports = session.project.exports
    known = [(exports[export].ontology.by_id.get(id), id) for export, id in classes]
    names = [label.name if label is not None else id or "No label" for label, id in known]
    names = list(dict.fromkeys(names))
    more = f" and {len(names) - MOST_CLASSES:,} more" if len(names) > MOST_CLASSES else ""
    words = ", ".join(names[:MOST_CLASSES]) + more
    fits = session.display.is_listed if listed is None else listed
    here = len({id for id, _ in matches.on(media, index, axis) if fits(id)})
    count = counted(here, "label") if here and not cut else counted(len(names), "class", "classes")
    return f"{head}\n{count}: {words}"
