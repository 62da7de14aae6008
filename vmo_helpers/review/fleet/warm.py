"""Importing this has every import of a review done. The nursery does so once; portfolios are forked from it,
and end with it, as it does with the run: of itself it would wait for them."""

from __future__ import annotations

import gc
import os
import sys

from vmo_helpers.review import plan
from vmo_helpers.review.make.making import import_what_workers_need
from vmo_helpers.review.running.kernel_server import COLLECT_AFTER, KERNEL_MODULES, preload
from vmo_helpers.review.running.lifeline import die_with
from vmo_helpers.review.shelf import manifest

READERS = (
    "vmo_helpers.sources",
    "vmo_helpers.request.settled",
    "vmo_helpers.charts.unchecked",
    "pyarrow.csv",
)

SEARCH = tuple(sys.path)

die_with(os.getppid())
import_what_workers_need()
manifest.versions()
preload([*KERNEL_MODULES, *READERS, *plan.imports(plan.available(plan.notebook_folder()))])
gc.collect()
gc.freeze()
gc.set_threshold(COLLECT_AFTER)
