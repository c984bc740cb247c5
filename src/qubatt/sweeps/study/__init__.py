"""The definition of studies: tables, axes, formulas, kinds of runs, points and their keys."""
