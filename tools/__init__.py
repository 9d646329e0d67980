"""What `./run` does: install, embedded servers, demonstration, tests, checks. Nothing here is part of the running application."""
