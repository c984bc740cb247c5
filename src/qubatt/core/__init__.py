"""Problem, Solution, Space, registry, errors and checks, on which all other parts are built."""
