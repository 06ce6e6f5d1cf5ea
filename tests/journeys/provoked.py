"""What the journeys provoke in a server's log on purpose, by name."""

import re

from server_log import complaints_of

# What the journeys provoke on purpose: refusals, logged by Odoo as warnings; and core's
# own races: the chat's, which the browser starts by itself and Odoo retries, and the
# digest's, whose cron starts with the server while the journeys make their people.
PROVOKED = (
    r"odoo\.sql_db: bad query: b' UPDATE \"discuss_channel_member\"",
    r"odoo\.sql_db: bad query: b' UPDATE \"digest_digest\"",
    r"odoo\.addons\.base\.models\.ir_cron: Job 'Digest Emails' ",
    r"odoo\.http: Nothing to transfer: only new data",
    r"odoo\.http: Somebody else has just taken it",
    r"odoo\.http: .* is looking at this number until",
    r"odoo\.http: Uh-oh! Looks like you have stumbled upon some top-secret records",
    r"odoo\.http: You do not have enough rights to access the field ",
    r"odoo\.http: You are not allowed to (access|create|modify|delete) ",
    r"odoo\.http: Only sale admins take data back",
    r"odoo\.http: These fields of data cannot be set by hand",
    r"odoo\.http: Distribution decisions cannot be changed",
    r"odoo\.http: This instalment is invoiced already",
    r"odoo\.http: The other instalments come to the whole value or more",
    r"odoo\.http: You have looked at [0-9]+ numbers within the hour",
    # a salesperson asks for everything there is, in every model
    r"odoo\.http: Failed to read field ",
    r"odoo\.http: Filter on the Account or its Display Name instead",
    r"odoo\.http: Account Code Mapping cannot be accessed directly",
    r"odoo\.http: Do not have access, skip this data for user's digest email",
)


def unexpected_complaints(log):
    """The warnings and errors of a server log that no journey provoked on purpose."""
    return [
        complaint
        for complaint in complaints_of(log)
        if not any(re.match(rf"[A-Z]+ {provoked}", complaint) for provoked in PROVOKED)
    ]
