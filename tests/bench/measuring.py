"""What the benchmarks share: copies of rows, clocks, and what a client reads.

They run in ``odoo shell`` (see setup/bench) and reach this file by ``ROOT``.
"""

import statistics
import sys
import time
from collections import defaultdict

from odoo.tools import SQL

NUMBERS = ("integer", "float", "monetary")
ACTIVITY_PROGRESS = {
    "field": "activity_state",
    "colors": {"planned": "success", "today": "warning", "overdue": "danger"},
}


def say(text):
    """A line of the report, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def clone(env, table, template_id, values, source):
    """Copy the row ``template_id`` of ``table`` once per row of ``source``.

    :param values: SQL of a jsonb object with what differs, in terms of ``n``
    :param source: SQL of a set, whose rows are ``n``
    """
    env.cr.execute(
        SQL(
            "INSERT INTO %(table)s SELECT copy.* FROM %(table)s template,"
            " LATERAL (SELECT %(source)s) rows (n),"
            " LATERAL jsonb_populate_record(template, %(values)s) copy"
            " WHERE template.id = %(id)s",
            table=SQL.identifier(table),
            source=SQL(source),
            values=SQL(values),
            id=template_id,
        )
    )


class Clock:
    """Times (milliseconds, one of each round) and queries of each measured part."""

    def __init__(self, env):
        self.env = env
        self.times = defaultdict(list)
        self.queries = {}

    @property
    def best(self):
        """The best time of each part, by its name."""
        return {name: min(times) for name, times in self.times.items()}

    def compare(self, name, peer_name):
        """How many times as long as its peer: the median of the rounds. The machine may
        be slower in one round than in another, but not for one side of a round."""
        pairs = zip(self.times[name], self.times[peer_name], strict=True)
        return statistics.median(ours / peer for ours, peer in pairs)

    def measure(self, name, work):
        """Do the work with nothing in the cache, and note what it took."""
        self.env.flush_all()
        self.env.invalidate_all()
        queries = self.env.cr.sql_log_count
        begin = time.perf_counter()
        result = work()
        self.times[name].append((time.perf_counter() - begin) * 1000)
        self.queries[name] = self.env.cr.sql_log_count - queries
        return result


def get_specification(model, view_type, xml_id=None):
    """What the client reads for the fields of a view."""
    view_id = model.env.ref(xml_id).id if xml_id else False
    fields = model.get_view(view_id, view_type)["models"][model._name]
    return {
        fname: {"fields": {"display_name": {}}}
        if model._fields[fname].relational
        else {}
        for fname in fields
    }


def get_aggregates(model, specification):
    """What the client adds up in groups."""
    fields = model.fields_get(list(specification), ["aggregator", "type"])
    return [
        f"{fname}:{field['aggregator']}"
        for fname, field in fields.items()
        if field.get("aggregator") and field["type"] in NUMBERS
    ]


def open_kanban(model, xml_id, domain, groupby):
    """:return: function that reads what the client of a kanban of leads reads: columns
    with cards, and the progress bar of activities"""
    model = model.with_context(read_group_expand=True)
    specification = get_specification(model, "kanban", xml_id)
    aggregates = get_aggregates(model, specification)

    def work():
        model.web_read_group(
            domain,
            [groupby],
            aggregates,
            auto_unfold=True,
            unfold_read_specification=specification,
        )
        model.read_progress_bar(domain, groupby, ACTIVITY_PROGRESS)

    return work
