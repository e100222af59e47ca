"""The demo study, made by code: a thorax phantom and its labels."""
