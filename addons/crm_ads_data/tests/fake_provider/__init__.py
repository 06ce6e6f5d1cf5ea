"""Every provider on one port of 127.0.0.1: plain Python, for tests and the demo.

>>> with FakeServer() as server:
...     order = server.shop("haravan").add(phone="0901234567", ad="120210283479452499")
...     server.fail("haravan", "throttle", times=2)

``server.settings("haravan")`` holds the values of a connector's fields that reach it.
"""

from .server import FakeServer
