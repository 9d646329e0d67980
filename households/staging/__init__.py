"""Lists between the file and the registry: staged row by row, compared with what is known, accepted whole or in part, undone."""
