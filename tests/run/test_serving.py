"""The program refuses to serve as a role that row-level security does not bind."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from posasoft.core import serving
from tests.support.database import owner

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_serving_role_may_serve() -> None:
    serving.require_bound_role()


def test_the_owner_of_the_tables_may_not_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    # The look closes its connection, so that none is handed to forked processes; the owner's would be gone with it.
    monkeypatch.setattr(serving.connection, "close", lambda: None)
    with owner(), pytest.raises(ImproperlyConfigured, match="row-level security would not bind it"):
        serving.require_bound_role()
