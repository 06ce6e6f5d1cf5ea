"""Run the fake providers by hand, for the demo.

``python -m fake_provider --port 8169`` in the folder ``addons/crm_ads_data/tests``. It
fills each shop with a few orders (Meta with leads) and says what has to be entered in a
connector.
"""

import argparse
import contextlib
import sys
import threading

from .server import FakeServer

AD = "120210283479452499"


def main(arguments=None):
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="fake_provider", description=__doc__)
    parser.add_argument("--port", type=int, default=8169)
    parser.add_argument("--orders", type=int, default=5, help="orders of each shop")
    options = parser.parse_args(arguments)
    with FakeServer(options.port) as server:
        for provider in server.shops:
            shop = server.shop(provider)
            for number in range(options.orders):
                shop.add(ad=AD if number % 2 else None)
            sys.stdout.write(f"\n{provider}\n")
            for name, value in server.settings(provider).items():
                sys.stdout.write(f"  {name:16} {value}\n")
        sys.stdout.write(
            "\nOdoo takes an address on this machine only with the system parameter"
            "\ncrm_ads_data.connector_allow_private_hosts set to 1.\nCtrl+C ends it.\n"
        )
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
