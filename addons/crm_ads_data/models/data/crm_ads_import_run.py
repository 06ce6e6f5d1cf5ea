import logging

import psycopg2

from odoo import api, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

BATCH_SIZE = 500
# A batch that was begun so often and never finished stops the import.
MAX_ATTEMPTS = 5
# What a row can do wrong; a conflict with another transaction is none of it.
ROW_ERRORS = (UserError, psycopg2.IntegrityError, psycopg2.DataError)


class CrmAdsImport(models.Model):
    """Taking a previewed file in, batch by batch.

    SPECIFICATION
    - The first batch is taken in at once, the rest by the cron, each batch committed;
      who started it gets a notification when it is done.
    - A row that breaks its batch is found by halving, and keeps its error.
    - An import that cannot go on is ``failed``, says why, and can be started again
      where it stopped. Each begin of a batch is counted and committed first
      (``attempts``): one that conflicts with somebody else is tried again, one that
      takes the server down with it stops after ``MAX_ATTEMPTS``.
    """

    _inherit = "crm.ads.import"

    def action_start(self):
        """Take the previewed rows in; a long file goes on in the background."""
        for record in self:
            record.check_access("write")
            record._check_can_start()
            # sudo: the state is the system's own bookkeeping, the right was checked
            record.sudo().write(
                {
                    "state": "running",
                    "failure": False,
                    "attempts": 0,
                    "user_id": self.env.uid,
                }
            )
            record._process_batch()
        if self.filtered(lambda record: record.state == "running"):
            self._trigger_cron()
        return True

    @api.model
    def _trigger_cron(self):
        """Have the cron begin, or go on, at once instead of within a minute."""
        # sudo: only the administrator may see crons; this one is ours
        self.env.ref("crm_ads_data.ir_cron_ads_import").sudo()._trigger()

    def _check_can_start(self):
        """
        :raise UserError: when there is no preview of the file as it is now
        """
        if self.state not in ("ready", "failed"):
            raise UserError(
                self.env._("Look at the preview of %(file)s first.", file=self.filename)
            )
        if self.needs_reading:
            raise UserError(
                self.env._(
                    "%(file)s was changed since it was read. Press Read Again and look"
                    " at the preview.",
                    file=self.filename,
                )
            )

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
        model = self.env["crm.ads.import.line"].sudo()
        lines = model.browse(model._get_next_ids(self, BATCH_SIZE))
        if lines:
            self._take_in_safely(lines)
        self._update_counts()
        is_done = not model._get_next_ids(self, 1)
        # sudo: the state is the system's own bookkeeping
        self.sudo().write(
            {"attempts": 0, "state": "done"} if is_done else {"attempts": 0}
        )
        return len(lines)

    def _take_in_safely(self, lines):
        """Take the lines in together; if one of them breaks, each half on its own."""
        try:
            with self.env.cr.savepoint():
                self._get_taker()(lines)
        except ROW_ERRORS as error:
            if len(lines) == 1:
                lines._finish([(lines, "error", str(error), lines.data_id)])
                return
            middle = len(lines) // 2
            self._take_in_safely(lines[:middle])
            self._take_in_safely(lines[middle:])

    def _get_taker(self):
        """The method that takes lines of this kind of file in."""
        return {"data": self._take_in, "insight": self._take_in_insights}[self.kind]

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
        lines._finish(
            (line, states.get(status, status), reason, data)
            for line, (status, data, reason) in zip(accepted, outcomes, strict=True)
        )

    # ------------------------------------------------------------
    # CRON
    # ------------------------------------------------------------

    @api.model
    def _cron_process(self):
        """Go on with the running imports, batch by batch."""
        progress = self.env["ir.cron"]._commit_progress
        running = self.search([("state", "=", "running")], order="id", limit=50)
        progress(remaining=running._count_unhandled())
        for position, record in enumerate(running, 1):
            try:
                while record._begin_batch():
                    progress()  # the begin is counted whatever happens next
                    done = record._continue_batch()
                    if not progress(done):
                        self._trigger_cron()
                        return
            except Exception as error:  # pylint: disable=broad-exception-caught
                # whatever breaks one import must not stop the others
                self.env.cr.rollback()
                _logger.exception("Import %s has failed", record.id)
                record._fail(str(error))
            progress(remaining=running[position:]._count_unhandled())

    def _begin_batch(self):
        """Count the begin of a batch.

        :return: False when there is none to begin
        """
        if self.state != "running" or not self.try_lock_for_update():
            return False
        if self.attempts >= MAX_ATTEMPTS:
            self._fail(
                self.env._(
                    "The same rows were begun %(count)s times and never finished. The"
                    " server's log says why.",
                    count=self.attempts,
                )
            )
            return False
        self.attempts += 1
        self.env.flush_all()
        return True

    def _continue_batch(self):
        """Take the next batch in as who started the import.

        :return: number of rows that are finished now; none when somebody else was in
            the way, so that the batch is to be begun once more
        """
        if not self.try_lock_for_update():
            return 0
        user = self.user_id or self.create_uid
        record = self.with_user(user).with_context(lang=user.lang)
        try:
            with self.env.cr.savepoint():
                done = record._process_batch()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            self.env.invalidate_all(flush=False)
            return 0
        if self.state == "done":
            record._notify_finished()
        return done

    def _fail(self, message):
        """Stop here, say why and tell who started it."""
        user = self.user_id or self.create_uid
        self.write({"state": "failed", "failure": message})
        self.with_user(user).with_context(lang=user.lang)._notify_finished()

    def _notify_finished(self):
        """Tell the user that the import has come to its end, wherever he or she is."""
        # sudo: the import may have gone to another person in the meantime
        record = self.sudo()
        if record.state == "done":
            message = record.env._(
                "%(done)s of %(total)s rows taken in, %(bad)s in error.",
                done=record.done_count,
                total=record.total_count,
                bad=record.error_count,
            )
        else:
            message = record.env._("It has stopped: %(why)s", why=record.failure)
        self.env.user._bus_send(
            "simple_notification",
            {
                "type": "success" if record.state == "done" else "danger",
                "title": record.env._("Import of %(file)s", file=record.filename),
                "message": message,
                "sticky": True,
            },
        )
