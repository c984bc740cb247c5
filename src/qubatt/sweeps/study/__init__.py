"""What a study is: tables, axes, formulas, kinds of runs, points and their keys."""
