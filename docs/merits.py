"""Generate the page of all figures of merit: ``python -m docs.merits > docs/merits.md``."""

from __future__ import annotations

import math

from qubatt.core.bibliography import BIBLIOGRAPHY
from qubatt.core.declaration import fields_of
from qubatt.merits import Merit
from qubatt.merits.selection import all_merits

INTRODUCTION = """# Figures of merit

Select figures of merit by name, in Python or on the command line:

```python
import qubatt as qb

battery = qb.DrivenBattery(n_atoms=4, drive=1.0)
merits = ["energy", "ergotropy_full", "free_energy:beta=2"]
run = qb.charge(battery, times=[0.0, 1.0, 2.0], environment=qb.CollectiveDecay(0.5), merits=merits)
```

```sh
qubatt charge driven --n-atoms 4 --drive 1 --environment collective-decay:0.5 --merit ergotropy_full --merit free_energy:beta=2
```

If a parameter differs from its default, its value is appended to the name of the variable, as in `run["free_energy_2"]`;
an attribute of the variable states its name and value. If a parameter takes only a few values, each variant is listed below, and
its name can be used wherever a merit is named: `ergotropy_full` is short for `ergotropy:reach=full` and
`qb.merit("ergotropy", reach="full")`.

`merits="all"` (`--merit all`) selects all available merits except those of the full state; at N = 10
this takes 1.7 times as long as the energy alone. The error for an unavailable merit states the reason.

Units: ħ = k_B = 1. ρ is the state of charger and battery, ρ_B = Tr_charger ρ the state of the battery, D(ρ) the
dissipator of one environment, and dim the dimension of ρ. Flows into the system are positive. Each ergotropy states the
space on which the extracting unitary acts: the same state can yield ten times more on the full 2^N space than on the
N + 1 symmetric states. Bounds hold for the exact state: computed values can exceed them by the errors in the certificate.
"""

SECTIONS = {
    "expectations": "Functions of expectation values, which are computed during propagation: cheap for any size.",
    "curve": (
        "One number for the whole curve of the stored energy, interpolated between the output times by polynomials"
        " through E, dE/dt and d²E/dt² (with pulses through E and dE/dt); the certificate contains the interpolation"
        " error as `curve_error`. These merits are not available for steady states."
    ),
    "battery state": (
        "Functions of ρ_B, which is computed during propagation without forming ρ: cheap for up to a few hundred atoms."
    ),
    "full state": (
        "Functions of ρ: dim² numbers and about dim³ operations at each time. `state_times=[…]` (`--state-times`)"
        " restricts them to fewer times than the other merits; `--dry-run` estimates the cost."
    ),
}


def page() -> str:
    """Return the page as Markdown."""
    merits = all_merits().values()
    parts = [INTRODUCTION]
    for needs, text in SECTIONS.items():
        rows = [_row(merit) for merit in merits if merit.needs == needs]
        head = "| name | definition | units | bounds | source |\n|---|---|---|---|---|"
        parts.append(f"## {needs.capitalize()}\n\n{text}\n\n{head}\n" + "\n".join(rows) + "\n")
    cited = sorted({key for merit in merits for key in merit.citations})
    sources = "\n".join(f"- **{key}**: {BIBLIOGRAPHY[key]}" for key in cited)
    parts.append(f"## Sources\n\n{sources}\n")
    return "\n".join(parts)


def _row(merit: Merit) -> str:
    fields = fields_of(type(merit)) if merit.name == merit.kind else {}
    defaults = ", ".join(f"{field}={info.default}" for field, info in fields.items())
    name = f"`{merit.name}:{defaults}`" if fields else f"`{merit.name}`"
    definition = merit.definition.replace("|", "\\|")
    low, high = merit.bounds
    bounds = "" if (low, high) == (-math.inf, math.inf) else f"{low:g} … {high:g}"
    bounds = bounds.replace("inf", "∞")
    return f"| {name} | {definition} | {merit.units} | {bounds} | {', '.join(merit.citations)} |"


if __name__ == "__main__":
    print(page(), end="")
