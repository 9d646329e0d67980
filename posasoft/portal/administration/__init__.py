"""Users and roles on screen."""
