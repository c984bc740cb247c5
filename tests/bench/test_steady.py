"""Steady states in the benchmark: closed form, residual, workers, and what is tried of QuTiP."""

import numpy as np
import pytest
import scipy.sparse as sp

import qubatt as qb
from bench import steady
from bench.cases import STEADY, STEADY_SMOKE, export
from bench.fluorescence import stored_energy
from bench.results import Results
from bench.steady import Attempts, contestants, judge, measure_steady
from bench.steady_methods import CONFIGS, choose, config
from bench.worker import TimeLimitError, WorkerError
from bench.workers import qubatt_steady_worker, qutip_steady_worker
from bench.workers.liouvillian import residual


@pytest.mark.parametrize("drive", [2.0, 5.0, 10.0])
def test_closed_form_is_the_steady_state(drive):
    """Below, at and above the transition Ω = γN/2."""
    battery = qb.DrivenBattery(n_atoms=20, drive=drive, detuning=0.0)
    end = qb.steady_state(battery, environment=qb.CollectiveDecay(0.5))
    assert float(end.energy) == pytest.approx(stored_energy(20, drive, 0.5), abs=1e-9)


def test_closed_form_of_one_atom():
    """Ω²/(γ² + 2Ω²)."""
    assert stored_energy(1, 1.0, 0.5) == pytest.approx(1.0 / 2.25)


def test_residual_is_that_of_the_superoperator():
    """Against Kronecker products, for a complex H and a jump that is not square-normal."""
    random = np.random.default_rng(1)
    parts = random.normal(size=(3, 2, 4, 4))
    H, c, rho = parts[:, 0] + 1j * parts[:, 1]
    H = H + H.conj().T
    one, damping = np.eye(4), c.conj().T @ c
    L = -1j * (np.kron(H, one) - np.kron(one, H.T)) + np.kron(c, c.conj())
    L -= 0.5 * (np.kron(damping, one) + np.kron(one, damping.T))
    found = residual(sp.csr_array(H), [sp.csr_array(c)], rho)
    assert found == pytest.approx(np.linalg.norm(L @ rho.ravel()))


def test_qubatt_worker_finds_the_steady_state():
    """The residual by SciPy is as small as the one in the certificate."""
    session = qubatt_steady_worker.Session()
    session.load({"case": "steady-smoke"})
    found = session.run({})
    battery, environment = STEADY_SMOKE.battery, STEADY_SMOKE.environment
    with pytest.warns(qb.QubattWarning, match="max_photons = 4 is too low"):
        end = qb.steady_state(battery, environment=environment)
    assert found["energies"] == [float(end.energy)]
    assert found["uniqueness"] == "unique"
    assert session.prepare({}) == {}
    checked = session.prepare({"audit": True})
    assert checked["residual"] < 1e-10
    assert checked["relaxation_rate"] > 0.0


@pytest.mark.parametrize("name", ["bicgstab", "spsolve, rcm", "lgmres, ILU", "eigen", "svd"])
def test_qutip_worker_agrees(tmp_path, monkeypatch, name):
    """Energies within 1e-8, and the residual that belongs to it."""
    monkeypatch.setattr(qutip_steady_worker, "limit_memory", lambda: None)
    path = tmp_path / "problem.npz"
    export(STEADY_SMOKE, path)
    session = qutip_steady_worker.Session()
    session.load({"path": str(path)})
    (method,) = choose((name,))
    request = {**method, "tolerance": 1e-10 if method["adjustable"] else None}
    found = session.run(request)
    ours = qubatt_steady_worker.Session()
    ours.load({"case": "steady-smoke"})
    assert found["energies"] == pytest.approx(ours.run({})["energies"], abs=2e-8)
    assert found["residual"] < 1e-8


def test_names_are_unique_and_known():
    """A case names only methods that there are; by default all of them."""
    names = [method["name"] for method in CONFIGS]
    assert len(set(names)) == len(names)
    assert choose(None) == list(CONFIGS)
    for case in STEADY.values():
        assert len(choose(case.attempts)) == len(case.attempts or CONFIGS)


