"""qubatt: open quantum batteries, from Hamiltonian to figure.

Public names load on first use, so that ``import qubatt`` stays quick; ``__init__.pyi`` lists them.
"""

import logging

import lazy_loader

logging.getLogger(__name__).addHandler(logging.NullHandler())  # silent unless the program logs

_load, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> object:
    """Return a public name, loaded on first use; errors suggest the nearest names."""
    try:
        return _load(name)
    except AttributeError:
        if name.startswith("_") or name in __all__:
            raise
    from qubatt.core.errors import suggest

    near = suggest({"mesolve": "charge", "sesolve": "charge"}.get(name, name), __all__)
    cure = near if near.startswith("Best") else "dir(qubatt) lists the public names."
    raise AttributeError(f"qubatt has no public name {name!r}. {cure}", name=name)
