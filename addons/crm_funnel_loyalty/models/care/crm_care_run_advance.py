import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.fields import Domain

from ...tools import in_language_of

_logger = logging.getLogger(__name__)

BATCH = 200
# A step that fails so often ends the run; a person decides then.
MAX_ATTEMPTS = 5
FIRST_WAIT = timedelta(minutes=10)


class CrmCareRunAdvance(models.Model):
    """Runs go on: the steps that are due, batch by batch.

    ONE TRANSACTION per batch: what a step did, its line and where the run goes next are
    committed together. A server that dies in between has done nothing, and does it
    again; one that dies afterwards has done it once. Messages are only queued here.

    LOCKS: a batch is claimed; what another node works at is left alone.

    FAULTS: a step is done for all of its runs at once; when that fails, for each by
    itself, each in a savepoint. One that fails waits 10, 30, 90, 270 minutes and fails
    the run the fifth time, with the reason; the others are not held up.

    CHANGES: the next step is looked for in the scenario as it is now, after the last
    step that was done; what was done before is never done again.

    TOO LATE: what could not be done for longer than the company lets messages wait
    (the scenario was paused, the server stood still) is left out.

    TEXTS that stay (why a step was left out) are in the language of the company.

    COST: a number of queries per batch and step, for any number of runs in it.
    """

    _inherit = "crm.care.run"

    @api.model
    def _cron_advance(self, batch_size=BATCH):
        """Do what is due."""
        commit = self.env["ir.cron"]._commit_progress
        try:
            self._sweep_goals()
            self.env.flush_all()
        except (OperationalError, ConcurrencyError) as error:
            self.env.cr.rollback()
            _logger.info("Goals of care are looked at in the next run: %s", error)
        commit(remaining=self.search_count(self._get_due_domain()))
        while True:
            try:
                batch = self.search(
                    self._get_due_domain(), limit=batch_size, order="next_date, id"
                ).try_lock_for_update()
                if not batch:
                    return
                batch._advance()
                self.env.flush_all()
            except (OperationalError, ConcurrencyError) as error:
                # somebody contacts one of these people just now: the next run goes on
                self.env.cr.rollback()
                _logger.info("Care is left for the next run: %s", error)
                return
            if not commit(len(batch)):
                return

    @api.model
    def _get_due_domain(self):
        return (
            Domain("state", "=", "running")
            & Domain("next_date", "<=", fields.Datetime.now())
            & Domain("scenario_id.state", "=", "running")
            & Domain("scenario_id.active", "=", True)
        )

    def _advance(self):
        """Do the step that is due for each of these runs, once; never commits."""
        runs = self._check_goals()
        for scenario, mine in runs.grouped("scenario_id").items():
            company = scenario.company_id
            spoken = in_language_of(company, mine)
            for step, group in spoken.grouped(lambda run: run._get_due_step()).items():
                if not step:
                    group._finish("done")
                    continue
                group.filtered(lambda run, step=step: run.step_id != step).write(
                    {"step_id": step.id}
                )
                group._do_safely(step.with_company(company))

    def _get_due_step(self):
        """:return: the planned step while it is in the scenario, else the one that
        follows the last"""
        self.ensure_one()
        steps = self.scenario_id.step_ids
        if self.step_id in steps:
            return self.step_id
        return self._get_step_after(self.last_step_id)

    def _get_step_after(self, last):
        """:return: the first step after ``last`` that was not done yet, or an empty one

        ``last`` may have been removed: its place still counts.
        """
        self.ensure_one()
        done = self.line_ids.step_id
        place = (last.sequence, last.id) if last else None
        for step in self.scenario_id.step_ids.sorted(lambda s: (s.sequence, s.id)):
            later = place is None or (step.sequence, step.id) > place
            if later and step not in done:
                return step
        return self.env["crm.care.step"]

    # ------------------------------------------------------------------
    # One step
    # ------------------------------------------------------------------

    def _do_safely(self, step):
        """Do a step for all, or for each by itself when one is at fault."""
        try:
            with self.env.cr.savepoint():
                self._do(step)
                self.env.flush_all()
        except (OperationalError, ConcurrencyError):
            raise
        except Exception as error:  # pylint: disable=broad-exception-caught
            if len(self) == 1:
                _logger.info("Care run %s: a step failed", self.id, exc_info=True)
                self._note_failure(error)
                return
            for run in self:
                run._do_safely(step)

    def _do(self, step):
        due = self.filtered(lambda run: step not in run.line_ids.step_id)
        lines = due._leave_out(step)
        due = due.filtered(lambda run: run not in lines)._end_unwilling(step)
        if due:
            lines.update(getattr(step, f"_do_{step.action}")(due))
        self.env["crm.care.run.line"].create(
            [
                {"run_id": run.id, "step_id": step.id, **values}
                for run, values in lines.items()
            ]
        )
        self.filtered(lambda run: run.state == "running")._move_on(step)

    def _leave_out(self, step):
        """:return: dict of the runs for which the step is not done to their lines"""
        limit = step.scenario_id._get_late_limit()
        late = self.filtered(lambda run: run.next_date and run.next_date < limit)
        records = (self - late)._get_records()
        domain = step.scenario_id._get_domain(step.domain)
        wanted = set(records.search(domain & Domain("id", "in", records.ids)).ids)
        lines = {
            run: {"state": "skipped", "note": self.env._("Too late by now.")}
            for run in late
        }
        for run in self - late:
            if run._get_record().id not in wanted:
                lines[run] = {
                    "state": "skipped",
                    "note": self.env._("The condition of the step does not hold."),
                }
        return lines

    def _move_on(self, step):
        """Plan what comes after a step that is done."""
        now = fields.Datetime.now()
        for following, runs in self.grouped(
            lambda run: run._get_step_after(step)
        ).items():
            values = {"last_step_id": step.id, "attempts": 0, "last_error": False}
            if following:
                values["step_id"] = following.id
                values["next_date"] = step.scenario_id._plan_step(following, now)
                runs.write(values)
            else:
                runs.write({**values, "step_id": False})
                runs._finish("done")

    def _note_failure(self, error):
        """A step could not be done: later again, or not at all."""
        self.ensure_one()
        text = (str(error).strip() or type(error).__name__)[:250]
        if self.attempts + 1 >= MAX_ATTEMPTS:
            self.write({"attempts": self.attempts + 1, "last_error": text})
            self._finish("failed", "fault")
            return
        self.write(
            {
                "last_error": text,
                "next_date": fields.Datetime.now() + FIRST_WAIT * 3**self.attempts,
                "attempts": self.attempts + 1,
            }
        )
