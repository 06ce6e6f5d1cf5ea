from collections import Counter

from markupsafe import Markup, escape

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

from ...tools import local_date

HTML_CHANNELS = ("email",)
# What may start a run and can be told of in a text.
DESCRIBED_BY = {
    "sale.order": "_describe_order",
    "agreement.instalment": "_describe_instalment",
    "helpdesk.ticket": "_describe_ticket",
}


class CrmCareStepMessage(models.Model):
    """Steps that reach the customer: e-mail, SMS, Zalo, and asking for a rating.

    All of them are touches, opened in one batch by the contact guard: it decides
    whether and when they go out, and who does not want them. Nothing is sent here, so
    whatever fails leaves nothing behind.

    TEXTS are filled in like those of the dialog (``crm.contact.compose``), in the
    language of each customer.

    COST: per language what filling in costs, and the guard's queries, for any number;
    these once more for each time that an address comes again.
    """

    _inherit = "crm.care.step"

    def _do_message(self, runs):
        """Open a touch for each run.

        :return: dict of run to the values of its line
        """
        self.ensure_one()
        scenario, channel = self.scenario_id, self._get_channel()
        sender, company = scenario.sender_id, scenario.company_id
        if not sender.active:
            raise UserError(
                self.env._(
                    "%s has left. Choose somebody else to send the messages.",
                    sender.name,
                )
            )
        if not self.env["crm.contact.account"]._get_for(sender, company, channel):
            raise UserError(
                self.env._(
                    "%(user)s has no account that can send by %(channel)s, nor has the "
                    "company.",
                    user=sender.name,
                    channel=self._get_channel_label(channel),
                )
            )
        recipients = dict(zip(runs, self._prepare_recipients(runs), strict=True))
        lines = {}
        for group in self._split_by_address(channel, recipients):
            touches = self.env["crm.contact.touch"]._open(
                company,
                channel,
                self._get_kind(),
                [recipients[run] for run in group],
                user=sender,
            )
            for run, touch in zip(group, touches, strict=True):
                lines[run] = {
                    "touch_id": touch.id,
                    "state": "blocked" if touch.state == "blocked" else "done",
                    "note": touch.reason,
                }
        return lines

    _do_email = _do_sms = _do_zalo = _do_rating = _do_message

    def _split_by_address(self, channel, recipients):
        """The guard takes each address once per call; two runs may have the same one:
        two instalments of a customer, two customers with one telephone.

        :param recipients: dict of run to what the guard takes
        :return: list of lists of runs, in none of which an address is twice
        """
        touches = self.env["crm.contact.touch"]
        people = touches._get_people(self._get_company(), recipients.values())
        addresses = touches._get_addresses(channel, people)
        groups, seen = [], Counter()
        for run, address in zip(recipients, addresses, strict=True):
            if seen[address] == len(groups):
                groups.append([])
            groups[seen[address]].append(run)
            # those without an address are blocked, all at once
            seen[address] += bool(address)
        return groups

    def _get_lang_of(self, record):
        """:return: the language of a customer or lead, else the company's"""
        spoken = {"crm.lead": "lang_code", "res.partner": "lang"}[record._name]
        company = self._get_company()
        return record[spoken] or company.partner_id.lang or self.env.lang

    def _get_sender(self):
        """Ready-made steps are shown as whoever looks would send them."""
        scenario = self.scenario_id
        return scenario.sender_id or (
            self.env.user if scenario.is_ready_made else scenario.sender_id
        )

    def _get_company(self):
        """Ready-made steps are shown as the own company would send them."""
        return self.scenario_id.company_id or self.env.company

    def _get_kind(self):
        """The purpose of a Zalo message is that for which Zalo has approved it."""
        approved = {"zalo": self.zalo_template_id.kind}
        return approved.get(self.action) or self.scenario_id.kind

    def _get_channel_label(self, channel):
        touches = self.env["crm.contact.touch"]
        return dict(touches._fields["channel"]._description_selection(self.env))[
            channel
        ]

    def _prepare_recipients(self, runs):
        """:return: what ``crm.contact.touch._open`` takes, in the order of the runs"""
        found, sources = {}, runs._get_sources()
        for lang, group in runs.grouped(
            lambda run: self._get_lang_of(run._get_record())
        ).items():
            people = self._write_to(group._get_records(), lang)
            for run, person in zip(group, people, strict=True):
                found[run] = {**person, **self._prepare_origin(run)}
                self.with_context(lang=lang)._complete(
                    run, found[run], sources.get(run)
                )
        return [found[run] for run in runs]

    def _prepare_origin(self, run):
        return {
            "care_scenario_id": self.scenario_id.id,
            "care_step_id": self.id,
            "res_model": run._name,
            "res_id": run.id,
        }

    def _write_to(self, records, lang):
        """:return: the people with their messages, as the dialog would write them"""
        step = self.with_context(lang=lang)
        dialog = step.env["crm.contact.compose"].create(step._prepare_dialog(records))
        return dialog._prepare_people(self._get_company(), records)

    def _prepare_dialog(self, records):
        channel = self._get_channel()
        templates = {
            "email": ("mail_template_id", self.mail_template_id),
            "sms": ("sms_template_id", self.sms_template_id),
        }
        values = {
            "channel": channel,
            "kind": self._get_kind(),
            "res_model": records._name,
            "res_ids": records.ids,
            "care_step_id": self.id,
            "zalo_template_id": self.zalo_template_id.id,
            "strip_accents": self.strip_accents,
        }
        name, template = templates.get(channel, (None, None))
        if template and self.action == channel:
            return {**values, name: template.id, "care_step_id": False}
        return {
            **values,
            "subject": self.subject,
            "body": self.body_html,
            "sms_body": self.sms_body,
        }

    def _complete(self, run, message, source):
        """Put in what only the run knows: what started it, and where to rate."""
        self._fill_words(message, source)
        if self.action == "rating":
            self._add_rating(run, message)

    def _fill_words(self, message, source):
        is_html = self._get_channel() in HTML_CHANNELS
        words = self._get_words(source)
        for name in {"subject", "body"} & message.keys():
            for word, value in words.items():
                shown = escape(value) if is_html and name == "body" else value
                message[name] = message[name].replace(word, str(shown or ""))

    def _add_rating(self, run, message):
        url = f"{run.get_base_url()}/rate/{run._get_rating_token()}"
        if self._get_channel() not in HTML_CHANNELS:
            message["body"] = f"{message['body']} {url}/5"
            return
        faces = self.env["ir.qweb"]._render(
            "crm_funnel_loyalty.care_rating_faces", {"url": url}
        )
        message["body"] = str(Markup(message["body"]) + faces)  # noqa: S704

    # ------------------------------------------------------------------
    # What started the run, in words
    # ------------------------------------------------------------------

    def _get_words(self, source):
        """:param source: the record that started the run, or None
        :return: dict of the words that texts may use to what they stand for"""
        words = {
            **dict.fromkeys(("[[document]]", "[[date]]", "[[amount]]"), ""),
            # sudo: the names of one's company and colleague are no secret
            "[[company]]": self._get_company().sudo().name,
            "[[sender]]": self._get_sender().sudo().name,
        }
        name = source is not None and DESCRIBED_BY.get(source._name)
        return {**words, **(getattr(self, name)(source) if name else {})}

    def _format_day(self, moment):
        """:return: the company's day of a moment, in words, or nothing"""
        company = self._get_company()
        return format_date(self.env, moment and local_date(moment, company))

    def _describe_order(self, order):
        return {
            "[[document]]": order.name,
            "[[date]]": self._format_day(order.date_order),
            "[[amount]]": format_amount(
                self.env, order.amount_total, order.currency_id
            ),
        }

    def _describe_instalment(self, part):
        return {
            "[[document]]": part.agreement_id.code,
            "[[date]]": format_date(self.env, part.due_date),
            "[[amount]]": format_amount(self.env, part.amount_open, part.currency_id),
        }

    def _describe_ticket(self, ticket):
        return {
            "[[document]]": ticket.number,
            "[[date]]": self._format_day(ticket.closed_date),
        }
