"""The computation of studies: batches of points, workers, progress, estimated cost."""
