"""Lists of the registry: what they can be cut by, in which order, which columns; all state in the address but words of names."""
