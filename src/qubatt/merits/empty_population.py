"""Population of the empty battery."""

from qubatt.core.problem import Term
from qubatt.merits.merit import Merit

EMPTY_POPULATION = Merit(
    name="empty_population",
    long_name="population of the empty battery",
    units="1",
    definition="Tr[ρ |G⟩⟨G|] with the battery in its ground level; 1 for an empty battery",
    operator=lambda realization: realization.operator(
        [Term(1.0, {realization.problem.battery: "P_ground"})]
    ),
    default=False,
)
