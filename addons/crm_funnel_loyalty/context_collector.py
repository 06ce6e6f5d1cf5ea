"""What is collected while something goes on, to be worked off once at its end."""


class ContextCollector:
    """Ids that a loop of single writes touches.

    It travels in the context under ``KEY``; being an object, it cannot be sent by a
    client.
    """

    KEY = None

    def __init__(self):
        self.ids = set()

    @classmethod
    def of(cls, env):
        """:return: the one that is at work, or None"""
        collector = env.context.get(cls.KEY)
        return collector if isinstance(collector, cls) else None
