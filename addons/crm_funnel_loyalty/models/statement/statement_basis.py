"""The sales of some periods, line by line, as SQL: one query for each revenue basis.

Every query gives: user_id, team_id, res_model, res_id, date (when it happened), home
(the day whose period it belongs to), partner_id, product_id, categ_path, order_id,
bought (moment of the purchase), medium_id, amount (company currency, without taxes),
quantity (in the product's own unit).
"""

from odoo.tools import SQL

from ...tools import day_sql, moment_sql

# Whose sale a document is: noted when it happened, else who has it now.
_ORDER_CREDIT = SQL(
    """COALESCE(so.credit_user_id, so.user_id) AS user_id,
       CASE WHEN so.credit_user_id IS NULL THEN so.team_id
            ELSE so.credit_team_id END AS team_id"""
)
_MOVE_CREDIT = SQL(
    """COALESCE(move.credit_user_id, move.invoice_user_id) AS user_id,
       CASE WHEN move.credit_user_id IS NULL THEN move.team_id
            ELSE move.credit_team_id END AS team_id"""
)
_PRODUCT = SQL(
    """LEFT JOIN product_product product ON product.id = line.product_id
       LEFT JOIN product_template template ON template.id = product.product_tmpl_id
       LEFT JOIN product_category category ON category.id = template.categ_id
       LEFT JOIN uom_uom unit ON unit.id = line.product_uom_id
       LEFT JOIN uom_uom own_unit ON own_unit.id = template.uom_id"""
)
_UNITS = SQL("COALESCE(unit.factor / NULLIF(own_unit.factor, 0), 1)")
_SIGN = SQL("CASE WHEN move.move_type = 'out_refund' THEN -1 ELSE 1 END")
# The order an invoice line comes from: the first one.
_MOVE_ORDER = SQL(
    """LEFT JOIN LATERAL (
           SELECT so.id, so.date_order, so.medium_id
             FROM sale_order_line_invoice_rel rel
             JOIN sale_order_line sol ON sol.id = rel.order_line_id
             JOIN sale_order so ON so.id = sol.order_id
            WHERE rel.invoice_line_id = line.id
            ORDER BY so.date_order, so.id LIMIT 1
       ) so ON TRUE"""
)


def get_lines(basis, company_id, tz, begin, end):
    """:param basis: ``ordered``, ``invoiced`` or ``collected``
    :param begin: first day of the first period, ``end``: first day after the last one
    :return: SQL of the lines
    """
    builders = {"ordered": _ordered, "invoiced": _invoiced, "collected": _collected}
    return builders[basis](company_id, tz, begin, end)


def is_first_order(company_id, customer, moment, order_id):
    """:param customer: SQL of the id of the customer's company
    :param moment: SQL of when it bought, ``order_id``: SQL of the order, 0 for none
    :return: SQL of whether that customer had ordered nothing before"""
    return SQL(
        """
        NOT EXISTS (
            SELECT FROM sale_order earlier
              JOIN res_partner buyer ON buyer.id = earlier.partner_id
             WHERE buyer.commercial_partner_id = %(customer)s
               AND earlier.company_id = %(company)s AND earlier.state = 'sale'
               AND (earlier.date_order, earlier.id) < (%(moment)s, %(order)s)
        )
        """,
        customer=customer,
        company=company_id,
        moment=moment,
        order=order_id,
    )


def _ordered(company_id, tz, begin, end):
    """Confirmed orders, without down payments, on the day of the order. An order that
    is cancelled later is gone from its period."""
    return SQL(
        """
        SELECT %(credit)s,
               'sale.order' AS res_model, so.id AS res_id,
               day.date, day.date AS home,
               customer.commercial_partner_id AS partner_id,
               line.product_id, category.parent_path AS categ_path,
               so.id AS order_id, so.date_order AS bought, so.medium_id,
               line.price_subtotal / COALESCE(NULLIF(so.currency_rate, 0), 1) AS amount,
               line.product_uom_qty * %(units)s AS quantity
          FROM sale_order so
          JOIN sale_order_line line ON line.order_id = so.id
          JOIN res_partner customer ON customer.id = so.partner_id
         CROSS JOIN LATERAL (SELECT %(day)s AS date) day
               %(product)s
         WHERE so.state = 'sale' AND so.company_id = %(company)s
           AND so.date_order >= %(begin)s AND so.date_order < %(end)s
           AND line.display_type IS NULL
           AND line.is_downpayment IS NOT TRUE
        """,
        credit=_ORDER_CREDIT,
        product=_PRODUCT,
        units=_UNITS,
        company=company_id,
        day=day_sql(SQL("so.date_order"), tz),
        begin=moment_sql(begin, tz),
        end=moment_sql(end, tz),
    )


