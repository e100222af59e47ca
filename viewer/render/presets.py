"""The windows of the keys 1 to 9: those of the modality by their ids, then the file's own."""

from __future__ import annotations

from dataclasses import replace

from viewer.media.volume import Media, Stored, Video, Window
from viewer.render.window import CT_PRESETS

# By digit; bound by id, since lists of presets get reordered. Digits behind are the file's own.
CT_KEYS = ("soft-tissue", "lung", "bone", "brain", "liver")
SUV_TOPS = (5.0, 7.0, 10.0, 15.0, 20.0)  # g/ml; PET windows begin at 0
MOST = 9


def presets_of(media: Media | None) -> tuple[Window, ...]:
    """Return at most nine windows; MR and others without a scale have the file's own alone.

    One of the file that is another's equal is not there twice.
    """
    if media is None or isinstance(media, Video):
        return ()
    own = [
        replace(window, name=window.name or f"File {number}")
        for number, window in enumerate(media.windows, start=1)
    ]
    usual = _usual(media)
    known = {(window.center, window.width, window.function) for window in usual}
    others = (w for w in own if w.table is not None or (w.center, w.width, w.function) not in known)
    return tuple([*usual, *others][:MOST])


def _usual(media: Stored) -> list[Window]:
    if media.facts.modality == "CT":
        return [CT_PRESETS[id] for id in CT_KEYS]
    suv = media.presentation.suv
    if suv is None or suv.factor is None:
        return []
    ends = ((top, top / suv.factor) for top in SUV_TOPS)
    return [Window(end / 2, end, f"SUV 0 to {top:g}:", "LINEAR_EXACT") for top, end in ends]
