"""What may be done with payment lists; each verb owns its transaction and writes its audit row."""

from payments.operations.monthly import work_run
from payments.operations.release import ReleaseRefused, release

__all__ = ["ReleaseRefused", "release", "work_run"]
