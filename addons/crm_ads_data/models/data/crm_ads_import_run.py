import csv
import io
import logging

import psycopg2

from odoo import api, models
from odoo.exceptions import UserError

from ...services.text import safe_cell
from .crm_ads_import import OWN_COLUMN_MARK

_logger = logging.getLogger(__name__)

BATCH_SIZE = 500
ERROR_COLUMN = f"{OWN_COLUMN_MARK}error"
# What a row can do wrong; a conflict with another transaction is none of it.
ROW_ERRORS = (UserError, psycopg2.IntegrityError, psycopg2.DataError)


class CrmAdsImport(models.Model):
    """Taking a previewed file in, and what is done with it afterwards.

    SPECIFICATION
    - The first batch is taken in at once, the rest by the cron, each batch committed.
    - A row that breaks its batch is taken in on its own and keeps its error; an
      import that cannot go on is ``failed``, says why, and can be started again where
      it stopped.
    """

    _inherit = "crm.ads.import"

    def action_start(self):
        """Take the previewed rows in; a long file goes on in the background."""
        for record in self:
            record.check_access("write")
            if record.state not in ("ready", "failed"):
                raise UserError(
                    self.env._(
                        "Look at the preview of %(file)s first.", file=record.filename
                    )
                )
            record.write({"state": "running", "failure": False})
            record._process_batch()
        if self.filtered(lambda record: record.state == "running"):
            # sudo: only the administrator may see crons; this one is ours
            self.env.ref("crm_ads_data.ir_cron_ads_import").sudo()._trigger()
        return True

    def _get_unhandled_domain(self):
        return [("import_id", "in", self.ids), ("is_handled", "=", False)]

    def _count_unhandled(self):
        lines = self.env["crm.ads.import.line"]
        return lines.search_count(self._get_unhandled_domain())

    def _process_batch(self):
        """Take the next batch of rows in.

        :return: number of rows that are finished now
        """
        self.ensure_one()
        # sudo: lines are written by the import only; the data itself is created as
        # the person who started it
        lines = (
            self.env["crm.ads.import.line"]
            .sudo()
            .search(self._get_unhandled_domain(), limit=BATCH_SIZE)
        )
        if lines:
            self._take_in_safely(lines)
        if len(lines) < BATCH_SIZE:
            self.state = "done"
        return len(lines)

    def _take_in_safely(self, lines):
        """Take the lines in together; if one of them breaks, each on its own."""
        try:
            with self.env.cr.savepoint():
                self._take_in(lines)
        except ROW_ERRORS as error:
            if len(lines) == 1:
                lines.write(
                    {"state": "error", "reason": str(error), "is_handled": True}
                )
                return
            for line in lines:
                self._take_in_safely(line)

    def _take_in(self, lines):
        """Make data of the lines that are not in error and write down the outcome."""
        accepted = lines.filtered(lambda line: line.state != "error")
        ads = self.env["crm.ads.ad"]._get_or_create(
            self.account_id, [line._prepare_ad_key() for line in accepted]
        )
        rows = [
            line._prepare_data_values(
                self.ad_id if ad.is_organic and self.ad_id else ad
            )
            for line, ad in zip(accepted, ads, strict=True)
        ]
        outcomes = self.env["crm.ads.data"]._ingest(rows, "file")
        states = {"new": "done", "invalid": "error"}
        for line, (status, data, reason) in zip(accepted, outcomes, strict=True):
            line.state = states.get(status, status)
            line.reason = reason
            line.data_id = data
        lines.is_handled = True

    @api.model
    def _cron_process(self):
        """Go on with the running imports, batch by batch."""
        progress = self.env["ir.cron"]._commit_progress
        running = self.search([("state", "=", "running")], order="id", limit=50)
        progress(remaining=running._count_unhandled())
        for record in running:
            try:
                while record.state == "running" and record.try_lock_for_update():
                    done = record.with_user(record.create_uid)._process_batch()
                    if not progress(done):
                        return
            except Exception as error:  # pylint: disable=broad-exception-caught
                # whatever breaks one import must not stop the others
                self.env.cr.rollback()
                _logger.exception("Import %s has failed", record.id)
                record.write({"state": "failed", "failure": str(error)})
                progress(remaining=(running - record)._count_unhandled())

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
