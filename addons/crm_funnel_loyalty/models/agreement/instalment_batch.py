"""A screen full of instalments is saved line by line and added up once."""


class InstalmentBatch:
    """Collects the contracts whose instalments change, to add them up at the end.

    It travels in the context; being an object, it cannot be sent by a client.
    """

    KEY = "instalment_batch"

    def __init__(self):
        self.ids = set()

    @classmethod
    def of(cls, env):
        batch = env.context.get(cls.KEY)
        return batch if isinstance(batch, cls) else None
