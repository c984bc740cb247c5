"""qubatt: open quantum batteries, from Hamiltonian to figure.

Public names load on first use, so that ``import qubatt`` stays quick; ``__init__.pyi`` lists them.
"""

import logging

import lazy_loader

logging.getLogger(__name__).addHandler(logging.NullHandler())  # silent unless the program logs

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
