"""Mutated real files end in pictures or sentences: no crash, no hang, in bounded memory.

A sample of each kind; 5,000 of each when the environment variable OVERREAD_SOAK is set. The files
are opened in a process of its own, for a decoder that crashes takes its process along.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from fuzzing import __file__ as SCRIPT  # noqa: N812 - the script that the child process runs
from fuzzing import mutated

from viewer.media import load, open_media

OTHER = "transfer_syntaxes_other"
KINDS = {
    "big endian": f"{OTHER}/MR_small_bigendian.dcm",
    "RLE": f"{OTHER}/MR_small_RLE.dcm",
    "JPEG": "us_multiframe/IM00001.fragmented_no_bot_jpeg_baseline.50.dcm",
    "JPEG, 12 bits": f"{OTHER}/JPGExtended.dcm",
    "JPEG lossless": f"{OTHER}/JPGLosslessP14SV1_1s_1f_8b.dcm",
    "JPEG, progressive": (
        "transfer_syntaxes_ct/CTImage.dcm_JPEGProcess10_12TransferSyntax_1.2.840.10008.1.2.4.55.dcm"
    ),
    "JPEG-LS": f"{OTHER}/MR_small_jpeg_ls_lossless.dcm",
    "JPEG-LS, colour": f"{OTHER}/JLSL_RGB_ILV1.dcm",
    "JPEG 2000": f"{OTHER}/MR_small_jp2klossless.dcm",
    "JPEG 2000, colour": "sc_colour/GDCMJ2K_TextGBR.dcm",
    "HTJ2K": f"{OTHER}/HTJ2KLossless_08_RGB.dcm",
    "palette": "us_multiframe/OBXXXX1A_rle_2frame.dcm",
    "overlays": "lut_overlay/ovly_p01.dcm",
    "Modality LUT": "lut_overlay/mlut_18.dcm",
    "VOI LUT": "lut_overlay/vlut_04.dcm",
    "PET": "pet_prostate/1-001.dcm",
}
SOAK = bool(os.environ.get("OVERREAD_SOAK"))
COUNT = 5_000 if SOAK else 8
GIVE_UP_S = 3600 if SOAK else 120


@pytest.mark.parametrize("kind", KINDS)
def test_mutated_files_never_crash_and_never_hang(kind: str, shared: Path, tmp_path: Path) -> None:
    source = shared / "data" / "dicom" / KINDS[kind]
    root = Path(__file__).resolve().parent.parent.parent
    child = subprocess.run(
        [sys.executable, SCRIPT, str(source), str(tmp_path), "0", str(COUNT)],
        capture_output=True,
        text=True,
        timeout=GIVE_UP_S,
        env={**os.environ, "PYTHONPATH": str(root)},
        check=False,
    )
    lines = child.stdout.splitlines()
    assert child.returncode == 0, (lines[-1:], child.stderr[-2000:])
    assert lines[-1] == "done"
    assert [line for line in lines if line.startswith(("slow", "raised"))] == []


def test_a_jpeg_ls_stream_without_its_end_is_given_up_at_once(shared: Path, tmp_path: Path) -> None:
    """CharLS read far behind the end of this one, for seconds."""
    source = shared / "data" / "dicom" / KINDS["JPEG-LS, colour"]
    (tmp_path / "a.dcm").write_bytes(mutated(source.read_bytes(), 14))
    (media,) = open_media(tmp_path).media
    load(media)
    assert "is damaged" in media.slice_errors[0]
