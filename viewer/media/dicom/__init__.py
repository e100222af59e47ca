"""DICOM headers: read, grouped into series, and placed as volumes and frame stacks."""
