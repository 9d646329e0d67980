"""Jobs of the tests' own kinds."""

from tests.support import job_handlers

__all__ = ["job_handlers"]
