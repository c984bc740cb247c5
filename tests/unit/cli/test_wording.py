"""Messages in the words of the command line."""

from __future__ import annotations

import re

import pytest

import qubatt as qb
import qubatt.environment
import qubatt.models
import qubatt.states  # these register what messages name
from qubatt.cli.wording import for_command_line
from qubatt.core.registry import registry


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("Example: environment=qb.CavityLoss(0.5).", "Example: --environment cavity-loss:0.5."),
        (
            "such as qb.CavityLoss(0.5, n_thermal=0.1)",
            "such as --environment cavity-loss:0.5,n_thermal=0.1",
        ),
        ("such as qb.FockState(1).", "such as --charger fock:1."),
        ('use max_photons="auto".', "use --max-photons auto."),
        ("for example max_photons=8.", "for example --max-photons 8."),
        ('Use method="auto".', "Use --method auto."),
        ('Use on="atoms".', "Use on=atoms."),
        ('Use engine="matrix".', "Use --engine matrix."),
        ('times="auto": the state', "--until-steady: the state"),
        ("Fix others by at={'n_atoms': 4} (--at n_atoms=4) or", "Fix others by --at n_atoms=4 or"),
        ("Write --at n_atoms=4.", "Write --at n_atoms=4."),
        (
            "Argument `x` must be y, but is 'n_atoms=4'.",
            "Argument `x` must be y, but is 'n_atoms=4'.",
        ),
        ("Write cavity-loss:rate=0.5,n_thermal=0.3.", "Write cavity-loss:rate=0.5,n_thermal=0.3."),
        ("use qb.FunctionPulse(f, edges=[1])", "use qb.FunctionPulse(f, edges=[1])"),
        ("at tolerance=2", "at tolerance=2"),
        ("max_photons = 3 is too low.", "--max-photons 3 is too low."),
    ],
)
def test_options_instead_of_arguments(message: str, words: str) -> None:
    """Objects and arguments are options; what is already in those words stays."""
    assert for_command_line(message, "charge") == words


@pytest.mark.parametrize("state", sorted({*registry.items("charger")} - {"custom"}))
def test_a_charger_state_that_does_not_fit_names_options(state: str) -> None:
    """The field belongs to ``--charger``, and the cut-off is an option."""
    kind = registry.items("charger")[state]
    message = ""
    try:
        kind(50).state(10)
    except qb.ArgumentError as error:
        message = for_command_line(str(error), "charge")
    field = "photons" if state == "fock" else "mean_photons"
    assert message.startswith(f"Argument `{field}` of --charger must ")
    assert " --max-photons 10, but is 50" in message
    assert re.search(r"\. Set --max-photons to \d+ or more\.$", message)
    assert "max_photons" not in message


def test_study_files_have_their_own_words() -> None:
    """Objects are texts in a study, arguments are lines of it."""
    message = 'Give one, for example environment=qb.CavityLoss(0.5), or max_photons="auto".'
    assert for_command_line(message, "sweep") == (
        'Give one, for example environment = ["cavity-loss:0.5"], or max_photons="auto".'
    )
