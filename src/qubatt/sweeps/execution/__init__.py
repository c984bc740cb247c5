"""The computation of studies: batches of points, workers, progress, expected cost."""
