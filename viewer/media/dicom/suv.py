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
_OVERNIGHT = timedelta(hours=12)  # the same where the injection's day is not said
_HALF_LIVES = 5  # after which nobody is scanned
_CORRECTIONS = {"attenuation": {"ATTN"}, "decay": {"DECY", "DECAY"}}  # PS3.3 C.8.9.1.1.2
_DOSE_BQ = (1e4, 1e11)  # a person gets some 1e6 to 1e9
_WEIGHT_KG = (0.2, 500.0)
_PHILIPS = "Philips PET Private Group"
_GE = "GEMS_PETD_01"
_UNITS = {  # the codes of Units (0054,1001) as they are written, PS3.3 C.8.9.1.1.3
    "CNTS": "counts",
    "NONE": "",
    "CM2": "cm²",
    "PCNT": "%",
    "CPS": "counts/s",
    "BQML": "Bq/ml",
    "MGMINML": "mg/min/ml",
    "UMOLMINML": "µmol/min/ml",
    "MLMING": "ml/min/g",
    "MLG": "ml/g",
    "1CM": "1/cm",
    "UMOLML": "µmol/ml",
    "PROPCNTS": "proportional to counts",
    "PROPCPS": "proportional to counts/s",
    "MLMINML": "ml/min/ml",
    "MLML": "ml/ml",
    "GML": "g/ml",
    "STDDEV": "standard deviations",
}


@dataclass(frozen=True)
class Suv:
    """SUVbw = modality value * factor, in g/ml; or why it is not known.

    Args:
        factor: g/ml for one unit of the modality values; None without.
        problem: what is missing or contradictory, in words; "" with a factor.
        note: what the factor rests on, in words.
    """

    factor: float | None
    problem: str = ""
    note: str = ""

    @property
    def words(self) -> str:
        """Whether there is one, and what it rests on."""
        if self.factor is None:
            return f"none, because {self.problem}"
        return f"by body weight, values × {self.factor:.4g} g/ml, {self.note}"


class _UnknownError(Exception):
    """Why the factor cannot be computed."""


def unit_of(code: str) -> str:
    """What Units (0054,1001) of a PET image is written as; an unknown code stays as it is."""
    return _UNITS.get(code.upper(), code)


def suv_of(dataset: Dataset) -> Suv:
    """Return the factor of a PET image, the same for all images of its series."""
    units = str(value_of(dataset, "Units") or "").strip().upper()
    note = ""
    try:
        if units == "GML":
            factor, note = 1.0, "as stored"
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
        _check_corrections(dataset)
        return scale, "by the vendor's own factor"
    to_activity = _private(dataset, 0x7053, 0x09, _PHILIPS)
    if not to_activity:
        raise _UnknownError("its counts have no factor to activity (7053,xx00 and 7053,xx09)")
    factor, note = _of_activity(dataset)
    return factor * to_activity, note


def _of_activity(dataset: Dataset) -> tuple[float, str]:
    _check_corrections(dataset)
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
    injected, day = _injected(drug, began, half_life)
    waited = (began - injected).total_seconds()
    if waited < 0:
        raise _UnknownError("the injection is after the start of the scan")
    if waited > _LONGEST.total_seconds():
        raise _UnknownError("the injection was not in the two days before the scan")
    words = ["decay corrected to the start of the scan", note, day]
    factor = 1000.0 * weight / (dose * math.pow(2.0, -waited / half_life))
    return factor, ", ".join(word for word in words if word)


def _check_corrections(dataset: Dataset) -> None:
    """Activity that is weakened by the body, or by time, is not the uptake."""
    corrected = value_of(dataset, "CorrectedImage") or ()
    corrections = {corrected} if isinstance(corrected, str) else {str(c) for c in corrected}
    if not corrections:
        raise _UnknownError("what its values are corrected for (0028,0051) is missing")
    missing = [name for name, codes in _CORRECTIONS.items() if not corrections & codes]
    if missing:
        words = " and ".join(missing)
        raise _UnknownError(f"its values are not corrected for {words} (0028,0051)")


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


def _injected(drug: Dataset, began: datetime, half_life_s: float) -> tuple[datetime, str]:
    """When the dose was given, and what is assumed of its day.

    A time without date is on the day of the scan. When it is later than the scan, it is on the day
    before if that makes a wait over midnight, of a few half-lives at most; else it stays later.
    """
    exact = _parsed(str(value_of(drug, "RadiopharmaceuticalStartDateTime") or ""))
    if exact is not None:
        return exact, ""
    clock = str(value_of(drug, "RadiopharmaceuticalStartTime") or "").strip()
    moment = _parsed(f"{began:%Y%m%d}{clock}") if clock else None
    if moment is None:
        raise _UnknownError("the time of injection (0018,1072) is missing")
    before = moment - timedelta(days=1)
    longest = min(_OVERNIGHT, timedelta(seconds=min(_HALF_LIVES * half_life_s, 1e6)))
    if moment > began and began - before <= longest:
        return before, "the injection taken to be the day before"
    return moment, ""


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
