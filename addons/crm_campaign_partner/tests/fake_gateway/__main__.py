"""Run the fake gateways by hand, for the demo.

``python -m fake_gateway --port 8170``, in the folder of the addon's tests.
"""

import argparse
import sys
import threading

from .server import FakeGateway


def main(arguments=None):
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8170)
    port = parser.parse_args(arguments).port
    with FakeGateway(port) as gateway:
        sys.stdout.write(f"All gateways answer at {gateway.url}; Ctrl+C ends.\n")
        sys.stdout.flush()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
