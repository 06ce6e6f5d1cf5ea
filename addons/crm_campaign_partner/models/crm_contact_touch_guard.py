from dataclasses import dataclass
from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL, email_normalize

from ..services import guard
from ..services.send.message import label_advertising
from .const import PHONE_CHANNELS


@dataclass(frozen=True, slots=True)
class Verdict:
    """The guard's answer for one recipient.

    ``state`` is ``sending`` (may go out now), ``queued`` (until ``moment``) or
    ``blocked``; ``reason`` says why in words; ``moment`` counts to the cap; ``known``
    are the moments that were counted before.
    """

    state: str
    reason: str | None = None
    moment: datetime | None = None
    known: tuple = ()
    address: str | None = None
    phone: str | None = None
    email: str | None = None


class CrmContactTouchGuard(models.Model):
    """The contact guard: who may be contacted now, later, or not at all (N1).

    RECIPIENTS are dicts with any of ``partner_id``, ``phone``, ``email``, and, for
    ``_open``, ``member_id``, ``campaign_id``, ``res_model``, ``res_id``, ``subject``,
    ``body``, ``payload``. ``_prepare_recipients`` makes them of partners, members
    or leads.

    ORDER of the checks: an address at all; refusals and the blacklists; consent where
    the company asks for it; once per call; the allowed hours; the daily cap. What hours
    or cap forbid waits for the next allowed moment, at most ``contact_queue_days``.

    A refusal by phone stops e-mail too (if it was for all channels), and the other way
    round. "Withdrawn" and Odoo's blacklists stop advertising, "do not contact" also
    care.

    COST: four queries for any number of recipients; opening adds two statements for the
    caps and the batched INSERT of the touches.
    """

    _inherit = "crm.contact.touch"

    @api.model
    def _prepare_recipients(self, records):
        """:param records: partners, campaign members or leads
        :return: one recipient per record"""
        if records._name == "crm.campaign.member":
            return [
                {
                    **self._prepare_person(member.partner_id),
                    "partner_id": member.partner_id.id,
                    "member_id": member.id,
                    "campaign_id": member.campaign_id.id,
                }
                for member in records
            ]
        if records._name == "crm.lead":
            return [
                {
                    **self._prepare_person(lead),
                    "partner_id": lead.partner_id.id,
                    "res_model": lead._name,
                    "res_id": lead.id,
                }
                for lead in records
            ]
        return [
            {**self._prepare_person(partner), "partner_id": partner.id}
            for partner in records
        ]

    @api.model
    def _prepare_person(self, record):
        email = record[record._primary_email]
        return {
            "phone": record.phone_sanitized or record.phone,
            "email": record.email_normalized or email,
        }

    @api.model
    def _get_people(self, company, recipients):
        """:return: for each recipient the keys: partner id, phone, e-mail, or None"""
        consents = self.env["crm.contact.consent"]
        return [
            (
                recipient.get("partner_id") or None,
                consents._get_phone_key(company, recipient.get("phone")) or None,
                email_normalize(recipient.get("email") or "") or None,
            )
            for recipient in recipients
        ]

    @api.model
    def _get_addresses(self, channel, people):
        """:return: for each of ``_get_people`` where the channel goes to, or None"""
        by_phone = channel in PHONE_CHANNELS
        return [phone if by_phone else email for _id, phone, email in people]

    @api.model
    def _guard(self, company, channel, kind, recipients):
        """:return: one :class:`Verdict` per recipient, in order; writes nothing"""
        # sudo: the system's right to know every refusal, whoever wrote it down
        consents = self.env["crm.contact.consent"].sudo()
        people = self._get_people(company, recipients)
        addresses = self._get_addresses(channel, people)
        policy = company._get_contact_policy(channel, kind)
        moment = fields.Datetime.now()
        decisions = consents._get_decisions(company, channel, people)
        known = {address for address in addresses if address}
        blacklisted = self._get_blacklisted(channel, kind, known)
        used = self.env["crm.contact.counter"]._get_used(company, channel, kind, known)
        verdicts = []
        seen = set()
        for person, address, decision in zip(people, addresses, decisions, strict=True):
            reason = self._get_block_reason(
                company, channel, kind, address, decision, address in blacklisted
            )
            if not reason and address in seen:
                reason = self.env._("%s is already among these recipients.", address)
            keys = {"address": address, "phone": person[1], "email": person[2]}
            if reason:
                verdicts.append(Verdict("blocked", reason, **keys))
                continue
            seen.add(address)
            keys["known"] = tuple(used.get(address, ()))
            choice = guard.decide(moment, policy, keys["known"])
            verdicts.append(self._get_verdict(channel, policy, choice, keys))
        return verdicts

    @api.model
    def _open(self, company, channel, kind, recipients, user=None):
        """Write a touch for each recipient, with the guard's answer.

        Nothing is sent here: what may go out now is ``queued`` for this moment, and the
        cron is called. So a message is never sent by a transaction that comes to
        nothing, nor twice by one that Odoo runs again.

        :param user: who contacts; the current user when not given
        :return: the touches in the order of the recipients, as superuser
        :raises ConcurrencyError: (retried by Odoo) when somebody else contacts one of
            them at this moment
        """
        verdicts = self._guard(company, channel, kind, recipients)
        self._reserve(company, channel, kind, verdicts)
        user = user or self.env.user
        # sudo: borrows the system's right to write the ledger; the caller has checked
        # that the user may contact these recipients.
        touches = self.sudo().create(
            [
                self._prepare_touch_values(
                    company, channel, kind, user, recipient, verdict
                )
                for recipient, verdict in zip(recipients, verdicts, strict=True)
            ]
        )
        for moment in set(touches.filtered("planned_date").mapped("planned_date")):
            self._trigger_release(moment)
        return touches

    @api.model
    def _prepare_touch_values(self, company, channel, kind, user, recipient, verdict):
        values = {
            name: recipient[name]
            for name in (
                "partner_id",
                "member_id",
                "campaign_id",
                "res_model",
                "res_id",
                "subject",
                "body",
                "payload",
            )
            if recipient.get(name)
        }
        # sudo: borrows the right to read one's company; the label is no secret.
        label = company.sudo().contact_ad_label if kind == "marketing" else False
        labelled = {"sms": "body", "email": "subject"}.get(channel)
        if labelled in values:
            values[labelled] = label_advertising(values[labelled], label)
        return {
            **values,
            "company_id": company.id,
            "channel": channel,
            "kind": kind,
            "user_id": user.id,
            "address": verdict.address,
            "phone_key": verdict.phone,
            "email_key": verdict.email,
            **self._prepare_verdict_values(verdict),
            "state": "queued" if verdict.moment else "blocked",
        }

    @api.model
    def _prepare_verdict_values(self, verdict):
        return {
            "reason": verdict.reason,
            "planned_date": verdict.moment,
            "counted_date": verdict.moment,
        }

    @api.model
    def _reserve(self, company, channel, kind, verdicts):
        """Count those that are sent now or later."""
        wanted = [(v.address, v.known, v.moment) for v in verdicts if v.moment]
        # sudo: borrows the system's right; counters belong to the guard alone.
        counters = self.env["crm.contact.counter"].sudo()
        if len(counters._take(company, channel, kind, wanted)) < len(wanted):
            raise ConcurrencyError("Somebody else just contacted the same person.")

    # ------------------------------------------------------------------
    # Reasons
    # ------------------------------------------------------------------

    @api.model
    def _get_blacklisted(self, channel, kind, addresses):
        """:return: the addresses on Odoo's own blacklist of the channel, which are for
        messages of advertising; calls follow the ledger of consents alone"""
        table = {
            "email": ("mail.blacklist", "mail_blacklist", "email"),
            "sms": ("phone.blacklist", "phone_blacklist", "number"),
            "zalo": ("phone.blacklist", "phone_blacklist", "number"),
        }.get(channel)
        if kind != "marketing" or not table:
            return set()
        model, name, column = table
        self.env[model].flush_model([column, "active"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT %(column)s FROM %(table)s
                 WHERE active AND %(column)s = ANY(%(keys)s)
                """,
                column=SQL.identifier(column),
                table=SQL.identifier(name),
                keys=list(addresses),
            )
        )
        return {key for (key,) in rows}

    @api.model
    def _get_block_reason(
        self, company, channel, kind, address, decision, is_blacklisted
    ):
        """:return: why this person is not contacted on this channel, or None"""
        if not address:
            if channel in PHONE_CHANNELS:
                return self.env._("No usable phone number.")
            return self.env._("No usable e-mail address.")
        if decision == "do_not_contact":
            return self.env._("%s does not want to be contacted.", address)
        if kind != "marketing":
            return None
        if decision == "withdrawn":
            return self.env._("%s has withdrawn the consent to advertising.", address)
        if is_blacklisted:
            return self.env._("%s is on the blacklist.", address)
        # sudo: borrows the right to read one's company; the rule is no secret.
        if company.sudo().contact_require_consent and decision != "given":
            return self.env._("%s has not consented to advertising.", address)
        return None

    @api.model
    def _get_verdict(self, channel, policy, choice, keys):
        name = dict(self._fields["channel"]._description_selection(self.env))[channel]
        hours = {
            "channel": name,
            "begin": guard.clock(policy.begin),
            "end": guard.clock(policy.end),
        }
        if choice.moment is None and choice.why == guard.CAP:
            return Verdict(
                "blocked",
                self.env._(
                    "%(address)s has %(cap)s contacts (%(channel)s) in every 24 hours "
                    "until the wait would be too long.",
                    address=keys["address"],
                    cap=policy.cap,
                    channel=name,
                ),
                **keys,
            )
        if choice.moment is None:
            return Verdict(
                "blocked",
                self.env._(
                    "%(channel)s goes out from %(begin)s to %(end)s only, and messages "
                    "do not wait for the next day.",
                    **hours,
                ),
                **keys,
            )
        if not choice.why:
            return Verdict("sending", moment=choice.moment, **keys)
        if choice.why == guard.HOURS:
            reason = self.env._(
                "%(channel)s goes out from %(begin)s to %(end)s only.", **hours
            )
        else:
            reason = self.env._(
                "%(address)s has %(cap)s contacts (%(channel)s) in 24 hours already.",
                address=keys["address"],
                cap=policy.cap,
                channel=name,
            )
        return Verdict("queued", reason, choice.moment, **keys)
