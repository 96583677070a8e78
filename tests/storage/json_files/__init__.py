"""The JSON backend: its files under power cuts, failing disks and damage."""
