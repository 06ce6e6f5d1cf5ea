from ...context_collector import ContextCollector


class FunnelBatch(ContextCollector):
    """The customers that single writes touch: their tiers are recomputed once."""

    KEY = "funnel_batch"
