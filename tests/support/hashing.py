"""A password hash that costs next to nothing: the same algorithm and the same form, a thousandth of the work.

Hashing at full cost takes a tenth of a second of every core, several times in nearly every test. What production uses is pinned in
tests/security/test_sign_in.py; servers that tests start as programs hash at full cost.
"""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class CheapArgon2(Argon2PasswordHasher):
    """Argon2id with the smallest memory and one pass."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
