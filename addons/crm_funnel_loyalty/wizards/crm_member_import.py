import base64

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..services.member_rows import (
    UnreadableError,
    find_columns,
    parse_day,
    parse_points,
    read_table,
)
from ..tools import local_date

LIMIT = 20000
KEYS = ("customer", "phone", "email", "number")


class CrmMemberImport(models.TransientModel):
    """Opening balances of members, from a file or pasted (004.32).

    SPECIFICATIONS
    * Columns are known by their titles, Vietnamese or English: customer (reference or
      name), phone, e-mail, card number, points, member since, valid until. A row needs
      points and one thing that names the customer.
    * Reading shows each row with what will become of it: new, changed, there already,
      or in error and why. Nothing is written while one row is in error.
    * A card has one opening balance. The same file again changes nothing; another
      figure or last day replaces the first one.

    COST: a fixed number of searches for any number of rows.
    """

    _name = "crm.member.import"
    _description = "Import of Opening Balances"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    file = fields.Binary(string="File (XLSX or CSV)", attachment=False)
    filename = fields.Char()
    text = fields.Text(string="Or Paste Here")
    line_ids = fields.One2many("crm.member.import.line", "import_id", readonly=True)
    row_count = fields.Integer(compute="_compute_counts")
    error_count = fields.Integer(compute="_compute_counts")
    known_count = fields.Integer(compute="_compute_counts")

    @api.depends("line_ids.state")
    def _compute_counts(self):
        for wizard in self:
            states = wizard.line_ids.mapped("state")
            wizard.row_count = len(states)
            wizard.error_count = states.count("error")
            wizard.known_count = states.count("known")

    def action_read(self):
        """Read the file or the text, and show what will become of each row.

        :raises UserError: when there is nothing that can be read, and why
        """
        self.ensure_one()
        rows = self._read_rows()
        self.line_ids.unlink()
        self.line_ids = [Command.create(vals) for vals in self._judge(rows)]
        return self._reopen()

    def action_import(self):
        """Write the opening balances, all of them or none.

        :raises UserError: while a row is in error
        """
        self.ensure_one()
        lines = self._judge(self._read_rows())
        errors = [line for line in lines if line["state"] == "error"]
        if errors:
            raise UserError(
                self.env._(
                    "Nothing was imported: %(count)s rows are in error. The first one, "
                    "row %(row)s: %(error)s",
                    count=len(errors),
                    row=errors[0]["row"],
                    error=errors[0]["message"],
                )
            )
        self._write_balances([line for line in lines if line["state"] != "known"])
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_funnel_loyalty.action_members"
        )
        partners = [line["partner_id"] for line in lines]
        return {**action, "domain": [("partner_id", "in", partners)], "context": {}}

    # ------------------------------------------------------------
    # READING
    # ------------------------------------------------------------

    def _read_rows(self):
        """:return: the cells of each row by column, with the number of the row"""
        content = base64.b64decode(self.file or b"") or (self.text or "").encode()
        if not content.strip():
            raise UserError(self.env._("Choose a file or paste rows first."))
        try:
            table = read_table(content, LIMIT)
        except UnreadableError as error:
            raise UserError(
                self.env._(
                    "This cannot be read (%(error)s). Save it as XLSX or as CSV in "
                    "UTF-8, with at most %(limit)s rows.",
                    error=str(error),
                    limit=LIMIT,
                )
            ) from error
        columns = find_columns(table[0]) if table else {}
        if "points" not in columns or not columns.keys() & set(KEYS):
            raise UserError(
                self.env._(
                    "The first row must name the columns: “Points”, and one of "
                    "“Customer”, “Phone”, “E-mail”, “Card number”."
                )
            )
        return [
            {
                "row": number,
                **{
                    name: row[place] if place < len(row) else None
                    for name, place in columns.items()
                },
            }
            for number, row in enumerate(table[1:], start=2)
        ]

    def _get_program(self):
        program = self.env["loyalty.program"]._get_membership(self.company_id)
        if not program:
            raise UserError(
                self.env._(
                    "%(company)s has no membership program yet. Set it up under "
                    "Funnel > Configuration > Membership Program.",
                    company=self.company_id.name,
                )
            )
        return program

    # ------------------------------------------------------------
    # JUDGING
    # ------------------------------------------------------------

    def _judge(self, rows):
        """:return: values of lines: customer, points, days, state and message"""
        program = self._get_program()
        lookup = self._look_up(rows, program)
        lines = [self._judge_row(row, lookup) for row in rows]
        self._refuse_twins(lines)
        partners = self.env["res.partner"].browse(
            {line["partner_id"] for line in lines if line.get("partner_id")}
        )
        cards = self._get_cards(partners)
        openings = self._get_openings(cards.values())
        taken = self._get_taken_numbers(lines)
        for line in lines:
            if line["state"] != "error":
                card = cards.get(line["partner_id"])
                self._compare(line, card, openings.get(card), taken)
        return lines

    def _judge_row(self, row, lookup):
        line = {
            "row": row["row"],
            "name": " · ".join(str(row[key]) for key in KEYS if row.get(key)),
            "state": "error",
        }
        points = parse_points(row["points"])
        if points is None or points < 0:
            return {
                **line,
                "message": self.env._(
                    "“%s” is not a number of points.", row["points"] or ""
                ),
            }
        try:
            since, until = parse_day(row.get("since")), parse_day(row.get("until"))
        except ValueError as error:
            return {
                **line,
                "message": self.env._(
                    "“%s” is not a date; write day/month/year.", str(error)
                ),
            }
        today = local_date(self.env.cr.now(), self.company_id)
        if until and until < today:
            return {
                **line,
                "message": self.env._(
                    "These points are no longer valid; leave them out."
                ),
            }
        partner_id, message = self._find_partner(row, lookup)
        if not partner_id:
            return {**line, "message": message}
        return {
            **line,
            "state": "new",
            "partner_id": partner_id,
            "number": str(row.get("number") or "").strip() or False,
            "points": points,
            "since": since,
            "until": until,
        }

    def _find_partner(self, row, lookup):
        """:return: the one customer whom the row names, or why there is none"""
        named = []
        for key in KEYS:
            value = self._clean(key, row.get(key))
            if value:
                named.append(value)
                found = lookup.find(key, value)
                if len(found) == 1:
                    return next(iter(found)), ""
                if found:
                    return None, self.env._(
                        "Several customers have “%s”; name this one by its reference.",
                        row[key],
                    )
        if not named:
            return None, self.env._("The row names no customer.")
        return None, self.env._(
            "No customer with “%s”. Create the customer first.", named[0]
        )

    def _refuse_twins(self, lines):
        seen = {}
        for line in lines:
            for key in ("partner_id", "number"):
                value = line.get(key)
                if not value or line["state"] == "error":
                    continue
                first = seen.setdefault((key, value), line["row"])
                if first != line["row"]:
                    line["state"] = "error"
                    line["message"] = self.env._(
                        "The same customer or card as in row %s.", first
                    )

    def _compare(self, line, card, opening, taken):
        """Say what is there already."""
        number = line["number"]
        if card and number and card.code != number:
            line["state"] = "error"
            line["message"] = self.env._(
                "This customer has the card %s already.", card.code
            )
        elif not card and number in taken:
            line["state"] = "error"
            line["message"] = taken[number]
        elif card:
            changes = self._get_changes(line, card, opening)
            if opening:
                line["state"] = "changed" if changes else "known"
                changes = changes or [self.env._("There already.")]
            line["message"] = " ".join(changes)

    # ------------------------------------------------------------
    # WRITING
    # ------------------------------------------------------------

    def _write_balances(self, lines):
        program = self._get_program()
        partners = self.env["res.partner"].browse(line["partner_id"] for line in lines)
        cards = self._get_cards(partners)
        new = [line for line in lines if line["partner_id"] not in cards]
        self.env["loyalty.card"].create(
            [self._prepare_card(line, program) for line in new]
        )
        cards = self._get_cards(partners)
        openings = self._get_openings(cards.values())
        replaced = self.env["loyalty.history"]
        entries = []
        for line in lines:
            card = cards[line["partner_id"]]
            if self._is_other_since(line, card):
                card.member_since = line["since"]
            opening = openings.get(card, replaced.browse())
            if self._is_other_opening(line, opening):
                replaced |= opening
                entries.append(self._prepare_opening(line, card))
        self.env["loyalty.card"]._unbook(replaced)
        self.env["loyalty.card"]._book(entries)

    def _prepare_card(self, line, program):
        values = {"program_id": program.id, "partner_id": line["partner_id"]}
        if line["number"]:
            values["code"] = line["number"]
        if line["since"]:
            values["member_since"] = line["since"]
        return values

    def _prepare_opening(self, line, card):
        values = {
            "card_id": card.id,
            "kind": "opening",
            "issued": line["points"],
            "description": self.env._("Opening balance"),
        }
        if line["until"] and line["points"]:
            values["expiry_date"] = line["until"]
        return values

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Opening Balances"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
