import time
from datetime import timedelta

from odoo import fields, models

from ....services.connect import errors
from ....services.connect.meta_leads import fetch_form_leads, fetch_forms
from .crm_connector_facebook_lead import CLOSED

# In this order: what has to be there before what comes after it.
ADS_STEPS = ("accounts", "campaigns", "ads", "insights")
STEPS = ("forms", "leads", *ADS_STEPS)


class CrmConnectorFacebook(models.AbstractModel):
    """Looking through everything at Facebook, one page of one list at a time.

    SPECIFICATION
    - ``cursor`` is ``{"step", "id", "after"}``: the list that is being read, of which
      page, form or account, and where in it. What is added meanwhile is met on the
      way; what is gone is passed over.
    - Every list of every page, form and account is read on its own: one that Facebook
      refuses keeps its reason and does not hold up the others.
    - Leads are fetched every time, ads and figures every ``ADS_HOURS``.
    - A form that is new here is read ``backfill_days`` back.
    """

    _inherit = "crm.connector.facebook"

    def _poll_page(self, connector, since, until, cursor):
        self._check_busy(connector)
        if not cursor:
            cursor = self._get_next_list(connector, None)
        if not cursor:
            return 0, None
        record = self._get_record(connector, cursor)
        if not record:
            return 0, self._get_next_list(connector, cursor)
        after = cursor.get("after")
        try:
            with self._explain():
                count, after = self._read_list(
                    connector, cursor["step"], record, since, after
                )
            self._keep_refusal(record, False)
        except errors.Permanent as error:
            if record == connector:
                raise
            count, after = 0, None
            self._keep_refusal(record, connector._describe_error(error))
        if after:
            return count, {**cursor, "after": after}
        return count, self._get_next_list(connector, cursor)

    def _keep_refusal(self, record, reason):
        """Write down why Facebook refuses a list, or that it does no longer."""
        is_noted_by_frame = record._name == "crm.connector"
        if not is_noted_by_frame and record.last_error != reason:
            record.last_error = reason

    # ------------------------------------------------------------
    # LISTS
    # ------------------------------------------------------------

    def _get_lists(self, connector, step):
        """What the lists of a step are of, as a recordset."""
        if step == "forms":
            return self.env["crm.connector.page"].search(
                [("connector_id", "=", connector.id)], order="id"
            )
        if step == "leads":
            return self.env["crm.connector.form"].search(
                [
                    ("connector_id", "=", connector.id),
                    ("page_id.active", "=", True),
                    ("status", "in", ("ACTIVE", "ARCHIVED", False)),
                ],
                order="id",
            )
        if not connector._is_ads_due():
            return connector.browse()
        if step == "accounts":
            return connector
        return self.env["crm.ads.account"].search(
            [("connector_id", "=", connector.id), ("external_ref", "!=", False)],
            order="id",
        )

    def _get_record(self, connector, cursor):
        """What the list is of; nothing when it is not to be read any more."""
        records = self._get_lists(connector, cursor["step"])
        return records.filtered(lambda record: record.id == cursor["id"])

    def _get_next_list(self, connector, cursor):
        """The cursor at the beginning of the next list; None after the last one."""
        first = STEPS.index(cursor["step"]) if cursor else 0
        last_id = cursor["id"] if cursor else 0
        for step in STEPS[first:]:
            for record in self._get_lists(connector, step):
                if record.id > last_id:
                    return {"step": step, "id": record.id}
            last_id = 0
        if cursor and cursor["step"] in ADS_STEPS:
            connector.ads_synced = fields.Datetime.now()
        return None

    def _read_list(self, connector, step, record, since, after):
        """Read and store one page of a list.

        :return: ``(number of records, where its next page begins or None)``
        """
        if step == "forms":
            return self._read_forms(record, after)
        if step == "leads":
            return self._read_leads(record, since, after)
        api = connector._get_api()
        result = getattr(self, f"_sync_{step}")(record, api, after)
        self._keep_wait(connector, api)
        return result

    def _read_forms(self, page, after):
        api = page._get_api()
        forms, following = fetch_forms(api, page.external_ref, after)
        self._keep_wait(page.connector_id, api)
        wanted = {ref: (name, status, keys) for ref, name, status, keys in forms}
        self.env["crm.connector.form"]._get_or_create(page, wanted)
        return len(forms), following

    def _read_leads(self, form, since, after):
        connector, page = form.connector_id, form.page_id
        if not form.is_backfilled:
            back = timedelta(days=connector.backfill_days).total_seconds()
            since = min(since, int(time.time() - back))
        api = page._get_api()
        leads, following = fetch_form_leads(api, form.external_ref, since, after)
        self._keep_wait(connector, api)
        outcomes = self._store_leads(page, leads, "api")
        closed = [
            lead
            for lead, (_status, _data, reason) in zip(leads, outcomes, strict=True)
            if reason == CLOSED
        ]
        self._queue_closed(connector, page, closed)
        if not following and not form.is_backfilled:
            form.is_backfilled = True
        return len(leads), following
