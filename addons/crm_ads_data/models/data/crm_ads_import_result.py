import csv
import io

from odoo import models
from odoo.exceptions import UserError

from ...services.text import safe_cell
from .crm_ads_import_read import OWN_COLUMN_MARK

ERROR_COLUMN = f"{OWN_COLUMN_MARK}error"


class CrmAdsImport(models.Model):
    """What is done with a file that was taken in: bad rows, data, lines.

    SPECIFICATION
    - The error file holds the rows in error as they stood, and why; mended, it is
      loaded again, and the column that we added is passed over.
    """

    _inherit = "crm.ads.import"

    def action_download_errors(self):
        """Give the rows in error as a file to mend and load again.

        :return: action that downloads a CSV file (UTF-8 with BOM): the columns of the
            original and one that says what is wrong
        """
        self.ensure_one()
        attachment = self.env["ir.attachment"].create(
            {
                "name": self._get_error_filename(),
                "raw": self._get_error_file(),
                "mimetype": "text/csv",
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true",
            "target": "self",
        }

    def _get_error_filename(self):
        stem = (self.filename or "").rsplit(".", 1)[0]
        return self.env._("%(file)s errors.csv", file=stem)

    def _get_error_file(self):
        """The rows in error as bytes of a CSV file."""
        self.ensure_one()
        errors = self.line_ids.filtered(lambda line: line.state == "error")
        if not errors:
            raise UserError(self.env._("No row of this file is in error."))
        stream = io.StringIO()
        writer = csv.writer(stream)
        writer.writerow([safe_cell(cell) for cell in self.header] + [ERROR_COLUMN])
        for line in errors:
            writer.writerow([safe_cell(cell) for cell in line.raw] + [line.message])
        return stream.getvalue().encode("utf-8-sig")

    def action_transfer(self):
        """Deal out the new data that this file brought."""
        self.ensure_one()
        data = self.line_ids.data_id.filtered(lambda data: data.state == "new")
        return data.action_transfer()

    def action_open_data(self):
        """Open the data that this file brought."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_ads_data.action_crm_ads_data"
        )
        action["domain"] = [("id", "in", self.line_ids.data_id.ids)]
        action["context"] = {}
        return action

    def action_open_lines(self):
        """Open all rows of this file."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_ads_data.action_crm_ads_import_line"
        )
        action["domain"] = [("import_id", "=", self.id)]
        action["context"] = {"ads_import_kind": self.kind}
        return action
