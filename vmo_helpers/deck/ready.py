"""Importing this has done what every deck does first: a chart is written, the templates are compiled. Kernels
that are forked from a process that has imported it find both done."""

from __future__ import annotations

from vmo_helpers.charts.canvas import blank
from vmo_helpers.charts.unchecked import unchecked
from vmo_helpers.deck.lab import TEMPLATES
from vmo_helpers.deck.specs import spec_of
from vmo_helpers.style.templates import environment

with unchecked():
    spec_of(blank("no deck is made yet", "There is nothing to see"))
_ = environment(TEMPLATES).get_template("lab.j2").module
