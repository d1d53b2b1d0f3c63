"""`python -m tests.doubles.quick run`: Legwork as it is, but a burst is over after three tenths of a second instead of two."""

from __future__ import annotations

from legwork.__main__ import main
from legwork.channels import arrivals

QUIET_SECONDS = 0.3

if __name__ == "__main__":
    arrivals.QUIET_SECONDS = QUIET_SECONDS
    main()
