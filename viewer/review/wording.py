"""Reasons of matching in words, with the names and numbers that a person needs to act."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from viewer.model.subject import MediaKey, Plane
from viewer.review.evidence import short

REPORT = "Labels and images"  # the page where bindings are seen and changed


class EntryCase(msgspec.Struct, frozen=True):
    """The entry of an export that a placement names.

    Args:
        title, names: as the export has them.
        item: name of the single file that is named, None without one.
        items: names of all of its files.
        evidence: why it is shown where it is, or on nothing.
        unshown: what it is, where that is no picture.
    """

    title: str = ""
    names: tuple[str, ...] = ()
    item: str | None = None
    items: tuple[str, ...] = ()
    evidence: str = ""
    unshown: str = ""


class Case(msgspec.Struct, frozen=True):
    """What a sentence about one placement names.

    Args:
        reason: one of REASONS.
        key: what the export names.
        frame: frame number from 0, None without one.
        size: width and height as the export states them.
        real: width and height of the pixels found, None without pixels.
        class_id: the annotation's class.
        locked_reason: why it cannot be edited.
        plane: as the export names it.
        entry: what the export's entry says, None without one.
        equal: size of its plane at equal spacing, None without pixels.
        is_doubtful: the pixels it is matched to name another study or series.
        is_unsure: it is matched by size or order alone.
        is_listed: its exam is in the export's list.
        is_classed: its class is in the export, or it names none.
    """

    reason: str = ""
    key: MediaKey = MediaKey()
    frame: int | None = None
    size: tuple[int, int] | None = None
    real: tuple[int, int] | None = None
    class_id: str = ""
    locked_reason: str | None = None
    plane: Plane = "acquired"
    entry: EntryCase | None = None
    equal: tuple[int, int] | None = None
    is_doubtful: bool = False
    is_unsure: bool = False
    is_listed: bool = True
    is_classed: bool = True


def sentence_of(case: Case) -> str:
    """Return one sentence, "" when there is nothing to say."""
    return _WORDS.get(case.reason, _care)(case)


def _not_loaded(case: Case) -> str:
    key = case.key
    if key.series is not None:
        what = f"Series {key.series} of exam {key.study}"
    elif key.study is not None:
        what = f"Exam {key.study}"
    else:
        what = f"Image {key.instance or key.entry}"
    return f"{what} is not open; open the folder that holds it."


def _missing(case: Case) -> str:
    key, entry = case.key, case.entry
    if entry is not None:
        if entry.item is None:
            return f"{_title(entry)} has no file number {key.item} (counted from 0) in the export."
        alike = entry.items.count(entry.item)
        if alike > 1:
            return (
                f"{alike:,} files of {_title(entry)} are called {short(entry.item)}, and which of"
                " the open ones is meant cannot be told."
            )
        return f"{short(entry.item)} of {_title(entry)} is not open; open the folder that holds it."
    where = f"series {key.series}" if key.series is not None else f"exam {key.study}"
    return f"Image {key.instance} is not among the open images of {where}."


def _size(case: Case) -> str:
    said = (
        f"The export says the image is {_by(case.size)} pixels, the open one is "
        f"{_by(case.real)}: the label would lie in the wrong place."
    )
    if case.entry is not None and case.size is not None and case.size == case.equal:
        said += (
            f" Equal spacing for the {case.plane} plane, under {REPORT}, would fit it: that"
            f" plane has {_by(case.equal)} pixels then."
        )
    return said


def _not_found(case: Case) -> str:
    entry = case.entry
    if entry is None:
        return f"The export does not list {short(case.key.entry or '')}, which the record names."
    if entry.unshown:
        return f"{_title(entry)} is {short(entry.unshown)}, of which there is no picture to show."
    known = ", ".join(short(name) for name in entry.names[:3]) or "it has no name"
    return (
        f"No open images belong to {_title(entry)} ({known}); open the folder that holds them, or"
        f" choose the images under {REPORT}."
    )


def _no_plane(case: Case) -> str:
    return (
        f"The label was drawn on the {case.plane} plane, which the open images do not have, since"
        " nothing says where they lie in the patient."
    )


def _turned(case: Case) -> str:
    return (
        f"The label is in voxels, and the images of {_title(case.entry or EntryCase())} count their"
        " slices or sides otherwise than voxels: it would lie in the wrong place. Open the images"
        f" that were labelled, or set order, offset and flips under {REPORT}."
    )


def _turned_twice(case: Case) -> str:
    return (
        f"{_title(case.entry or EntryCase())} is flipped or scaled otherwise than another entry"
        f" that is shown on the same images; choose the same for both under {REPORT}."
    )


def _unlisted(case: Case) -> str:
    return f"Exam {case.key.study} is not in the export's list of exams, and it is not open."


def _no_key(_case: Case) -> str:
    return "The record names no image, series or exam."


def _no_class(case: Case) -> str:
    return f"The export has no label {case.class_id}, so the shape has no known kind."


def _damaged(case: Case) -> str:
    return case.locked_reason or "The record cannot be understood; it is kept as it is."


def _no_frame(case: Case) -> str:
    if case.entry is not None:
        on = "" if case.plane == "acquired" else f" on the {case.plane} plane"
        return (
            f"The open images of {_title(case.entry)} have no frame {case.frame or 0} (counted"
            f" from 0){on}; check the first frame and their number under {REPORT}."
        )
    return f"The open images have no frame {case.frame or 0} (counted from 0) of this object."


def _no_image(case: Case) -> str:
    key = case.key
    if case.entry is not None:
        return f"The record has a shape, but names no frame of {_title(case.entry)} to draw it on."
    what = f"series {key.series}" if key.series is not None else f"exam {key.study}"
    return f"The record has a shape, but names only {what} and no image to draw it on."


def _several(case: Case) -> str:
    if case.entry is not None:
        return f"{_title(case.entry)}: {case.entry.evidence} under {REPORT}."
    return (
        f"Several open images are called {case.key.instance}, and the record does not say which is"
        " meant; open the one that was labelled alone."
    )


def _care(case: Case) -> str:
    if case.is_doubtful:
        return (
            f"{_named(case)}, but the header of its image names another: check that it is the"
            " right patient."
        )
    if case.is_unsure and case.entry is not None:
        return (
            f"{_title(case.entry)} is shown on these images by little: {case.entry.evidence}."
            f" Check it under {REPORT}."
        )
    if not case.is_listed:
        return (
            f"Exam {case.key.study} is not in the export's list of exams; it is shown all the same."
        )
    if not case.is_classed:
        return f"The export has no label {case.class_id}; the annotation is kept and shown."
    return ""


def _named(case: Case) -> str:
    key = case.key
    if key.study is None and key.series is None:
        return f"The export names another series for {_title(case.entry or EntryCase())}"
    return f"The record names series {key.series or 'unknown'} of exam {key.study or 'unknown'}"


def _title(entry: EntryCase) -> str:
    return short(entry.title or "an entry without a name")


def _by(size: tuple[int, int] | None) -> str:
    return f"{size[0]} x {size[1]}" if size else "of unknown size"


_WORDS: Mapping[str, Callable[[Case], str]] = {
    "series not loaded": _not_loaded,
    "instance missing": _missing,
    "size differs": _size,
    "exam not in list": _unlisted,
    "no media key": _no_key,
    "unknown class": _no_class,
    "damaged record": _damaged,
    "frame out of range": _no_frame,
    "no image named": _no_image,
    "several images": _several,
    "media not found": _not_found,
    "no such plane": _no_plane,
    "voxels turned": _turned,
    "turned twice": _turned_twice,
}
