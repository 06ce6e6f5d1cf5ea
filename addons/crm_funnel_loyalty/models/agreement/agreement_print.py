from odoo import models


class Agreement(models.Model):
    """The contract on paper, in the language of the contract.

    SPECIFICATIONS
    * Seller and buyer in contracts with customers, the other way round in those with
      suppliers; in agreements with partners party A, who is us, and party B.
    * Who may read the contract may print it, with the parties and the lines of the
      order that it is about.
    """

    _inherit = "agreement"

    def action_print(self):
        """The contract as PDF, for the signatures."""
        self.check_access("read")
        return self.env.ref("crm_funnel_loyalty.action_report_agreement").report_action(
            self
        )

    def _get_report_base_filename(self):
        self.ensure_one()
        return f"{self.code} {self.name}".replace("/", "-")

    def _get_order_lines(self):
        """What the contract is about: the lines of its order as they are printed."""
        self.ensure_one()
        # sudo: borrows the right to read the order; the contract names its content
        return self.sudo().sale_order_id.order_line.filtered(
            lambda line: not line.is_downpayment and line.display_type != "line_note"
        )

    def _get_parties(self):
        """:return: the two parties in the order of the paper, as list of dicts"""
        self.ensure_one()
        # sudo: borrows the right to read the parties; the contract names them
        agreement = self.sudo()
        company = agreement.company_id or self.env.company
        ours = {
            "partner": company.sudo().partner_id,
            "person": agreement.user_id.name or "",
        }
        theirs = {
            "partner": agreement.commercial_partner_id,
            "person": agreement._get_signatory(),
        }
        titles = self._get_party_titles()
        parties = [theirs, ours] if self.domain == "purchase" else [ours, theirs]
        return [
            {**party, "title": title}
            for party, title in zip(parties, titles, strict=True)
        ]

    def _get_party_titles(self):
        if self.domain == "partner":
            return [self.env._("Party A"), self.env._("Party B")]
        return [self.env._("Seller"), self.env._("Buyer")]
