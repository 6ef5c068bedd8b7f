"""Progress: learners × objectives, from everybody down to one cell, and what is done there for one or for many."""
