"""Workbooks with a commune's own households: made, edited offline for weeks, read back cell by cell against what was downloaded."""
