from odoo import api, models
from odoo.fields import Domain


class CrmAdsData(models.Model):
    """Phone calls that are logged elsewhere count as first contact (002.29).

    SPECIFICATION
    - A held call of the data's own salesperson on its lead, at the time of the call.
      Where calls are logged is said by ``_get_call_sources``; OCA's ``crm_phonecall``
      is known, and needs not be installed.
    - Looked for before anything is taken back, and by each run of the recall.

    COST: for each kind of call one search and one grouping, and one write per first
    call found.
    """

    _inherit = "crm.ads.data"

    @api.model
    def _get_call_sources(self):
        """Where held calls are logged: model, its field of the lead, domain."""
        sources = [("crm.phonecall", "opportunity_id", Domain("state", "=", "done"))]
        return [source for source in sources if source[0] in self.env]

    @api.model
    def _find_logged_calls(self):
        """Mark all data whose lead a call has been logged on since the last run."""
        for model, fname, domain in self._get_call_sources():
            waiting = Domain(
                f"{fname}.ads_data_ids", "any", self._get_untouched_domain()
            )
            calls = self.env[model].search(domain & waiting, limit=10000)
            untouched = calls[fname].ads_data_ids.filtered_domain(
                self._get_untouched_domain()
            )
            untouched._mark_logged_calls()

    def _mark_logged_calls(self):
        """Mark those of these data as handled that a call was logged for."""
        waiting = self.filtered(lambda data: data.lead_id and not data.contact_date)
        for model, fname, domain in self._get_call_sources():
            # sudo: the calls of a colleague are only asked whether they were made
            calls = self.env[model].sudo()
            groups = calls._read_group(
                domain & Domain(fname, "in", waiting.lead_id.ids),
                [fname, "user_id"],
                ["date:min"],
            )
            first = {(lead, user): date for lead, user, date in groups}
            for data in waiting:
                date = first.get((data.lead_id, data.user_id))
                if date:
                    data.contact_date = date
