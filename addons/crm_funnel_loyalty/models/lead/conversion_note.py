"""What a conversion made, noted where it is made."""


class ConversionNote:
    """Collects the customers that are created while leads are converted.

    It travels in the context; being an object, it cannot be sent by a client.
    """

    KEY = "lead_conversion_note"

    def __init__(self):
        self.partner_ids = set()

    @classmethod
    def of(cls, env):
        note = env.context.get(cls.KEY)
        return note if isinstance(note, cls) else None
