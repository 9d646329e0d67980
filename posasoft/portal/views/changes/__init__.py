"""Pages on which changes of the registry are reported, decided and taken back."""
