"""Label exports: one folder per vendor, one line in FORMATS."""
