"""DICOM Pixel Data: which bytes are a frame, and how they become an array (PS3.5 8 and Annex A)."""
