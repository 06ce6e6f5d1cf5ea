"""Lists of choices that several models share."""

CHANNELS = [
    ("email", "E-mail"),
    ("sms", "SMS"),
    ("zalo", "Zalo"),
    ("call", "Call"),
]
KINDS = [("marketing", "Advertising"), ("care", "Care")]

# Channels that reach a phone number; the others reach an e-mail address.
PHONE_CHANNELS = ("sms", "zalo", "call")
