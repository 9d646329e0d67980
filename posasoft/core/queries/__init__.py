"""Reads of the ground that several layers share."""
