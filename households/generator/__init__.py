"""Invented registries of any size, the same for the same seed, loaded by COPY. Nobody in them lives."""
