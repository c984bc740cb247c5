"""Spaces: named factors in a fixed order, products of named operators."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from qubatt.core.errors import UnsupportedError
from qubatt.core.space import WHOLE_SPACE, Space
from qubatt.operators import Atoms, Mode


def test_dimensions_follow_the_order_of_the_factors() -> None:
    """Each factor counts for itself; the whole is the product, in either basis."""
    space = Space({"cavity": Mode(4), "atoms": Atoms(3)})
    assert space.in_basis("symmetric").dims == (5, 4)
    assert space.in_basis("full").dims == (5, 8)
    assert space.in_basis("symmetric").dim == 20
    assert space.in_basis("full").dim == 40


def test_a_product_acts_from_right_to_left() -> None:
    """``("a+", "a")`` is a†a and ``("a", "a+")`` is not."""
    mode = Mode(3)
    np.testing.assert_allclose(
        mode.in_basis("full").operator(("a+", "a")).toarray(),
        np.diag([0.0, 1.0, 2.0, 3.0]),
        atol=1e-15,
    )
    np.testing.assert_allclose(
        mode.in_basis("full").operator(("a", "a+")).toarray(),
        np.diag([1.0, 2.0, 3.0, 0.0]),
        atol=1e-15,
    )


@pytest.mark.parametrize(
    ("product", "message"),
    [
        (("J+", "P_grund"), "Atoms has no operator 'P_grund'. Best matches are: P_ground."),
        (
            ("Q", "J+"),
            "Atoms has no operator 'Q'. Known are: J+, J-, Jx, Jy, Jz, P_full, P_ground, S_ee,",
        ),
    ],
)
def test_unknown_operator_is_named_with_the_nearest(product: tuple[str, ...], message: str) -> None:
    """The factor and the unknown operator are named, also inside a product."""
    with pytest.raises(UnsupportedError) as caught:
        Atoms(2).operator(product)
    assert str(caught.value).startswith(message)


def test_empty_product_is_refused() -> None:
    """No name at all is a mistake of the model, not the identity."""
    with pytest.raises(UnsupportedError, match="must contain at least one"):
        Mode(2).in_basis("full").operator(())


EXTENDED = Space(
    {"cavity": Mode(1), "atoms": Atoms(2)},
    {
        "atoms": {"H_B": sp.csr_array(np.diag([0.0, 1.0, 4.0]))},
        WHOLE_SPACE: {"swap": sp.csr_array(np.eye(6)[::-1])},
    },
)


def test_matrices_stand_beside_named_operators() -> None:
    """On a factor they multiply with its own, on the whole space with each other."""
    product = EXTENDED.in_basis("symmetric").operator("atoms", ("H_B", "J+")).toarray()
    up = Atoms(2).in_basis("symmetric").operator(("J+",)).toarray()
    np.testing.assert_array_equal(product, np.diag([0.0, 1.0, 4.0]) @ up)
    np.testing.assert_array_equal(
        EXTENDED.in_basis("symmetric").operator("atoms", ("J+",)).toarray(), up
    )
    twice = EXTENDED.in_basis("symmetric").operator(WHOLE_SPACE, ("swap", "swap")).toarray()
    np.testing.assert_array_equal(twice, np.eye(6))


@pytest.mark.parametrize(("where", "name"), [("atoms", "H_B"), (WHOLE_SPACE, "swap")])
def test_matrices_are_known_in_one_basis_only(where: str, name: str) -> None:
    """The full space of two atoms is larger: refused, with both sizes."""
    with pytest.raises(UnsupportedError, match=rf"full basis has \d states, but {name} was given"):
        EXTENDED.in_basis("full").operator(where, (name,))


def test_unknown_matrices_are_named() -> None:
    """As unknown operators are."""
    with pytest.raises(UnsupportedError, match=r"whole space has no operator 'swop'. Best .* swap"):
        EXTENDED.in_basis("symmetric").operator(WHOLE_SPACE, ("swop",))
    with pytest.raises(UnsupportedError, match="Atoms has no operator 'H_A'"):
        EXTENDED.in_basis("symmetric").operator("atoms", ("H_A",))
