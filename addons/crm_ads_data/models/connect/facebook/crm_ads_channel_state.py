from odoo import fields, models


class CrmAdsChannelState(models.AbstractModel):
    """What the channel says of a campaign's or an ad's being shown.

    SPECIFICATION
    - The switch here follows the channel only when something has changed there, so that
      what a person switches by hand stays until then; and only in accounts that let it.
    - What the channel alone has switched off still takes the leads that were on their
      way; what a person has switched off takes none.
    """

    _name = "crm.ads.channel.state"
    _description = "State at the Channel"

    channel_state = fields.Selection(
        [("active", "Shown"), ("paused", "Not Shown")],
        string="At the Channel",
        readonly=True,
        copy=False,
    )

    def _follow_channel(self, is_running):
        """Note what the channel says, and switch accordingly.

        :param is_running: whether the channel shows it
        """
        self.ensure_one()
        state = "active" if is_running else "paused"
        if self.channel_state == state:
            return
        values = {"channel_state": state}
        if self.account_id.sync_status and self.is_running != is_running:
            values["is_running"] = is_running
        self.write(values)

    def _is_closed_by_person(self):
        """Whether it was a person who keeps data out here."""
        self.ensure_one()
        is_paused_there = self.account_id.sync_status and self.channel_state == "paused"
        return not self.active or not (self.is_running or is_paused_there)
