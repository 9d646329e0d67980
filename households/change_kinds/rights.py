"""Who may apply directly, who must ask and whom. Who asks never approves: the database holds it too."""

from __future__ import annotations

from households.change_kinds.shapes import Right, Rights
from posasoft.core.models import Role

OFFICERS = (Role.COMMUNE_OFFICER, Role.COMMUNE_CHAIR, Role.CLUSTER_OFFICER, Role.PROVINCE_OFFICER)
_EVERYBODY_ASKS = {str(role): Right.ASK for role in OFFICERS}

# Money hangs on it: the commune's chair approves what the officer reports; what the chair reports goes to the level above.
WEIGHTY = Rights("weighty", _EVERYBODY_ASKS, (Role.COMMUNE_CHAIR, Role.CLUSTER_OFFICER, Role.PROVINCE_OFFICER))
# Daily upkeep with a paper at hand: the commune writes it at once, and it can be undone.
UPKEEP = Rights("upkeep", {Role.COMMUNE_OFFICER: Right.DIRECT, Role.COMMUNE_CHAIR: Right.DIRECT}, (Role.COMMUNE_CHAIR,))
# Two records become one: somebody from above the commune looks at both.
RECORDS = Rights("records", _EVERYBODY_ASKS, (Role.CLUSTER_OFFICER, Role.PROVINCE_OFFICER))
# A diagnosis stays inside the commune, among those who appraise the case.
DIAGNOSIS = Rights("diagnosis", {Role.COMMUNE_OFFICER: Right.ASK, Role.COMMUNE_CHAIR: Right.ASK}, (Role.COMMUNE_CHAIR,))
# The receiving commune's officer or chair takes a transferred household in.
RECEIVERS = (Role.COMMUNE_OFFICER, Role.COMMUNE_CHAIR)
