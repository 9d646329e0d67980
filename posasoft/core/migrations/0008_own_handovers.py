"""Whoever hands over or takes over reads the own hand-over, whatever kind of scope the role has."""

from __future__ import annotations

from django.db import migrations

from posasoft.core.rls import KIND_ROLES, USER, admit

OWN = f"from_user_id = {USER} OR to_user_id = {USER}"


class Migration(migrations.Migration):
    """Reading only: the kinds write nothing of hand-overs."""

    dependencies = (("core", "0007_practice_and_handover"),)
    operations = (admit("core_handover", **dict.fromkeys(KIND_ROLES, OWN)),)
