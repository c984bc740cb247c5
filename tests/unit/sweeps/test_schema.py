import tomllib
from importlib.resources import files

import jsonschema
import pytest

from qubatt.core.registry import registry
from qubatt.sweeps.study.schema import study_schema
from qubatt.sweeps.study.study import Study

EXAMPLE = tomllib.loads((files("qubatt.sweeps") / "example.toml").read_text("utf-8"))


def test_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(study_schema())


def test_example_fits_the_schema_and_is_a_study():
    jsonschema.validate(EXAMPLE, study_schema())
    assert len(Study.of(EXAMPLE)) == 16


def test_lines_of_the_example_that_are_left_out_work_too():
    text = (files("qubatt.sweeps") / "example.toml").read_text("utf-8")
    head, _, rest = text.partition("# Other ways to say it:\n")
    head = head.partition('"battery.interaction"')[0]
    for line in (line.removeprefix("# ").partition("  #")[0] for line in rest.splitlines()):
        if line.startswith("together"):
            line = '"battery.n_atoms" = [2, 4]\n"battery.max_photons" = [8, 9]\n' + line
        if "sqrt" in line:
            line = '"battery.n_atoms" = [2, 4]\n' + line
        given = tomllib.loads(head + line)
        jsonschema.validate(given, study_schema())
        assert len(Study.of(given).points) > 1


@pytest.mark.parametrize("kind", ["battery", "charger", "environment", "run"])
def test_everything_that_can_be_written_is_in_the_schema(kind):
    made = study_schema()["properties"][kind]
    made = made["items"] if kind == "environment" else made
    names = {
        table["properties"]["type"]["const"] for table in made["anyOf"] if "properties" in table
    }
    assert names == {
        name for name, cls in registry.items(kind).items() if getattr(cls, "has_text_form", True)
    }


@pytest.mark.parametrize(
    "change",
    [
        {"batery": {}},
        {"battery": {"type": "dicky"}},
        {"battery": {"type": "dicke", "n_atom": 2}},
        {"battery": {"type": "dicke", "n_atoms": -2}},
        {"sweep": {"battery.n_atoms": {"strat": 1}}},
        {"sweep": {"battery.n_atoms": []}},
    ],
)
def test_mistakes_are_refused(change):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**EXAMPLE, **change}, study_schema())
