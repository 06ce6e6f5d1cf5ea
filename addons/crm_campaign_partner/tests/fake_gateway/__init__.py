"""Every gateway of messages and calls on one port of 127.0.0.1: plain Python, for tests
and the demo.

>>> with FakeGateway() as gateway:
...     gateway.fail("esms", "no_money")
...     gateway.esms.sent
[]
"""

from .server import FakeGateway
