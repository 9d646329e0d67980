"""Mass changes of areas: a table old → new, previewed, carried out at once in set-based statements, taken back as one."""
