"""The ledger: a family's money, the proof of the books."""

from django.urls import path

from posasoft.portal.views import ledger

patterns = [
    path("households/<uuid:public_id>/money/trail/", ledger.household_money_trail, name="household_money_trail"),
    path("ledger/", ledger.ledger_proofs, name="ledger_proofs"),
]
