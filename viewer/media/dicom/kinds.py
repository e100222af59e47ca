"""Which SOP classes are pictures, and what the others are called."""

from __future__ import annotations

from functools import lru_cache

INDEX = "DICOMDIR index"
_NAMES: tuple[tuple[str, str | None], ...] = (  # None: a picture after all
    ("1.2.840.10008.1.3.10", INDEX),
    ("1.2.840.10008.5.1.4.1.1.481.1", None),
    ("1.2.840.10008.5.1.4.1.1.481.2", None),
    ("1.2.840.10008.5.1.4.1.1.481.23", None),
    ("1.2.840.10008.5.1.4.1.1.481.3", "radiotherapy structure set"),
    ("1.2.840.10008.5.1.4.1.1.481.5", "radiotherapy plan"),
    ("1.2.840.10008.5.1.4.1.1.481", "radiotherapy object"),
    ("1.2.840.10008.5.1.4.1.1.4.2", "MR spectroscopy"),
    ("1.2.840.10008.5.1.4.1.1.66.4", "segmentation"),
    ("1.2.840.10008.5.1.4.1.1.66.7", "label map segmentation"),
    ("1.2.840.10008.5.1.4.1.1.66.5", "surface segmentation"),
    ("1.2.840.10008.5.1.4.1.1.66.6", "tractography result"),
    ("1.2.840.10008.5.1.4.1.1.66.1", "spatial registration"),
    ("1.2.840.10008.5.1.4.1.1.66.2", "spatial fiducials"),
    ("1.2.840.10008.5.1.4.1.1.66.3", "deformable spatial registration"),
    ("1.2.840.10008.5.1.4.1.1.66", "raw data object"),
    ("1.2.840.10008.5.1.4.1.1.67", "real world value map"),
    ("1.2.840.10008.5.1.4.1.1.68", "surface scan"),
    ("1.2.840.10008.5.1.4.1.1.78", "ophthalmic measurement"),
    ("1.2.840.10008.5.1.4.1.1.79", "ophthalmic measurement"),
    ("1.2.840.10008.5.1.4.1.1.80", "ophthalmic measurement"),
    ("1.2.840.10008.5.1.4.1.1.88.50", "computer-aided detection report"),
    ("1.2.840.10008.5.1.4.1.1.88.59", "key object selection"),
    ("1.2.840.10008.5.1.4.1.1.88.65", "computer-aided detection report"),
    ("1.2.840.10008.5.1.4.1.1.88.67", "radiation dose report"),
    ("1.2.840.10008.5.1.4.1.1.88.68", "radiopharmaceutical dose report"),
    ("1.2.840.10008.5.1.4.1.1.88", "structured report"),
    ("1.2.840.10008.5.1.4.1.1.9.1", "electrocardiogram"),
    ("1.2.840.10008.5.1.4.1.1.9", "waveform"),
    ("1.2.840.10008.5.1.4.1.1.11", "presentation state"),
    ("1.2.840.10008.5.1.4.1.1.91", "microscopy annotation"),
    ("1.2.840.10008.5.1.4.1.1.104.1", "encapsulated PDF document"),
    ("1.2.840.10008.5.1.4.1.1.104", "encapsulated document"),
    ("1.2.840.10008.5.1.4.1.1.131", "basic structured display"),
    ("1.2.840.10008.5.1.4.38", "hanging protocol"),
    ("1.2.840.10008.5.1.4.39", "colour palette"),
)

# Segmentations have pixels: frames that belong on a series, shown alone where no picture is there.
SEGMENTATIONS = frozenset({"1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7"})
WHOLE_SLIDE = "1.2.840.10008.5.1.4.1.1.77.1.6"


@lru_cache(maxsize=256)
def kind_of(sop_class: str) -> str | None:
    """What an object that is no picture is called; None for pictures and unknown classes."""
    best = ""
    name: str | None = None
    for prefix, words in _NAMES:
        fits = sop_class == prefix or sop_class.startswith(prefix + ".")
        if fits and len(prefix) > len(best):
            best, name = prefix, words
    return name