def _invoiced(company_id, tz, begin, end):
    """Posted invoices on their day; a credit note belongs to the period of the invoice
    that it takes back."""
    return SQL(
        """
        SELECT %(credit)s,
               'account.move' AS res_model, move.id AS res_id,
               move.invoice_date AS date,
               COALESCE(origin.invoice_date, move.invoice_date) AS home,
               move.commercial_partner_id AS partner_id,
               line.product_id, category.parent_path AS categ_path,
               so.id AS order_id,
               COALESCE(so.date_order, origin.invoice_date, move.invoice_date)
                 AS bought,
               COALESCE(so.medium_id, move.medium_id) AS medium_id,
               -line.balance AS amount,
               line.quantity * %(units)s * %(sign)s AS quantity
          FROM account_move move
          JOIN account_move_line line
            ON line.move_id = move.id AND line.display_type = 'product'
          LEFT JOIN account_move origin ON origin.id = move.reversed_entry_id
               %(order)s
               %(product)s
         WHERE move.state = 'posted' AND move.company_id = %(company)s
           AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
           AND (   move.invoice_date >= %(begin)s AND move.invoice_date < %(end)s
                OR origin.invoice_date >= %(begin)s AND origin.invoice_date < %(end)s)
        """,
        credit=_MOVE_CREDIT,
        order=_MOVE_ORDER,
        product=_PRODUCT,
        units=_UNITS,
        sign=_SIGN,
        company=company_id,
        begin=begin,
        end=end,
    )


def _collected(company_id, tz, begin, end):
    """What customers have paid of invoices (and what was paid back of credit notes), on
    the day when both were there; of each payment the part without taxes, shared out
    over the lines of the invoice."""
    return SQL(
        """
        SELECT %(credit)s,
               'account.move' AS res_model, paid.move_id AS res_id,
               paid.date, paid.date AS home,
               move.commercial_partner_id AS partner_id,
               line.product_id, category.parent_path AS categ_path,
               so.id AS order_id,
               COALESCE(so.date_order, move.invoice_date) AS bought,
               COALESCE(so.medium_id, move.medium_id) AS medium_id,
               paid.amount * line.balance / NULLIF(move.amount_total_signed, 0)
               * -SIGN(move.amount_total_signed) AS amount,
               paid.amount * line.quantity * %(units)s
               / NULLIF(move.amount_total_signed, 0) AS quantity
          FROM (
               SELECT claim.move_id AS invoice_id, money.move_id,
                      partial.max_date AS date,
                      partial.amount
                 FROM account_partial_reconcile partial
                 JOIN account_move_line claim ON claim.id IN
                      (partial.debit_move_id, partial.credit_move_id)
                 JOIN account_move_line money ON money.id IN
                      (partial.debit_move_id, partial.credit_move_id)
                  AND money.id <> claim.id
                 JOIN account_move payment ON payment.id = money.move_id
                 JOIN account_journal journal ON journal.id = payment.journal_id
                WHERE partial.company_id = %(company)s
                  AND partial.max_date >= %(begin)s AND partial.max_date < %(end)s
                  AND (payment.origin_payment_id IS NOT NULL
                       OR journal.type IN ('bank', 'cash', 'credit'))
               ) paid
          JOIN account_move move ON move.id = paid.invoice_id
          JOIN account_move_line line
            ON line.move_id = move.id AND line.display_type = 'product'
               %(order)s
               %(product)s
         WHERE move.state = 'posted'
           AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
        """,
        credit=_MOVE_CREDIT,
        order=_MOVE_ORDER,
        product=_PRODUCT,
        units=_UNITS,
        company=company_id,
        begin=begin,
        end=end,
    )
