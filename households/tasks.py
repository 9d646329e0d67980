"""Jobs of this app."""

from __future__ import annotations

from households.operations import bulk
from households.reform import operations as reform
from households.staging import receiving
from posasoft.core import jobs

jobs.handler(receiving.JOB)(receiving.stage)
jobs.handler(bulk.JOB)(bulk.carry_on)
jobs.handler(reform.JOB)(reform.work)
