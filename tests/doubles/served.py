"""Serves the doors around the stand-in for the model, and again at once whenever it is killed.

`python -m tests.doubles.served PORT` prints the id of each process that serves. It forks, since starting anew would take
seconds for the imports alone; nothing of the killed process is left but the database.
"""

from __future__ import annotations

import os
import sys

from legwork import server
from legwork.channels import arrivals
from tests.doubles.agent import Agent

QUIET_SECONDS = 0.05


def serve(port: int) -> None:
    """Serves until killed."""
    arrivals.QUIET_SECONDS = QUIET_SECONDS
    agent = Agent()
    agent.seconds = 0.01
    server.serve(server.create_app(agent), "127.0.0.1", port)


def main() -> None:
    """Forks until its parent is gone."""
    parent = os.getppid()
    while os.getppid() == parent:
        child = os.fork()
        if child == 0:
            serve(int(sys.argv[1]))
            os._exit(0)
        print(child, flush=True)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
