"""A loop of single writes recomputes the tiers once."""


class FunnelBatch:
    """Collects the customers that a loop of single writes touches, to recompute once.

    It travels in the context; being an object, it cannot be sent by a client.
    """

    KEY = "funnel_batch"

    def __init__(self):
        self.ids = set()

    @classmethod
    def of(cls, env):
        batch = env.context.get(cls.KEY)
        return batch if isinstance(batch, cls) else None
