"""Measurements against baselines: `make bench`. Figures are ratios within one run, never promises about a machine."""
