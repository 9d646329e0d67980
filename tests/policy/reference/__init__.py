"""A second, slow reading of the law, against which the compiled statement is proved.

Nothing here is shared with the engine: not its files of rules, not its facts, not its dates. It reads one
family in the form of the law cases, walks the days of the month one by one and says what is due. It is
written to be read beside the text of the decrees, not to be fast.

`evaluate(case)` takes one case (a dict) and returns `{"name", "month", "lines", "lost", "family_total"}`;
amounts are whole đồng, coefficients strings with one decimal, None for the social pension.
`python -m tests.policy.reference FILE --check` runs a file of cases.
"""

from tests.policy.reference.evaluate import evaluate

__all__ = ["evaluate"]
