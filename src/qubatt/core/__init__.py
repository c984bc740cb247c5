"""Problem, Solution, Space, registry, errors and checks: what every other part rests on."""
