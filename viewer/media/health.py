"""What a series is like and what is odd about it, in words with numbers; plain values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from viewer.errors import Issue
from viewer.geometry.space import letters
from viewer.geometry.stack import Stack
from viewer.geometry.views import view_planes
from viewer.media.dicom import tags
from viewer.media.dicom.images import Image
from viewer.media.instance import PixelFormat, Rescale
from viewer.media.volume import FrameStack, Health, Volume

_SLACK_MM = 0.05  # headers round their distances
_SLACK = 0.02  # of a distance
_TILT_SLACK_DEG = 0.5
_SYNTAXES = {
    "1.2.840.10008.1.2": "uncompressed, implicit little endian",
    "1.2.840.10008.1.2.1": "uncompressed, explicit little endian",
    "1.2.840.10008.1.2.1.99": "deflated",
    "1.2.840.10008.1.2.2": "uncompressed, big endian",
    "1.2.840.10008.1.2.4.50": "JPEG baseline, lossy",
    "1.2.840.10008.1.2.4.51": "JPEG extended, lossy",
    "1.2.840.10008.1.2.4.53": "JPEG spectral selection, lossy",
    "1.2.840.10008.1.2.4.55": "JPEG progressive, lossy",
    "1.2.840.10008.1.2.4.57": "JPEG lossless",
    "1.2.840.10008.1.2.4.70": "JPEG lossless",
    "1.2.840.10008.1.2.4.80": "JPEG-LS lossless",
    "1.2.840.10008.1.2.4.81": "JPEG-LS, lossy",
    "1.2.840.10008.1.2.4.90": "JPEG 2000 lossless",
    "1.2.840.10008.1.2.4.91": "JPEG 2000",
    "1.2.840.10008.1.2.4.201": "HTJ2K lossless",
    "1.2.840.10008.1.2.4.202": "HTJ2K lossless, progressive",
    "1.2.840.10008.1.2.4.203": "HTJ2K",
    "1.2.840.10008.1.2.5": "RLE",
    "1.2.840.10008.1.2.8.1": "deflated frames",
}
# First direction of the rows of a transverse picture as scanners make them (PS3.3 C.7.3.1.1.2).
_ROWS_RUN = {"HFS": "L", "HFP": "R", "FFS": "R", "FFP": "L"}


def health_of(media: Volume | FrameStack, images: Sequence[Image]) -> Health:
    """Return the facts of a series and what is odd about it.

    Args:
        media: built of `images`, its own issues among the findings.
        images: in the order of the media's pictures.
    """
    facts = [*_place_facts(media), *_pixel_facts(media, images)]
    findings = list(media.issues)
    if isinstance(media, Volume):
        facts += _patient_facts(images[0])
        findings += [
            Issue("note", "contradictory-tags", f"{media.title}: {words}.", media.id)
            for words in _contradictions(media.stack, images)
        ]
    return Health(tuple(findings), tuple(facts))


def plain_health_of(media: Volume | FrameStack) -> Health:
    """Return the facts of pictures that no DICOM object holds, their issues as findings."""
    values = "colours" if media.is_colour else str(media.pixels.dtype)
    return Health(tuple(media.issues), (*_place_facts(media), ("Values", values)))


def _place_facts(media: Volume | FrameStack) -> Iterator[tuple[str, str]]:
    if isinstance(media, Volume):
        yield from _stack_facts(media)
    else:
        yield "Frames", str(media.count)
        if media.times_s is not None and media.times_s[-1] > 0:
            rate = (media.count - 1) / media.times_s[-1]
            lasts_s = media.times_s[-1] + float(np.median(np.diff(media.times_s)))
            yield "Rate", f"{rate:.4g} frames per second, {lasts_s:.3f} s"
    if media.is_calibrated:
        dx, dy = media.spacing_mm
        yield "Pixel spacing", f"{dx:.4g} × {dy:.4g} mm"
    else:
        yield "Pixel spacing", "not known"
    yield "Size", f"{media.columns} × {media.rows} px"


def _stack_facts(volume: Volume) -> Iterator[tuple[str, str]]:
    stack = volume.stack
    missing = sum(gap.missing for gap in stack.gaps)
    yield "Slices", str(stack.count) + (f", {missing} missing" if missing else "")
    if volume.point:
        point = volume.point
        yield "Volume", f"{point.index + 1} of {point.count}: {point.name} {point.value}"
    if stack.count > 1:
        low, high = float(stack.steps_mm.min()), float(stack.steps_mm.max())
        is_even = high - low <= _SLACK * low
        words = f"{stack.step_mm:.4g} mm" if is_even else f"{low:.4g} to {high:.4g} mm"
        yield "Slice spacing", words
    thickness = volume.facts.slice_thickness_mm
    if thickness:
        yield "Slice thickness", f"{thickness:.4g} mm{_coverage(stack, thickness)}"
    plane = next(name for name, view in view_planes(stack).items() if view.is_acquired)
    yield "Acquired", plane + (_oblique(stack))
    ways = (stack.row_direction, stack.column_direction, stack.normal)
    yield "Axes run to", ", ".join(letters(way) for way in ways)
    yield "Tilt", f"{stack.tilt_deg:.1f} degrees" if stack.is_tilted else "none"


def _coverage(stack: Stack, thickness: float) -> str:
    """How slices of this thickness fill the way from one to the next."""
    rest = stack.step_mm - thickness
    if stack.count == 1 or abs(rest) <= max(_SLACK_MM, _SLACK * thickness):
        return ""
    return f", {rest:.4g} mm between left out" if rest > 0 else f", overlapping by {-rest:.4g} mm"


def _oblique(stack: Stack) -> str:
    """By how much the normal leaves the patient's nearest axis."""
    angle = float(np.degrees(np.arccos(min(1.0, float(np.abs(stack.normal).max())))))
    return f", oblique by {angle:.1f} degrees" if angle >= 1 else ""


