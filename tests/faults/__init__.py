"""Processes that are killed, disks that fail, and plugs that are pulled."""