class FakeTeam:
    """Starts workers that answer from a table: seconds, and error at the loosest tolerance."""

    def __init__(self, outcomes, output=None):
        self.outcomes, self.output, self.asked = outcomes, output, []
        self.alive = True

    def start(self, library, case):  # noqa: ARG002
        """Return itself as the worker."""
        self.library = library
        return self

    def ask(self, request, limit=None):
        """Answer like a worker."""
        if request["do"] == "prepare":
            return {"residual": 1e-13} if request.get("audit") else {}
        self.asked.append((request.get("name"), limit))
        if "name" not in request:
            return {"seconds": 0.5, "energies": [1.0], "engine": {"method": "flow"}}
        seconds, error = self.outcomes[request["name"]]
        if seconds is None:
            raise WorkerError("MemoryError")
        if seconds > limit:
            raise TimeLimitError(f"stopped after {limit:.0f} s")
        energy = 1.0 + error * (request["tolerance"] or 1e-6) / 1e-6
        return {"seconds": seconds, "energies": [energy], "residual": abs(error), "peak_mb": 1.0}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def close(self):
        """Do nothing."""


@pytest.fixture
def team(monkeypatch, tmp_path):
    """Return a team of five methods."""
    outcomes = {
        "iterative": (0.6, 1e-6),
        "precise": (1.0, 0.0),
        "slow": (13.0, 0.0),
        "wrong": (0.1, 1e-3),
        "large": (None, 0.0),
    }
    methods = [config(name, "direct", {}) for name in outcomes]
    methods[0]["adjustable"] = "rtol"
    monkeypatch.setattr(steady, "choose", lambda _: methods)
    return FakeTeam(outcomes, tmp_path)


def test_every_method_has_its_outcome(team):
    """An iterative one at the loosest tolerance that will do; 12 s are 20 times the best."""
    error = judge(STEADY_SMOKE, 1.0)
    found = Attempts(team, STEADY_SMOKE, error, 900.0).all()
    records = {record["config"]["name"]: record for record in found}
    assert records["iterative"]["tolerance"] == 1e-8
    assert records["iterative"]["error"] == pytest.approx(5e-9)
    assert records["precise"]["tolerance"] is None
    assert records["slow"]["note"] == "stopped after 12 s: slower than 20 times the best"
    assert records["wrong"]["note"].startswith("wrong: |ΔE|/N is 5e-04, residual 1e-03")
    assert records["large"]["note"] == "MemoryError"
    assert team.asked[0] == ("iterative", steady.LONGEST)
    assert team.asked[-1] == ("iterative", steady.LONGEST)


def test_closed_form_judges_where_there_is_one():
    """Otherwise what qubatt found."""
    case = STEADY["steady-E50"]
    assert judge(case, 1.0)([case.exact + 2.0]) == pytest.approx(0.01)
    assert judge(STEADY_SMOKE, 1.0)([1.0, 1.5]) == 0.25


def test_slow_best_method_does_not_run_again():
    """It enters the repeats only below a minute."""
    record = {"library": "qutip_steady", "config": {}, "tolerance": None, "seconds": 61.0}
    assert list(contestants([record])) == ["qubatt"]
    assert list(contestants([{**record, "seconds": 59.0}])) == ["qubatt", "qutip"]
    assert list(contestants([])) == ["qubatt"]


def test_steps_of_a_steady_state(team, monkeypatch, tmp_path):
    """Audit, methods, repeats; nothing is measured twice."""

    entered = []
    monkeypatch.setattr(steady, "repeat", lambda *given: entered.append(given[2]) or {"done": 1})
    results = Results(tmp_path / "bench.json", {}, "abc")
    measure_steady(STEADY_SMOKE, team, results, 3, 900.0)
    measure_steady(STEADY_SMOKE, team, results, 3, 900.0)
    name, steps = STEADY_SMOKE.name, results.data["steps"]
    assert list(steps) == [
        f"{name}/{step}" for step in ("steady", "steady-qutip", "steady-repeats")
    ]
    assert steps[f"{name}/steady"]["value"]["residual"] == 1e-13
    assert [sorted(one) for one in entered] == [["qubatt", "qutip"]]
    assert (team.output / f"problem-{name}.npz").exists()
