import json
import logging

from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import SQL

from ...services.connect.parts import digest, pack

_logger = logging.getLogger(__name__)

# Who the buyer is: kept when the platform masks it later on.
CONTACT_FIELDS = ("customer", "phone", "email", "address", "province", "phone_masked")
# Left only by what is certainly newer.
FINAL_STATES = ("cancelled", "returned", "deleted")
RETURN_STATES = ("returning", "partial_return", "returned")
COLUMNS = {
    "external_id": "text",
    "date": "timestamp",
    "day": "date",
    "updated": "timestamp",
    "state": "text",
    "raw_state": "text",
    "state_id": "int",
    "is_unknown_state": "boolean",
    "paid": "text",
    "amount_total": "numeric",
    "currency_id": "int",
    "currency_code": "text",
    "content": "jsonb",
    "customer": "text",
    "phone": "text",
    "phone_masked": "boolean",
    "email": "text",
    "address": "text",
    "province": "text",
    "buyer_ref": "text",
    "buyer_name": "text",
    "ad_ref": "text",
    "campaign": "text",
    "note": "text",
    "told_print": "text",
}


class CrmConnectorOrder(models.Model):
    """How orders come in.

    SPECIFICATION
    - ``_store`` is the one way in. Of one order told twice in a list the newest counts;
      what is older than what is stored is ignored; the same again changes nothing.
    - A final state (cancelled, returned, deleted) is left only by a strictly newer
      telling, and a return that was told apart only by another word of the platform.
    - An order told without its goods (deleted ones are) keeps those that are known.
    - The same order delivered many times at once is one: all but the first meet the
      unique index, fail with a serialization error and find it there when run again.
    - An order that cannot be followed never stops another one: it is kept and flagged.

    COST: the look-ups are the same queries for one order or hundreds; writing the sale
    orders costs what core costs.
    """

    _inherit = "crm.connector.order"

    @api.model
    def _store(self, connector, orders):
        """Keep what a platform tells of its orders and let the sale orders follow.

        :param connector: one ``crm.connector``
        :param orders: list of ``services.connect.orders.Order``
        :return: ``crm.connector.order`` of each that has an id, in order
        """
        connector.ensure_one()
        # sudo: orders come in by the system's right, whoever pressed "Sync now"
        store = self.sudo().with_company(connector.company_id)
        newest = store._get_newest(orders)
        known = store._get_by_id(connector, newest)
        # sudo: the table of states is read by the system
        words = store.env["crm.connector.state"]._get_map(connector.sudo().provider)
        currencies = store._get_currencies({o.currency for o in newest.values()})
        rows, changed = [], []
        for external_id, order in newest.items():
            before = known.get(external_id, store.browse())
            values = store._prepare_told(connector, order, words, currencies, before)
            if not before._is_older(values):
                rows.append(values)
                if before.told_print != values["told_print"]:
                    changed.append(external_id)
        store._upsert(connector, rows)
        known = store._get_by_id(connector, newest)
        store.union(*(known[external_id] for external_id in changed))._apply()
        return self.browse(known[order_id].id for order_id in newest)

    @api.model
    def _get_newest(self, orders):
        """:return: dict of id to the newest telling of the order"""
        newest = {}
        for order in orders:
            if not order.external_id:
                _logger.info("An order without a number was passed over")
                continue
            other = newest.get(order.external_id)
            if not (other and other.updated and order.updated) or (
                order.updated >= other.updated
            ):
                newest[order.external_id] = order
        return newest

    @api.model
    def _get_by_id(self, connector, external_ids):
        found = self.search(
            [
                ("connector_id", "=", connector.id),
                ("external_id", "in", [*external_ids]),
            ]
        )
        return {order.external_id: order for order in found}

    @api.model
    def _get_currencies(self, codes):
        """:return: dict of code to ``res.currency``, switched on or not"""
        currencies = self.env["res.currency"].with_context(active_test=False)
        found = currencies.search([("name", "in", [*codes])])
        return {currency.name: currency for currency in found}

    @api.model
    def _prepare_told(self, connector, order, words, currencies, before):
        """What is kept of an ``Order``.

        :param words: what ``crm.connector.state._get_map`` gave
        :param before: the record of it, if there is one
        """
        state, row = self.env["crm.connector.state"]._read_state(
            connector.provider, order, words
        )
        is_back = before.state in RETURN_STATES
        is_news = before.raw_state != order.raw_state
        if is_back and not is_news and state not in (*RETURN_STATES, *FINAL_STATES):
            state, row = before.state, before.state_id
        date = order.created or before.date or order.updated or fields.Datetime.now()
        currency = currencies.get(order.currency, self.env["res.currency"])
        values = {
            "external_id": order.external_id,
            "date": date,
            "day": connector.company_id._get_ads_day(date),
            "state": state,
            "raw_state": order.raw_state,
            "state_id": row.id or None,
            "is_unknown_state": state == "unknown",
            "paid": order.paid,
            "amount_total": self._round(currency, order.total),
            "currency_id": currency.id or None,
            "currency_code": order.currency,
            "content": pack(order),
            **{fname: getattr(order, fname) for fname in CONTACT_FIELDS},
            "buyer_ref": order.buyer_ref,
            "buyer_name": order.buyer_name,
            "ad_ref": order.ad_ref,
            "campaign": order.campaign,
            "note": order.note,
        }
        values |= self._prepare_kept(order, before)
        values["told_print"] = digest(values)
        values["updated"] = max(
            filter(None, (order.updated, before.updated)), default=None
        )
        values["is_newer"] = not (order.updated and before.updated) or (
            order.updated > before.updated
        )
        values["is_outdated"] = bool(
            order.updated and before.updated and order.updated < before.updated
        )
        return values

    @api.model
    def _prepare_kept(self, order, before):
        """What is not told any more and stays as it was."""
        if not before:
            return {}
        kept = []
        if not order.lines:
            kept += [
                *("content", "amount_total", "currency_code", "paid", "note", "day"),
                *("ad_ref", "campaign", "buyer_ref", "buyer_name", "date"),
                *CONTACT_FIELDS,
            ]
        elif order.phone_masked and before.phone:
            kept += CONTACT_FIELDS
        values = {fname: before[fname] or None for fname in kept}
        if "phone_masked" in values:
            values["phone_masked"] = before.phone_masked
        if "amount_total" in values:
            values["amount_total"] = str(before.amount_total)
            values["currency_id"] = before.currency_id.id or None
        return values

    @api.model
    def _round(self, currency, amount):
        """The exact amount, rounded once; as text, so that it stays exact."""
        return str(currency.round(float(amount)) if currency else amount)

    def _is_older(self, values):
        """Whether what is stored is as new as what is told."""
        if not self:
            return False
        if values["is_outdated"] or (
            not values["is_newer"] and self.told_print == values["told_print"]
        ):
            return True
        return (
            not values["is_newer"]
            and self.state in FINAL_STATES
            and values["state"] not in FINAL_STATES
        )

    @api.model
    def _upsert(self, connector, rows):
        """Write the rows at once; in the database, too, only what is not older."""
        if not rows:
            return
        self.env.flush_all()
        names = SQL(", ").join(map(SQL.identifier, COLUMNS))
        types = SQL(", ").join(
            # the types are written in this file, none comes from outside
            SQL("%s %s", SQL.identifier(name), SQL(kind))  # pylint: disable=sql-injection
            for name, kind in COLUMNS.items()
        )
        updates = SQL(", ").join(
            SQL("%s = excluded.%s", SQL.identifier(name), SQL.identifier(name))
            for name in COLUMNS
        )
        # a conflict here is foreseen and retried: it is no error for the server's log
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_connector_order AS stored
                       (connector_id, company_id, needs_attention,
                        create_uid, write_uid, create_date, write_date, %(names)s)
                SELECT %(connector)s, %(company)s, FALSE,
                       %(uid)s, %(uid)s, now(), now(), %(names)s
                  FROM jsonb_to_recordset(%(rows)s::jsonb) AS told(%(types)s)
                 ORDER BY external_id
                    ON CONFLICT (connector_id, external_id) DO UPDATE
                   SET write_uid = excluded.write_uid, write_date = now(), %(updates)s
                 WHERE stored.updated IS NULL OR excluded.updated >= stored.updated
                """,
                names=names,
                types=types,
                updates=updates,
                connector=connector.id,
                company=connector.company_id.id,
                uid=self.env.uid,
                rows=json.dumps(rows, default=str),
            ),
            log_exceptions=False,
        )
        self.invalidate_model()

    # ------------------------------------------------------------
    # What follows
    # ------------------------------------------------------------

    def _apply(self):
        """Let the sale orders follow; what cannot is flagged and stops no other."""
        for connector, orders in self.grouped("connector_id").items():
            quiet = orders.with_company(connector.company_id).with_context(
                **self._get_quiet_context()
            )
            quiet._apply_safely()

    @api.model
    def _get_quiet_context(self):
        """Nobody gets mail because a machine wrote what happened elsewhere."""
        return {
            "crm_connector_keep_date": True,
            "mail_auto_subscribe_no_notify": True,
            "mail_create_nosubscribe": True,
            "sale_no_log_for_new_lines": True,
            "send_email": False,
        }

    def _apply_safely(self):
        try:
            with self.env.cr.savepoint():
                self._apply_all()
        except (UserError, RedirectWarning, IntegrityError) as error:
            if len(self) > 1:
                for order in self:
                    order._apply_safely()
                return
            _logger.info("Platform order %s cannot be followed: %s", self.id, error)
            self._add_issue("failed")
            self.issue_detail = str(error.args[0] if error.args else error)

    def _apply_all(self):
        """All steps, for orders of one connector."""
        # what a shop sells in is in use
        self.currency_id.filtered(lambda currency: not currency.active).active = True
        people = self._match_people()
        self._match_ads()
        articles = self._match_articles()
        self._make_sale_orders(people)
        self._update_customers(people)
        self._write_lines(articles)
        self._follow_state()
        self._note_issues()

    def _note_issues(self):
        """Judge anew what can be seen in the orders; what people settle stays."""
        unrated = self._get_unrated()
        for order in self:
            seen = {
                "currency": not order.currency_id,
                "partial_return": order.state == "partial_return",
                "unknown_state": order.is_unknown_state,
                "rate": order.currency_id in unrated,
                "unmapped": order._has_unmapped(),
                "failed": False,
            }
            issues = order._get_issues() - seen.keys()
            issues |= {code for code, is_so in seen.items() if is_so}
            text = order._join_issues(issues)
            if (order.issues or False) != text:
                order.issues = text

    def _get_unrated(self):
        """The currencies of these orders that have no exchange rate."""
        foreign = self.currency_id - self.company_id.currency_id
        if not foreign:
            return foreign
        rated = self.env["res.currency.rate"]._read_group(
            [
                ("currency_id", "in", foreign.ids),
                ("company_id", "in", [False, *self.company_id.root_id.ids]),
            ],
            ["currency_id"],
        )
        return foreign.filtered(lambda currency: (currency,) not in rated)
