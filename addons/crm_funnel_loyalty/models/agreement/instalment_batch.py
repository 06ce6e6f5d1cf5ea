from ...context_collector import ContextCollector


class InstalmentBatch(ContextCollector):
    """The contracts whose instalments are saved line by line: added up at the end."""

    KEY = "instalment_batch"
