from ...context_collector import ContextCollector


class ConversionNote(ContextCollector):
    """The customers that are created while leads are converted."""

    KEY = "lead_conversion_note"
