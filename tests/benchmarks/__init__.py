"""How fast fslint is, beside its peers and the floors: ``python -m tests.benchmarks``."""
