"""Measures of speed, run by `make bench`. They print; they assert nothing about time."""
