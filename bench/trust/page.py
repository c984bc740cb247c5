"""The page about trust in the certificate, in Markdown."""

from __future__ import annotations

import ast
import inspect
from itertools import pairwise
from types import ModuleType
from typing import Any

from bench.tables import number, table
from bench.trust import bound, draw, matrices, outcome, setting, summary, truth

INTRODUCTION = (
    "# Trust in the certificate of the photon cut-off\n\n"
    "The status `ok` says that the photon cut-off changes no merit by more than"
    " `cutoff_tolerance`, relative to the scale of the merit. This page measures how often it is"
    " wrong, on random settings whose exact merits are known from a much larger cut-off. It is"
    " written by `python -m bench.trust`.\n"
)

TERMS = (
    "The *true error* of a merit is the largest difference over all output times from the same run"
    f" at a cut-off of at least {truth.LARGER:g} n + {truth.MARGIN}, which is raised until two"
    f" cut-offs agree to {truth.AGREEMENT['charge']:g} times the tolerance (steady states:"
    f" {truth.AGREEMENT['steady']:g}). Errors are relative to the scale"
    " that the certificate states, or to the largest magnitude of the merit where it states none."
    " A *false ok* is a status `ok` although the true error of some merit exceeds the tolerance."
    " A *false alarm* is another status although the true errors of all merits are below the"
    f" tolerance by a factor of {summary.ALARM_MARGIN:g} or more. *Near* settings have a largest"
    " true error within two decades of the tolerance: most cut-offs are placed there on purpose,"
    " because elsewhere the verdict is easy.\n"
)


UNLISTED = ("HAS_CERTIFICATES", "CERTIFICATES", "LADDERS")
"""Constants that the table of what is drawn leaves out."""


def page(data: dict[str, Any]) -> str:
    """Return the page from the summaries by mode."""
    parts = [INTRODUCTION]
    if any(not data[mode]["certificates"] for mode in data):
        parts.append("**This qubatt has no argument `certificate`: all kinds are the same.**\n")
    writers = {"charge": charge_section, "steady": steady_section, "bound": bound_section}
    parts += [writers[mode](data[mode]) for mode in writers if mode in data]
    parts.append(draws_section())
    return "\n".join(parts).rstrip() + "\n"


def command(mode: str, part: dict[str, Any]) -> str:
    """Return the command that repeats a measurement, and where it ran."""
    option = "" if mode == "charge" else f" --{mode}"
    call = f"python -m bench.trust{option} --seed {part['seed']} --count {part['count']}"
    hours = part["seconds"] / 3600
    return (
        "<!-- not run: takes long -->\n"
        f"```sh\n{call} --tolerance {part['tolerance']:g} --docs docs/trust.md\n```\n\n"
        f"{part['settings']} settings, {part['judged']} of them with a verdict, in {hours:.1f}"
        f" hours of one core; code: {', '.join(part['revisions'])}. The file of records in"
        " `results/trust` holds the full input of each setting, and `--only INDEX` repeats one.\n"
    )


def charge_section(part: dict[str, Any]) -> str:
    """Return the section about charging runs."""
    qutip = part["qutip"]
    confirmed = (
        f"QuTiP's `mesolve` repeats {qutip['settings']} of them at the larger cut-off; the stored"
        f" energy differs by at most {qutip['largest']:.0e} of its largest value.\n"
        if qutip["settings"]
        else ""
    )
    near = f"{part['near']} settings are near; by the energy alone, {part['near_energy']}.\n"
    return "\n".join(
        ["## Charging runs\n", command("charge", part), TERMS, near + confirmed, *results(part)]
    )


def steady_section(part: dict[str, Any]) -> str:
    """Return the section about steady states."""
    text = (
        "Terms and draws are those of the charging runs, with at most two atoms, loss of the cavity"
        " and no pulse.\n"
    )
    shares = [
        f"`{kind}`: {each['below']:.1%} of the estimates are below"
        f" {summary.LOWEST_RATIO:g} times the true error, and {each['above']:.1%} above"
        f" {summary.HIGHEST_RATIO:g} times."
        for kind, each in part["effectivity"].items()
        if each
    ]
    lines = ["\n".join(shares) + "\n"] if shares else []
    return "\n".join(["## Steady states\n", command("steady", part), text, *lines, *results(part)])


def results(part: dict[str, Any]) -> list[str]:
    """Return the tables that charging runs and steady states share."""
    sections = [
        verdict_table(part["kinds"]),
        "",
        "Settings by the decade of their largest true error, in units of the tolerance:\n",
        decade_table(part),
        "",
    ]
    if any(part["effectivity"].values()):
        sections += [
            "Estimated error divided by true error, for all merits with a true error of at least"
            f" {summary.RESOLVED:g} times the difference up to which the cut-offs agree:\n",
            effectivity_table(part["effectivity"]),
            "",
        ]
    for what in part["groups"]:
        sections += [f"By {what}:\n", group_table(what, part["groups"][what]), ""]
    return [*sections, *without(part)]


def without(part: dict[str, Any]) -> list[str]:
    """Return the reasons why settings have no verdict."""
    if not part["without"]:
        return []
    rows = [[reason, str(count)] for reason, count in part["without"].items()]
    return ["Settings without a verdict:\n", table(["reason", "settings"], rows), ""]


