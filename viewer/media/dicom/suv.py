"""Standardised uptake value by body weight of PET series, or why there is none.

Source: DICOM PS3.3 C.8.9 (PET), and the calculation that the RSNA's QIBA FDG-PET/CT profile gives
for each vendor.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from viewer.media.dicom.sequences import first_item, value_of

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_LONGEST = timedelta(days=2)  # between injection and scan
_DOSE_BQ = (1e4, 1e11)  # a person gets some 1e6 to 1e9
_WEIGHT_KG = (0.2, 500.0)
_PHILIPS = "Philips PET Private Group"
_GE = "GEMS_PETD_01"


@dataclass(frozen=True)
class Suv:
    """SUVbw = modality value * factor, in g/ml; or why it is not known.

    Args:
        factor: g/ml for one unit of the modality values; None without.
        problem: what is missing or contradictory, in words; "" with a factor.
        note: what the factor rests on where the headers leave a choice; "" where they do not.
    """

    factor: float | None
    problem: str = ""
    note: str = ""


class _UnknownError(Exception):
    """Why the factor cannot be computed."""


def suv_of(dataset: Dataset) -> Suv:
    """Return the factor of a PET image, the same for all images of its series."""
    units = str(value_of(dataset, "Units") or "").strip().upper()
    note = ""
    try:
        if units == "GML":
            factor = 1.0
        elif units == "CNTS":
            factor, note = _of_counts(dataset)
        elif units == "BQML":
            factor, note = _of_activity(dataset)
        else:
            raise _UnknownError(f'its units are "{units}"' if units else "it names no units")
    except _UnknownError as error:
        return Suv(None, str(error))
    return Suv(factor, note=note)


def _of_counts(dataset: Dataset) -> tuple[float, str]:
    """Philips keeps counts, with a private factor to SUV or to activity."""
    scale = _private(dataset, 0x7053, 0x00, _PHILIPS)
    if scale:
        return scale, "by the vendor's own factor"
    to_activity = _private(dataset, 0x7053, 0x09, _PHILIPS)
    if not to_activity:
        raise _UnknownError("its counts have no factor to activity (7053,xx00 and 7053,xx09)")
    factor, note = _of_activity(dataset)
    return factor * to_activity, note


def _of_activity(dataset: Dataset) -> tuple[float, str]:
    corrected = value_of(dataset, "CorrectedImage") or ()
    corrections = {corrected} if isinstance(corrected, str) else {str(c) for c in corrected}
    if corrections and not corrections & {"DECY", "DECAY"}:
        raise _UnknownError("its values are not corrected for decay (0028,0051)")
    weight = _number(dataset, "PatientWeight", "the patient's weight (0010,1030)", _WEIGHT_KG)
    drug = first_item(dataset, "RadiopharmaceuticalInformationSequence")
    if drug is None:
        raise _UnknownError("the radiopharmaceutical (0054,0016) is missing")
    dose = _number(drug, "RadionuclideTotalDose", "the injected dose (0018,1074)", _DOSE_BQ)
    correction = str(value_of(dataset, "DecayCorrection") or "").strip().upper()
    if correction == "ADMIN":
        return 1000.0 * weight / dose, "decay corrected to the injection"
    if correction != "START":
        said = f'"{correction}"' if correction else "missing"
        raise _UnknownError(f"its decay correction (0054,1102) is {said}")
    half_life = _number(drug, "RadionuclideHalfLife", "the half life (0018,1075)", (1.0, 1e9))
    began, note = _scan_start(dataset, half_life)
    waited = (began - _injected(drug, began)).total_seconds()
    if not 0 <= waited <= _LONGEST.total_seconds():
        raise _UnknownError("the injection was not in the two days before the scan")
    return 1000.0 * weight / (dose * math.pow(2.0, -waited / half_life)), note


def _scan_start(dataset: Dataset, half_life_s: float) -> tuple[datetime, str]:
    """The time that values are decay corrected to.

    It is the series time, unless the series was made anew after the acquisition.
    """
    series = _moment(dataset, "SeriesDate", "SeriesTime")
    acquired = _moment(dataset, "AcquisitionDate", "AcquisitionTime")
    if series is not None and (acquired is None or series <= acquired):
        return series, ""
    private = _private_moment(dataset)
    if private is not None:
        return private, "from the vendor's own scan time"
    if acquired is None:
        raise _UnknownError("the time of the scan (0008,0031 and 0008,0032) is missing")
    delay = _frame_delay_s(dataset, half_life_s)
    if delay is None:
        raise _UnknownError(
            "its series time is later than its acquisition, so that the time which the decay"
            " is corrected to is not known"
        )
    return acquired - timedelta(seconds=delay), "from the frame reference time"


def _frame_delay_s(dataset: Dataset, half_life_s: float) -> float | None:
    """From the time of reference to the acquisition of this image.

    Frame Reference Time (0054,1300) is when the mean count rate of the frame was reached.
    """
    reference = _positive(dataset, "FrameReferenceTime")
    duration = _positive(dataset, "ActualFrameDuration")
    if reference is None or duration is None or reference > 1000 * _LONGEST.total_seconds():
        return None
    decays = math.log(2) / half_life_s * duration / 1000
    mean = duration / 1000 * (math.log(decays / -math.expm1(-decays)) / decays)
    return max(reference / 1000 - mean, 0.0)


def _positive(dataset: Dataset, keyword: str) -> float | None:
    try:
        number = float(str(value_of(dataset, keyword)))
    except ValueError:
        return None
    return number if math.isfinite(number) and number > 0 else None


def _injected(drug: Dataset, began: datetime) -> datetime:
    """When the dose was given; a time without date is on the day of the scan or the one before."""
    exact = _parsed(str(value_of(drug, "RadiopharmaceuticalStartDateTime") or ""))
    if exact is not None:
        return exact
    clock = str(value_of(drug, "RadiopharmaceuticalStartTime") or "").strip()
    moment = _parsed(f"{began:%Y%m%d}{clock}") if clock else None
    if moment is None:
        raise _UnknownError("the time of injection (0018,1072) is missing")
    return moment if moment <= began else moment - timedelta(days=1)


def _moment(dataset: Dataset, date: str, time: str) -> datetime | None:
    day, clock = (str(value_of(dataset, key) or "").strip() for key in (date, time))
    return _parsed(day.replace(".", "") + clock) if day and clock else None


def _parsed(text: str) -> datetime | None:
    """A DICOM DT (PS3.5 6.2) without its zone; None when it is none."""
    text = text.strip().replace(":", "")
    for mark in "+-":
        text = text.partition(mark)[0]
    whole, _, fraction = text.partition(".")
    if not 10 <= len(whole) <= 14 or not (whole + fraction).isdigit():
        return None
    try:
        moment = datetime.strptime(whole.ljust(14, "0"), "%Y%m%d%H%M%S")
    except ValueError:
        return None
    return moment + timedelta(seconds=float(f"0.{fraction or 0}"))


def _number(dataset: Dataset, keyword: str, words: str, limits: tuple[float, float]) -> float:
    value = value_of(dataset, keyword)
    try:
        number = float(value) if value is not None and value != "" else None
    except (TypeError, ValueError):
        number = None
    if number is None:
        raise _UnknownError(f"{words} is missing")
    if not limits[0] <= number <= limits[1]:
        raise _UnknownError(f"{words} of {number:g} cannot be right")
    return number


def _private(dataset: Dataset, group: int, element: int, creator: str) -> float | None:
    """A positive number of a private block, None where there is none."""
    value = _private_value(dataset, group, element, creator)
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if math.isfinite(number) and number > 0 else None


def _private_moment(dataset: Dataset) -> datetime | None:
    value = _private_value(dataset, 0x0009, 0x0D, _GE)
    return None if value is None else _parsed(str(value))


def _private_value(dataset: Dataset, group: int, element: int, creator: str) -> object:
    try:
        value = dataset.private_block(group, creator)[element].value
    except Exception:  # noqa: BLE001 - pydicom raises any kind where there is no such block
        return None
    return value.decode("latin-1").strip(" \0") if isinstance(value, bytes) else value
