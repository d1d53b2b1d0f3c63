"""Legwork: the front desk of a one-person massage practice that treats runners."""
