"""Numbers of measurements in words: on the picture, in the list, in a table."""

from __future__ import annotations

import math

from viewer.review.intensities import Intensity
from viewer.review.measured import AREAS, MeasureKind, Measurement, Sizes, Values

THIN = "\u2009"  # thin space before units
MINUS = "\u2212"
NAMES: dict[MeasureKind, str] = {
    "length": "Length",
    "angle": "Angle",
    "ellipse": "Ellipse",
    "rectangle": "Rectangle",
    "region": "Region",
    "probe": "Probe",
    "profile": "Profile",
}
CHANNELS = ("Red", "Green", "Blue")
OUTSIDE = "px: not inside one ultrasound region"


def name_of(measurement: Measurement) -> str:
    """Return what a measurement is called, such as "Length 3"."""
    return f"{NAMES[measurement.kind]} {measurement.number}"


def main_words(sizes: Sizes, values: Values | None) -> str:
    """Return the one number that a measurement is made for."""
    if values is not None and values.at is not None:
        return value_words(values)
    if values is not None and len(values.inside) == 1:
        found = values.inside[0]
        return f"{_spread(found)}{THIN}{found.unit}".rstrip(THIN)
    if values is not None and values.inside:
        return "RGB " + " ".join(f"{each.mean:.1f}" for each in values.inside)
    return next(iter(size_lines(sizes)), "")


def lines_of(sizes: Sizes, values: Values | None) -> tuple[str, ...]:
    """Return what stands beside a measurement on the picture."""
    lines = [] if values is None else [*_value_lines(values)]
    if sizes.extent is not None and values is not None and not values.inside:
        lines.append("no values inside")
    lines += size_lines(sizes)
    if sizes.outside:
        lines.append(OUTSIDE)
    return tuple(lines)


def size_lines(sizes: Sizes) -> tuple[str, ...]:
    """Return lengths, areas and angles, with their units."""
    unit = "mm" if sizes.is_mm else "px"
    lines: list[str] = []
    if sizes.length is not None:
        lines.append(f"{_size(sizes.length)}{THIN}{unit}")
    if sizes.degrees is not None:
        lines.append(f"{sizes.degrees:.1f}\N{DEGREE SIGN}")
    if sizes.area is not None:
        lines.append(f"{_area(sizes.area)}{THIN}{unit}\N{SUPERSCRIPT TWO}")
    if sizes.extent is not None:
        width, height = sizes.extent
        lines.append(f"{_size(width)} \N{MULTIPLICATION SIGN} {_size(height)}{THIN}{unit}")
    return tuple(lines)


def value_words(values: Values) -> str:
    """Return the value of a probe, with SUV where it is known."""
    at = values.at
    if at is None:
        return "outside"
    if len(at) == 3:
        return "RGB " + " ".join(f"{part:.0f}" for part in at)
    value = float(at[0])
    if math.isnan(value):
        return "padding"
    words = f"{figure(value)}{THIN}{values.unit}".rstrip(THIN)
    return words if values.suv is None else f"{words}  SUV {value * values.suv:.2f}"


def figure(value: float) -> str:
    """Return a number with a real minus: whole ones whole, others with two places or three digits.

    Very large ones too.
    """
    if value == round(value) and abs(value) < 1e15:
        text = f"{value:,.0f}"
    else:
        text = f"{value:,.2f}" if 1 <= abs(value) < 1e15 else f"{value:.3g}"
    return text.replace("-", MINUS)


def _value_lines(values: Values) -> list[str]:
    if values.at is not None:
        return [value_words(values)]
    if len(values.inside) == 3:
        named = zip(CHANNELS, values.inside, strict=True)
        return [f"{name} {_spread(each)}" for name, each in named]
    lines: list[str] = []
    for found in values.inside:
        unit = f"{THIN}{found.unit}" if found.unit else ""
        lines.append(f"{_spread(found)}{unit}")
        lines.append(f"{figure(found.low)} … {figure(found.high)}{unit}")
        lines.append(f"median {figure(found.median)}{unit}, {found.count:,}{THIN}px")
        if found.suv is not None:
            mean, high = found.mean * found.suv, found.high * found.suv
            lines.append(f"SUV mean {mean:.2f}, max {high:.2f}")
    return lines


def _spread(found: Intensity) -> str:
    digits = 0 if max(abs(found.low), abs(found.high)) >= 10_000 else 1
    if max(abs(found.low), abs(found.high)) < 1:
        return f"{found.mean:.3g} ± {found.deviation:.3g}".replace("-", MINUS)
    return f"{found.mean:,.{digits}f} ± {found.deviation:,.{digits}f}".replace("-", MINUS)


def _area(area: float) -> str:
    return f"{area:,.0f}" if area >= 1000 else _size(area)


def _size(size: float) -> str:
    """One place behind the point; of less than one, as under a microscope, two digits."""
    return f"{size:,.1f}" if size >= 0.95 or size == 0 else f"{size:.2g}"


HEADS = (
    *("name", "media", "plane", "slice", "length", "angle_deg", "area", "width", "height"),
    *("perimeter", "size_unit", "pixels", "mean", "sd", "min", "max", "median", "value"),
    *("value_unit", "suv_mean", "suv_max", "x_mm", "y_mm", "z_mm"),
)


def cells_of(measurement: Measurement, sizes: Sizes, values: Values | None) -> dict[str, str]:
    """Return the numbers of a measurement for a table, unrounded, by the names of HEADS.

    Of colours there are three numbers in a cell: red, green and blue.
    """
    cells: dict[str, str] = {"name": name_of(measurement)}
    unit = "mm" if sizes.is_mm else "px"
    numbers = {
        "length": sizes.length,
        "angle_deg": sizes.degrees,
        "area": sizes.area,
        "perimeter": sizes.perimeter,
    }
    if sizes.extent is not None:
        numbers |= {"width": sizes.extent[0], "height": sizes.extent[1]}
    cells |= {name: repr(float(n)) for name, n in numbers.items() if n is not None}
    has_size = measurement.kind in AREAS or sizes.length is not None
    cells["size_unit"] = unit if has_size else ""
    if values is not None:
        cells |= _value_cells(values)
    return cells


def _value_cells(values: Values) -> dict[str, str]:
    cells = {"value_unit": values.unit}
    inside = values.inside
    if inside:
        cells["pixels"] = str(inside[0].count)
        for head, name in (
            ("mean", "mean"),
            ("sd", "deviation"),
            ("min", "low"),
            ("max", "high"),
            ("median", "median"),
        ):
            cells[head] = " ".join(repr(float(getattr(each, name))) for each in inside)
    if len(inside) == 1 and inside[0].suv is not None:
        cells["suv_mean"] = repr(inside[0].mean * inside[0].suv)
        cells["suv_max"] = repr(inside[0].high * inside[0].suv)
    if values.at is not None:
        cells["value"] = " ".join(repr(float(part)) for part in values.at)
    return cells
