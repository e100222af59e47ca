"""One series split into stacks of one size and orientation, and into frames without positions."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence

import numpy as np

from viewer.errors import CannotDecode, CannotRead, Issue, Severity
from viewer.media.dicom import tags
from viewer.media.dicom.building import Draft, title_of
from viewer.media.dicom.frames import frame_images
from viewer.media.dicom.images import Image, spacing_of
from viewer.media.dicom.kinds import WHOLE_SLIDE
from viewer.media.dicom.repeats import Parts, parts_of
from viewer.media.stopping import Cancel, never, stop_if
from viewer.media.volume import Point

_TIMES = ("trigger time", "time offset", "frame reference time", "acquisition time")
_SAME_DIRECTION = 5e-4  # of a unit vector's component: half of what a stack allows
_SAME_SPACING = 5e-4  # relative, half of what a stack allows


def drafts_of(
    series: Sequence[Image], issues: list[Issue], cancelled: Cancel = never
) -> list[Draft]:
    """Split the images of one series; what cannot be placed is said in the issues.

    Raises:
        Cancelled: `cancelled`, asked between images and among their frames, answered yes.
    """
    drafts: list[Draft] = []
    slices: list[Image] = []
    tiled: list[Image] = []
    for image in series:
        stop_if(cancelled)
        if image.is_enhanced or image.frames_said > 1:
            frames = _placed_frames(image, drafts, cancelled)
            slices += frames
        elif image.is_mosaic or image.is_colour:
            tiled.append(image)
        else:
            slices.append(image)
    drafts += _frame_drafts(tiled, _why_frames)
    placed = [image for image in slices if image.plane is not None]
    lost = [image for image in slices if image.plane is None]
    if placed:
        drafts += _volume_drafts(placed, issues)
        if lost:
            issues += map(_left_out, _grouped(lost, lambda image: image.plane_problem))
    else:
        drafts += _frame_drafts(lost, _why_unplaced)
    return drafts


def _placed_frames(image: Image, drafts: list[Draft], cancelled: Cancel) -> list[Image]:
    """The frames of a multi-frame object as slices; where they have no places a draft of all."""
    problem = ""
    try:
        frames = [] if image.is_colour else frame_images(image, cancelled)
    except (CannotRead, CannotDecode) as error:
        frames, problem = [], str(error)
    if not frames:
        drafts.append(_multi_frame(image, problem))
    return frames


def _multi_frame(image: Image, problem: str) -> Draft:
    draft = Draft([image])
    if image.header.text(tags.SOP_CLASS) == WHOLE_SLIDE:
        _say(draft, "tiles-not-assembled", "the tiles of this whole slide are shown one by one")
    elif image.is_enhanced or problem:
        reason = problem or "its frames have no position in the patient"
        if image.is_colour:
            reason = "frames in colour are not placed in the patient"
        _say(
            draft,
            "frame-positions-unused",
            f"shown as frames in stored order with their stored values, because {reason}",
            "warning" if problem else "note",
        )
    return draft


def _frame_drafts(images: Sequence[Image], why: Callable[[Draft], None]) -> list[Draft]:
    """One draft per size and spacing, in order of instance number."""
    drafts: list[Draft] = []
    for group in _grouped(images, _frame_key):
        draft = Draft(sorted(group, key=lambda image: image.number_or_last))
        why(draft)
        drafts.append(draft)
    return drafts


def _frame_key(image: Image) -> Hashable:
    instance = image.instance
    size = (instance.rows, instance.columns)
    return size, image.is_colour, image.is_inverted, image.is_mosaic, spacing_of(image.header)


def _why_frames(draft: Draft) -> None:
    first = draft.images[0]
    if first.is_mosaic:
        _say(
            draft,
            "mosaic",
            "a mosaic: many slices tiled into one picture, shown as it is; the positions of the"
            " slices are not used",
        )
    elif first.plane is not None:
        _say(
            draft,
            "frame-positions-unused",
            "colour images, shown as frames in order of instance number; their positions are not"
            " used",
        )


def _why_unplaced(draft: Draft) -> None:
    first = draft.images[0]
    if first.plane_problem:
        _say(
            draft,
            "slice-without-position",
            f"no slice can be placed in the patient ({first.name}: {first.plane_problem}); shown as"
            " frames in order of instance number",
            "warning",
        )
    elif len(draft.images) > 1:
        _say(
            draft,
            "frames-without-position",
            "the images have no position in the patient; shown as frames in order of instance"
            " number",
        )


def _left_out(images: Sequence[Image]) -> Issue:
    first = images[0]
    reason = first.plane_problem or "it has no position"
    what, they = f"{len(images)} slices are", "they"
    if len(images) == 1:
        what, they = "1 slice is", "it"
    names = ", ".join(image.name for image in images[:5])
    sentence = (
        f"{title_of(first)}: {what} left out of the volume, because {they} cannot be placed"
        f" ({names}: {reason}); export the series again."
    )
    return Issue("error", "slice-without-position", sentence, first.series_key[1])


def _volume_drafts(images: Sequence[Image], issues: list[Issue]) -> list[Draft]:
    groups = [stack for group in _grouped(images, _volume_key) for stack in _clusters(group)]
    drafts: list[Draft] = []
    for number, group in enumerate(groups, 1):
        parted = _parted(group, f"{'/'.join(images[0].group_key)}#{number}", issues)
        for draft in parted if len(groups) > 1 else ():
            segment = group[0].header.short(tags.SEGMENT)
            named = "" if segment is None else f"segment {segment}"
            parts = (f"stack {number}", named, draft.label)
            draft.label = ", ".join(part for part in parts if part)
        drafts += parted
    if len(groups) > 1:
        first = images[0]
        sentence = (
            f"{title_of(first)}: the series mixes {_differences(groups)} and is shown as"
            f" {len(groups)} stacks."
        )
        issues.append(Issue("note", "series-split", sentence, first.series_key[1]))
    return drafts


def _volume_key(image: Image) -> Hashable:
    instance = image.instance
    frame = image.header.text(tags.FRAME_OF_REFERENCE)
    stack, segment = image.header.text(tags.STACK_ID), image.header.short(tags.SEGMENT)
    return (
        image.is_localizer,
        instance.rows,
        instance.columns,
        image.is_inverted,
        frame,
        stack,
        segment,
    )


def _differences(groups: Sequence[Sequence[Image]]) -> str:
    """In words, what the first images of the groups differ in."""
    firsts = [group[0] for group in groups]
    said: list[str] = []
    if len({image.is_localizer for image in firsts}) > 1:
        said.append("localizers")
    if len({(image.instance.rows, image.instance.columns) for image in firsts}) > 1:
        said.append("sizes")
    if any(not _same_directions(firsts[0], image) for image in firsts):
        said.append("orientations")
    if any(not _same_spacing(firsts[0], image) for image in firsts):
        said.append("pixel spacings")
    if len({image.header.text(tags.FRAME_OF_REFERENCE) for image in firsts}) > 1:
        said.append("frames of reference")
    if len({image.header.short(tags.SEGMENT) for image in firsts}) > 1:
        said.append("segments")
    return " and ".join(said) or "stacks (Stack ID)"


def _clusters(images: Sequence[Image]) -> list[list[Image]]:
    """Images of one orientation and pixel spacing together."""
    clusters: list[list[Image]] = []
    for image in images:
        for cluster in clusters:
            if _same_directions(cluster[0], image) and _same_spacing(cluster[0], image):
                cluster.append(image)
                break
        else:
            clusters.append([image])
    return clusters


def _same_directions(a: Image, b: Image) -> bool:
    assert a.plane is not None
    assert b.plane is not None
    if a.header.elements.get(tags.ORIENTATION) == b.header.elements.get(tags.ORIENTATION):
        return True
    along_row = np.abs(a.plane.row_direction - b.plane.row_direction).max()
    along_column = np.abs(a.plane.column_direction - b.plane.column_direction).max()
    return bool(max(along_row, along_column) <= _SAME_DIRECTION)


def _same_spacing(a: Image, b: Image) -> bool:
    assert a.plane is not None
    assert b.plane is not None
    pairs = zip(a.plane.spacing_mm, b.plane.spacing_mm, strict=True)
    return all(math.isclose(one, other, rel_tol=_SAME_SPACING) for one, other in pairs)


def _parted(images: Sequence[Image], group: str, issues: list[Issue]) -> list[Draft]:
    """Drafts of one orientation, repeats of a position told apart; `group` is for their points."""
    found = parts_of(images)
    first = images[0]
    if found.reason and all(len(part.images) == 1 for part in found.parts):
        return [_at_one_position(found)]
    if found.extras:
        issues.append(_put_aside(found.extras))
    count = len(found.parts)
    if count > 1:
        sentence = (
            f"{title_of(first)}: each position occurs {count} times; shown as {count} volumes, told"
            f" apart by {found.reason}: {_listed([part.value for part in found.parts])}."
        )
        issues.append(Issue("note", "positions-repeat", sentence, first.series_key[1]))
        issues += _incomplete(found)
    return [
        Draft(
            part.images,
            label=part.label if count > 1 else "",
            is_volume=True,
            point=Point(group, found.reason, part.value, n, count) if count > 1 else None,
        )
        for n, part in enumerate(found.parts)
    ]


def _put_aside(extras: Sequence[Image]) -> Issue:
    first = extras[0]
    names = ", ".join(image.name for image in extras[:5])
    more = f" and {len(extras) - 5} more" if len(extras) > 5 else ""
    what = "1 image is" if len(extras) == 1 else f"{len(extras)} images are"
    sentence = (
        f"{title_of(first)}: {what} at the position of another one, and neither header values nor"
        f" times nor instance numbers tell them apart; put aside: {names}{more}."
    )
    return Issue("warning", "repeated-position", sentence, first.series_key[1])


def _incomplete(found: Parts) -> list[Issue]:
    """Which volumes lack images; their gaps stay empty."""
    lacking = [part for part in found.parts if len(part.images) < found.positions]
    if not lacking:
        return []
    first = found.parts[0].images[0]
    missing = sum(found.positions - len(part.images) for part in lacking)
    what = "1 image is" if missing == 1 else f"{missing} images are"
    where = [f"{part.label} has {len(part.images)} of {found.positions}" for part in lacking]
    sentence = (
        f"{title_of(first)}: {what} missing in its volumes ({_listed(where)}) and left empty;"
        " export the series again."
    )
    return [Issue("warning", "volumes-incomplete", sentence, first.series_key[1])]


def _at_one_position(found: Parts) -> Draft:
    """Frames in order of what tells them apart; with their times where that is a time."""
    numbers = [part.number for part in found.parts]
    draft = Draft([part.images[0] for part in found.parts])
    factor = {"s": 1.0, "ms": 1e-3}.get(found.unit)
    if factor and found.reason in _TIMES:
        times = [
            (number - (numbers[0] or 0.0)) * factor for number in numbers if number is not None
        ]
        draft.times_s = tuple(times) if len(times) == len(numbers) else ()
    _say(
        draft,
        "one-position",
        f"all {len(numbers)} images are at one position; shown as frames in order of"
        f" {found.reason}",
        "warning" if found.reason == "instance number" else "note",
    )
    return draft


def _listed(words: Sequence[str]) -> str:
    """The first and the last of many words."""
    few = list(words) if len(words) <= 5 else [*words[:3], "...", words[-1]]
    return "; ".join(few)


def _grouped(images: Sequence[Image], key: Callable[[Image], Hashable]) -> list[list[Image]]:
    groups: dict[Hashable, list[Image]] = {}
    for image in images:
        groups.setdefault(key(image), []).append(image)
    return list(groups.values())


def _say(draft: Draft, code: str, words: str, severity: Severity = "note") -> None:
    first = draft.images[0]
    sentence = f"{title_of(first, draft.label)}: {words}."
    draft.issues.append(Issue(severity, code, sentence, first.series_key[1]))
