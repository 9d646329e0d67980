"""Applications: the list, keying a paper, the case with its steps, papers handed in, printed slips, moved days."""
