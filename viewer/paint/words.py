"""The corner texts of a view."""

from __future__ import annotations

import numpy as np

from viewer.geometry.oblique import AnyPlane, ObliquePlane
from viewer.media.volume import Media, Video, Volume, Window
from viewer.paint.framing import Affine, px_per_mm
from viewer.paint.furniture import Corners
from viewer.paint.pixels import is_at_rest
from viewer.paint.stage import Stage
from viewer.session.playable import point_words, series_title
from viewer.session.turning import is_along_patient
from viewer.session.viewing import TextLevel

COUNTED = ("column", "row", "slice", "plane")  # what an axis of the volume counts, or none of them
LEAST_OBLIQUE_DEG = 1.0  # less is how a patient lies
THIN = "\u2009"  # before units
MINUS = "\u2212"


def corners_of(
    stage: Stage, window: Window | None, affine: Affine, level: TextLevel, *, patient_hidden: bool
) -> Corners:
    """Return the texts of a view's four corners.

    Args:
        stage: what the view shows.
        window: as it is applied; None for colour.
        affine: screen_from_plane, for the zoom.
        level: "none" leaves nothing but "Patient hidden".
        patient_hidden: stands in place of the patient's block.
    """
    hidden = ("Patient hidden",) if patient_hidden else ()
    if level == "none":
        return Corners(top_left=hidden)
    is_full = level == "all"
    return Corners(
        top_left=(hidden or patient_lines(stage.media, full=is_full))
        + (series_title(stage.media),),
        top_right=_plane_lines(stage, full=is_full),
        bottom_left=_window_lines(stage, window, affine, full=is_full),
        bottom_right=_slice_lines(stage, full=is_full),
    )


def patient_lines(media: Media, *, full: bool) -> tuple[str, ...]:
    """Return name, ID, sex and age, study date; what the header lacks is left out."""
    patient = media.facts.patient
    name = patient.name.replace("^", " ").strip()
    if not full:
        return _filled(name or patient.id)
    sex_and_age = " ".join(_filled(patient.sex, patient.age))
    return _filled(name, patient.id, sex_and_age, day_of(media.facts.study_date))


def day_of(date: str) -> str:
    """Return a DICOM DA value (YYYYMMDD) as YYYY-MM-DD; anything else as it is."""
    if len(date) == 8 and date.isdigit():
        return f"{date[:4]}-{date[4:6]}-{date[6:]}"
    return date


def number_text(value: float) -> str:
    """Return a window's number: whole from 10 on, else three digits, with a real minus."""
    text = f"{value:.0f}" if abs(value) >= 10 or value == round(value) else f"{value:.3g}"
    return text.replace("-", MINUS)


def position_of(stage: Stage) -> str:
    """Return "slice 17 / 28", "column 312 / 512" or "frame 3 / 96"; screens count from 1."""
    unit = "image" if stage.count == 1 else "frame"
    counted = unit if stage.view is None else COUNTED[stage.view.axis]
    return f"{counted} {stage.index + 1} / {stage.count}"


def plane_words(view: AnyPlane) -> tuple[str, ...]:
    """Return the name of a plane, or by how much it is turned from it."""
    if isinstance(view, ObliquePlane) and not is_along_patient(view):
        return "Oblique", f"{view.angle_deg:.0f}\u00b0 from {view.name}"
    return (view.name.capitalize(),)


def _slab_words(stage: Stage, *, full: bool) -> tuple[str, ...]:
    """How thick it is drawn; and that labels of the whole thickness are shown."""
    if stage.slab is None:
        return ()
    if not is_at_rest(stage):
        return "thin until done:", stage.slab.words
    return (stage.slab.words, "all labels in it") if full else (stage.slab.words,)


def axes_words(view: AnyPlane) -> str:
    """Return which axes a plane of an oblique acquisition goes along, "" where they are one.

    A tilt is said by itself; of a plane that a person turned its own words say how it lies.
    """
    if isinstance(view, ObliquePlane):
        return "patient axes" if is_along_patient(view) else ""
    away = np.degrees(np.arccos(min(float(np.abs(view.e_n).max()), 1.0)))
    return "acquisition axes" if away >= LEAST_OBLIQUE_DEG and not view.stack.is_tilted else ""


def _plane_lines(stage: Stage, *, full: bool) -> tuple[str, ...]:
    media = stage.media
    named = plane_words(stage.view) if stage.view else (media.facts.modality,)
    lines = [*named, *_slab_words(stage, full=full)]
    if stage.view is not None:
        lines += _filled(axes_words(stage.view))
        short = _short if stage.view.is_acquired else _shortest
        lines += [short(oddity) for oddity in stage.view.stack.oddities()]
    if media.lossy:
        lines.append(loss_text(media))
    if not media.is_calibrated:
        lines.append("not calibrated: lengths in px")
    return _filled(*lines) if full else _filled(*lines[:4])


def loss_text(media: Media) -> str:
    """Return "lossy compression", with the method and ratio that the header tells."""
    loss = "" if isinstance(media, Video) else media.presentation.loss
    return f"lossy compression ({loss})" if loss else "lossy compression"


def _short(oddity: str) -> str:
    return oddity.replace(" degrees: planes are drawn sheared,", "\u00b0,")


def _shortest(oddity: str) -> str:
    """Return what a narrow reformat has room for; the acquired plane beside it says the rest."""
    if oddity.startswith("uneven spacing"):
        return "uneven spacing"
    if oddity.startswith("slices are displaced"):
        return "slices are displaced"
    if " missing between " in oddity:
        count = oddity.partition(" ")[0]
        return f"{count} slice missing" if count == "1" else f"{count} slices missing"
    return _short(oddity).partition(",")[0]


def window_text(window: Window) -> str:
    """Return "W 400 L 40", with its curve where it is none of straight lines; a table's name."""
    if window.table is not None:
        return f"LUT {window.name}"
    curve = " sigmoid" if window.function == "SIGMOID" else ""
    return f"W {number_text(window.width)} L {number_text(window.center)}{curve}"


def _window_lines(
    stage: Stage, window: Window | None, affine: Affine, *, full: bool
) -> tuple[str, ...]:
    lines: list[str] = []
    if window is not None:
        lines.append(window_text(window))
    if full:
        zoom = px_per_mm(affine) * min(stage.media.spacing_mm)
        lines.append(f"zoom {zoom:.2f}{THIN}\u00d7")
    return tuple(lines)


def _slice_lines(stage: Stage, *, full: bool) -> tuple[str, ...]:
    lines = [position_of(stage)]
    lines += _time_line(stage)
    if stage.section.is_acquired:  # the reformats beside it are of the same volume
        lines += _filled(point_words(stage.media))
    if stage.view is not None and stage.media.is_calibrated:
        lines.append(stage.view.position_text(stage.index).replace("-", MINUS))
        if full and stage.view.is_acquired and stage.media.facts.slice_thickness_mm:
            lines.append(f"{stage.media.facts.slice_thickness_mm:.1f}{THIN}mm thick")
    return tuple(lines)


def _time_line(stage: Stage) -> tuple[str, ...]:
    """When a frame is shown, where the file says so."""
    media = stage.media
    times = None if isinstance(media, Volume) else media.times_s
    if times is None or media.count < 2 or len(times) != media.count:
        return ()
    return (f"{times[stage.index]:.3f}{THIN}s",)


def _filled(*lines: str) -> tuple[str, ...]:
    return tuple(line for line in lines if line)