def share(count: int, total: int) -> str:
    """Return a count with its share of a total."""
    return f"{count} of {total}" + (f" ({count / total:.1%})" if total else "")


def words(named: dict[str, int]) -> str:
    """Return counts by name as text."""
    return ", ".join(f"{name} {count}" for name, count in named.items())


def verdict_table(kinds: dict[str, dict[str, Any]]) -> str:
    """Return the verdicts of each kind of certificate."""
    rows = [
        [
            f"`{kind}`",
            str(each["ok"]),
            f"**{each['false_ok']}**",
            share(each["false_alarms"], each["safe"]),
            share(each["proved"], each["ok"]),
            words(each["statuses"]),
            words(each["methods"]),
            number(each["seconds"] / max(each["settings"], 1)),
        ]
        for kind, each in kinds.items()
    ]
    head = ["certificate", "ok", "false ok", "false alarms", "ok by the bound alone", "statuses"]
    return table([*head, "methods", "seconds per run"], rows)


def decade_table(part: dict[str, Any]) -> str:
    """Return the number of settings by decade of the true error."""
    decades = [str(decade) for decade in range(-5, 5)]
    head = ["error", "< 1e-4", *(f"1e{low} … 1e{low + 1}" for low in range(-4, 4)), "≥ 1e4"]
    rows = [
        [name, *(str(part[key].get(decade, 0)) for decade in decades)]
        for name, key in (("worst merit", "decades"), ("energy", "decades_energy"))
    ]
    return table(head, rows)


def effectivity_table(kinds: dict[str, dict[str, Any]]) -> str:
    """Return the quantiles of estimate/error by decade."""
    head = ["certificate", "true error", "points", "min", "5 %", "median", "95 %", "max"]
    rows = []
    for kind, each in kinds.items():
        for name, values in [*each.get("decades", {}).items(), ("all", each.get("all"))]:
            if values:
                decade = "all" if name == "all" else f"1e{name} … 1e{int(name) + 1}"
                cells = [number(value) for value in values["quantiles"]]
                rows.append([f"`{kind}`", decade, str(values["points"]), *cells])
    return table(head, rows)


def group_table(what: str, groups: dict[str, dict[str, dict[str, Any]]]) -> str:
    """Return false verdicts of each kind of certificate, one row per group."""
    head = [what, "settings"]
    head += [f"`{kind}`: false ok, false alarms" for kind in outcome.CERTIFICATES]
    rows = [
        [
            name,
            str(next(iter(kinds.values()))["settings"]),
            *(
                f"{each['false_ok']}, {share(each['false_alarms'], each['safe'])}"
                for each in kinds.values()
            ),
        ]
        for name, kinds in groups.items()
    ]
    return table(head, rows)


def bound_section(part: dict[str, Any]) -> str:
    """Return the section about the bound."""
    parts = [
        "## The bound of the state\n",
        command("bound", part),
        f"B is compared with ‖ρ − ρ_n‖₁ at {len(bound.SHARES)} times, with ρ from a larger space:"
        f" {part['points']} points, {part['unbounded']} more without a bound. B is below the"
        f" distance by more than {bound.ROUNDING:g} at **{part['violated']}** of them.\n",
    ]
    if part["ratios"]:
        cells = [number(value) for value in part["ratios"]["quantiles"]]
        head = ["points", "min B/distance", "5 %", "median", "95 %", "max"]
        parts += [table(head, [[str(part["ratios"]["points"]), *cells]]), ""]
    return "\n".join([*parts, *without(part)])


def draws_section() -> str:
    """Return what is drawn, from the constants of the modules and their docstrings."""
    rows = []
    for module in (setting, draw, matrices, outcome, truth, bound):
        for name, text in documented(module).items():
            if name in UNLISTED:
                continue
            value = getattr(module, name)
            rows.append([f"`{name}`", value_text(value), text])
    kept = [row for row in rows if row[1]]
    return "## What is drawn\n\n" + table(["constant", "value", "meaning"], kept) + "\n"


def documented(module: ModuleType) -> dict[str, str]:
    """Return the docstrings of the constants of a module, by name."""
    body = ast.parse(inspect.getsource(module)).body
    texts: dict[str, str] = {}
    for statement, following in pairwise(body):
        if isinstance(statement, ast.Assign):
            target = statement.targets[0]
        elif isinstance(statement, ast.AnnAssign):
            target = statement.target
        else:
            continue
        text = following.value if isinstance(following, ast.Expr) else None
        if isinstance(target, ast.Name) and isinstance(text, ast.Constant):
            texts[target.id] = " ".join(str(text.value).split())
    return texts


def value_text(value: Any) -> str:
    """Return the value of a constant as text."""
    if isinstance(value, dict):
        return ", ".join(f"{name}: {value_text(each)}" for name, each in value.items())
    if (
        isinstance(value, tuple)
        and len(value) == 2
        and all(isinstance(v, float | int) for v in value)
    ):
        return f"{value[0]:g} … {value[1]:g}"
    if isinstance(value, tuple | list):
        return ", ".join(value_text(each) for each in value)
    return f"{value:g}" if isinstance(value, float | int) else str(value)
