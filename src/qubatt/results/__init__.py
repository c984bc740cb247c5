"""Results: labelled data, their status, and their summary as text."""
