"""How a study is computed: batches of points, workers, progress, expected cost."""
