"""SUV by body weight: the factor of each way to store it, or the reason why there is none."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from slices import a_slice, saved

from viewer.media import open_media
from viewer.media.dicom.suv import suv_of
from viewer.media.volume import Volume

HALF_LIFE_S = 6586.2  # fluorine 18
DOSE_BQ = 370e6
WEIGHT_KG = 70.0
START = datetime(2024, 5, 1, 10, 0, 0)
EARLIER = START - timedelta(hours=1)


def pet(injected: datetime = EARLIER, **values: object) -> Dataset:
    """A PET header; what is given by name replaces its element, None takes it out."""
    drug = Dataset()
    drug.RadionuclideTotalDose = DOSE_BQ
    drug.RadionuclideHalfLife = HALF_LIFE_S
    drug.RadiopharmaceuticalStartTime = f"{injected:%H%M%S.%f}"
    dataset = Dataset()
    dataset.Units = "BQML"
    dataset.CorrectedImage = ["DECY", "ATTN"]
    dataset.DecayCorrection = "START"
    dataset.PatientWeight = WEIGHT_KG
    dataset.SeriesDate = dataset.AcquisitionDate = f"{START:%Y%m%d}"
    dataset.SeriesTime = dataset.AcquisitionTime = f"{START:%H%M%S}"
    dataset.RadiopharmaceuticalInformationSequence = Sequence([drug])
    for name, value in values.items():
        target = drug if name.startswith("Radio") and not name.endswith("Sequence") else dataset
        if value is None:
            delattr(target, name)
        else:
            setattr(target, name, value)
    return dataset


def factor_of(dataset: Dataset) -> float:
    found = suv_of(dataset)
    assert found.factor is not None, found.problem
    return found.factor


@given(seconds=st.integers(0, 36_000))
def test_the_dose_decays_from_injection_to_the_start_of_the_scan(seconds: int) -> None:
    left = DOSE_BQ * 2 ** (-seconds / HALF_LIFE_S)
    injected = START - timedelta(seconds=seconds)
    assert factor_of(pet(injected)) == pytest.approx(1000 * WEIGHT_KG / left)


@given(seconds=st.integers(1, int(5 * HALF_LIFE_S)), hour=st.integers(0, 23))
def test_an_injection_without_date_may_be_the_day_before(seconds: int, hour: int) -> None:
    began = START.replace(hour=hour)
    injected = began - timedelta(seconds=seconds)
    found = suv_of(pet(injected, SeriesTime=f"{began:%H%M%S}", AcquisitionTime=f"{began:%H%M%S}"))
    left = DOSE_BQ * 2 ** (-seconds / HALF_LIFE_S)
    assert found.factor == pytest.approx(1000 * WEIGHT_KG / left)
    assert ("the day before" in found.note) is (injected.date() < began.date())


@given(
    seconds=st.integers(1, 12 * 3600 - 1),
    half_life_s=st.sampled_from([1.0, 4062.6, HALF_LIFE_S, 282_240.0, 1e9]),
)
def test_an_injection_after_the_start_of_the_scan_is_never_put_a_day_back(
    seconds: int, half_life_s: float
) -> None:
    later = START + timedelta(seconds=seconds)
    exact = f"{later:%Y%m%d%H%M%S}"
    for values in ({}, {"RadiopharmaceuticalStartDateTime": exact}):
        found = suv_of(pet(later, RadionuclideHalfLife=half_life_s, **values))
        assert found.factor is None
        assert "the injection is after the start of the scan" in found.problem


def test_decay_corrected_to_the_injection_takes_the_whole_dose() -> None:
    assert factor_of(pet(DecayCorrection="ADMIN")) == pytest.approx(1000 * WEIGHT_KG / DOSE_BQ)


def test_an_injection_with_its_date_may_be_the_day_before() -> None:
    stamped = pet(RadiopharmaceuticalStartDateTime="20240430233000.00")
    left = DOSE_BQ * 2 ** (-10.5 * 3600 / HALF_LIFE_S)
    assert factor_of(stamped) == pytest.approx(1000 * WEIGHT_KG / left)


def test_values_in_grams_per_millilitre_are_suv_already() -> None:
    assert factor_of(pet(Units="GML")) == 1.0


def test_philips_counts_take_the_private_factor_or_go_through_activity() -> None:
    counts = pet(Units="CNTS")
    block = counts.private_block(0x7053, "Philips PET Private Group", create=True)
    block.add_new(0x09, "DS", "2.5")
    assert factor_of(counts) == pytest.approx(2.5 * factor_of(pet()))
    block.add_new(0x00, "DS", "0.000405")
    assert factor_of(counts) == pytest.approx(0.000405)


def test_a_series_made_later_takes_the_vendors_scan_time() -> None:
    later = pet(SeriesTime="150000")
    later.private_block(0x0009, "GEMS_PETD_01", create=True).add_new(0x0D, "DT", "20240501100000")
    assert factor_of(later) == pytest.approx(factor_of(pet()))


def test_a_series_made_later_takes_the_frame_reference_time() -> None:
    """Of a frame of no length the mean count rate is reached when it begins."""
    later = pet(SeriesTime="150000", AcquisitionTime="100500")
    later.FrameReferenceTime, later.ActualFrameDuration = 300_001.0, 2
    assert factor_of(later) == pytest.approx(factor_of(pet()), rel=1e-5)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"PatientWeight": None}, "weight (0010,1030) is missing"),
        ({"PatientWeight": 0}, "weight (0010,1030) of 0 cannot"),
        ({"RadionuclideTotalDose": None}, "dose (0018,1074) is missing"),
        ({"RadionuclideTotalDose": 370.0}, "of 370 cannot be right"),  # in MBq
        ({"RadionuclideHalfLife": None}, "half life"),
        ({"RadiopharmaceuticalStartTime": None}, "time of injection"),
        ({"DecayCorrection": "NONE"}, 'is "NONE"'),
        ({"DecayCorrection": None}, "is missing"),
        ({"CorrectedImage": ["ATTN"]}, "not corrected for decay"),
        ({"CorrectedImage": ["NORM", "DECY"]}, "not corrected for attenuation"),
        ({"CorrectedImage": "NORM"}, "not corrected for attenuation and decay"),
        ({"CorrectedImage": None}, "(0028,0051) is missing"),
        ({"Units": "PROPCPS"}, '"PROPCPS"'),
        ({"Units": None}, "names no units"),
        ({"Units": "CNTS"}, "no factor to activity"),
        ({"RadiopharmaceuticalInformationSequence": None}, "radiopharmaceutical"),
        ({"RadiopharmaceuticalStartDateTime": "20240428100000"}, "two days"),
        ({"SeriesTime": "150000"}, "later than its acquisition"),
    ],
)
def test_without_what_it_rests_on_there_is_a_reason(values: dict[str, object], words: str) -> None:
    found = suv_of(pet(EARLIER, **values))
    assert found.factor is None
    assert words in found.problem


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, ["by body weight", "0.000", "decay corrected to the start of the scan"]),
        (
            {"RadiopharmaceuticalStartTime": "230000", "SeriesTime": "013000"},
            ["decay corrected to the start of the scan", "the day before"],
        ),
        ({"DecayCorrection": "ADMIN"}, ["decay corrected to the injection"]),
        ({"Units": "GML"}, ["by body weight", "as stored"]),
        ({"CorrectedImage": "DECY"}, ["none", "not corrected for attenuation"]),
    ],
)
def test_a_series_says_whether_there_is_an_suv_and_what_it_rests_on(
    tmp_path: Path, values: dict[str, object], words: list[str]
) -> None:
    image = a_slice(1, Modality="PT", RescaleIntercept=0.0)
    image.update(pet(EARLIER, **values))
    (volume,) = open_media(saved(image, tmp_path / "a.dcm")).media
    assert isinstance(volume, Volume)
    said = dict(volume.health.facts)["SUV"]
    assert [word for word in words if word not in said] == []
    assert volume.unit == ("g/ml" if values.get("Units") == "GML" else "Bq/ml")