def _pixel_facts(media: Volume | FrameStack, images: Sequence[Image]) -> Iterator[tuple[str, str]]:
    form = images[0].instance.format
    yield (
        "Stored as",
        ", ".join(dict.fromkeys(syntax_words(image.instance.transfer_syntax) for image in images)),
    )
    yield "Values", _value_words(form)
    rescales = {image.instance.rescale for image in images}
    if len(rescales) > 1:
        yield "Rescale", f"differs from slice to slice ({len(rescales)} kinds)"
    elif not media.is_colour:
        yield "Rescale", _rescale_words(images[0].instance.rescale)
    if media.presentation.suv is not None:
        yield "SUV", media.presentation.suv.words
    ratios = {image.header.text(tags.LOSSY_RATIO) for image in images} - {""}
    ratio = f", {' and '.join(sorted(ratios)[:3])} : 1" if ratios else ""
    yield "Lossy", f"yes{ratio}" if media.lossy else "no"
    files = {image.instance.file for image in images}
    yield "Files", str(len(files))


def _rescale_words(rescale: Rescale) -> str:
    """What makes a stored value a modality value: "× 1 − 1024 HU", "none"."""
    if (rescale.slope, rescale.intercept) == (1, 0):
        return f"none, in {rescale.unit}" if rescale.unit else "none"
    sign = "−" if rescale.intercept < 0 else "+"
    added = f"{sign} {abs(rescale.intercept):g} " if rescale.intercept else ""
    return f"× {rescale.slope:g} {added}{rescale.unit}".rstrip()


def syntax_words(uid: str) -> str:
    """What a transfer syntax is called."""
    return _SYNTAXES.get(uid) or uid or "not said"


def _value_words(form: PixelFormat) -> str:
    if form.kind == "f":
        return f"{form.bits_allocated}-bit floating point"
    sign = "signed" if form.is_signed else "unsigned"
    kind = form.photometric if form.samples > 1 or "MONOCHROME" not in form.photometric else sign
    return f"{form.bits_stored}-bit, {kind}"


def _patient_facts(image: Image) -> Iterator[tuple[str, str]]:
    position = image.header.text(tags.PATIENT_POSITION)
    if position:
        yield "Patient position", position


def _contradictions(stack: Stack, images: Sequence[Image]) -> Iterator[str]:
    """Tags that disagree with the positions, which are what counts (PS3.3 C.7.6.2)."""
    header = images[0].header
    said = header.number(tags.SPACING_BETWEEN_SLICES)
    way = float(np.linalg.norm(stack.run))  # along the table, where the gantry is tilted
    if said and stack.count > 1 and all(_differ(abs(said), mm) for mm in (stack.step_mm, way)):
        yield (
            f"the header says {abs(said):.4g} mm between slices, their positions are"
            f" {stack.step_mm:.4g} mm apart; the positions count"
        )
    yield from _against_locations(stack, images)
    tilt = header.number(tags.GANTRY_TILT)
    if tilt is not None and stack.count > 1 and abs(abs(tilt) - stack.tilt_deg) > _TILT_SLACK_DEG:
        yield (
            f"the header says a gantry tilt of {abs(tilt):.1f} degrees, the positions show"
            f" {stack.tilt_deg:.1f}; the positions count"
        )
    yield from _against_patient_position(stack, images[0])
    pixel, detector = header.numbers(tags.PIXEL_SPACING), header.numbers(tags.IMAGER_PIXEL_SPACING)
    if len(pixel) == len(detector) == 2 and _differ(pixel[0], detector[0]):
        yield (
            f"pixel spacing is {pixel[0]:.4g} mm, {detector[0]:.4g} mm at the detector; the first"
            " is used"
        )
    changed = sum(image.plane_note != "" for image in images)
    if changed:
        first = next(image for image in images if image.plane_note)
        yield f"in {changed} of {len(images)} slices {first.plane_note}"


def _against_locations(stack: Stack, images: Sequence[Image]) -> Iterator[str]:
    """Slice Location against the positions along the normal, or along the way of the table."""
    given = [image.header.number(tags.SLICE_LOCATION) for image in images]
    locations = np.array([np.nan if number is None else number for number in given])
    if stack.count < 2 or np.isnan(locations).any():
        return
    away = np.linalg.norm(stack.origins - stack.origins[0], axis=1)
    ways = (stack.positions_mm, away, *stack.origins.T)
    errors = [
        min(
            float(np.abs((locations - locations[0]) - sign * (way - way[0])).max())
            for sign in (1, -1)
        )
        for way in ways
    ]
    if min(errors) > max(_SLACK_MM, stack.step_mm / 4):
        yield (
            f"Slice Location differs from the positions by up to {min(errors):.1f} mm; the"
            " positions count"
        )


def _against_patient_position(stack: Stack, image: Image) -> Iterator[str]:
    """Transverse CT as acquired: rows run as the patient lies."""
    position = image.header.text(tags.PATIENT_POSITION)
    is_axial = "ORIGINAL" in image.image_type and "AXIAL" in image.image_type
    runs = letters(stack.row_direction)
    if is_axial and position in _ROWS_RUN and runs in ("L", "R") and runs != _ROWS_RUN[position]:
        yield (
            f"the patient position is {position}, but rows run to {runs}; left and right follow"
            " the orientation of the images"
        )


def _differ(one: float, other: float) -> bool:
    return abs(one - other) > max(_SLACK_MM if min(one, other) > 1 else 0.0, _SLACK * other)
