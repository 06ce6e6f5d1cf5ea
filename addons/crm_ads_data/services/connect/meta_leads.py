"""Leads of instant forms as rows of customer data.

A form's questions are read as the columns of an exported file are
(``services.columns``), so that the same person comes out the same, whichever way the
lead came.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from ..columns import LeadRow, map_row, match_columns
from ..table import Table
from . import errors
from .meta_codes import NotThere
from .payload import dig, moment, records, text

NEEDS = "leads_retrieval, pages_read_engagement, ads_management"
FIELDS = (
    "id,created_time,ad_id,ad_name,adset_id,adset_name,campaign_id,campaign_name,"
    "form_id,is_organic,platform,field_data"
)
FORM_FIELDS = "id,name,status,locale,questions"
# What an answer can be; whatever else was asked goes into the note.
CONTACT_FIELDS = (
    "name",
    "first_name",
    "last_name",
    "phone",
    "phone2",
    "email",
    "province",
)
NOTE = "note"
IGNORED = "ignore"
MAX_ANSWERS = 100
PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class Lead:
    """One lead as Meta gives it; ``answers`` are ``(question key, answer)``."""

    external_ref: str
    form_ref: str | None = None
    created: datetime | None = None
    ad_ref: str | None = None
    ad_name: str | None = None
    adset_ref: str | None = None
    adset_name: str | None = None
    campaign_ref: str | None = None
    campaign_name: str | None = None
    is_organic: bool = False
    platform: str | None = None
    answers: tuple[tuple[str, str], ...] = ()

    def get_row(self, mapping=None) -> LeadRow:
        """The answers as one row.

        :param mapping: dict of question key to one of ``CONTACT_FIELDS``, ``note`` or
            ``ignore``; what it does not know is found by its name

        >>> lead = Lead("1", answers=(("họ_tên", "Lan"), ("màu", "đỏ"), ("số", "0901")))
        >>> lead.get_row({"số": "ignore"}).note
        'màu: đỏ'
        >>> lead.get_row({"màu": "name", "số": "note"}).name
        'đỏ'
        """
        chosen = mapping or {}
        answers = [one for one in self.answers if chosen.get(one[0]) != IGNORED]
        header = tuple(question for question, _answer in answers)
        table = Table(header, ((1, tuple(answer for _question, answer in answers)),))
        return map_row(table, match_questions(header, chosen))


def match_questions(header, chosen=None):
    """Which question holds which field, as ``services.columns`` takes it.

    >>> match_questions(["full_name", "số_điện_thoại", "ngày", "màu"])
    {'name': 0, 'phone': 1}
    >>> match_questions(["full_name", "nick"], {"nick": "name", "full_name": "note"})
    {'name': 1}
    """
    chosen = chosen or {}
    # what a person chose is not guessed at
    open_titles = ["" if title in chosen else title for title in header]
    mapping = {
        name: index
        for index, title in enumerate(header)
        if (name := chosen.get(title)) in CONTACT_FIELDS
    }
    found = match_columns(open_titles)
    return mapping | {
        name: index
        for name, index in found.items()
        if name in CONTACT_FIELDS and name not in mapping
    }


def read_lead(lead):
    """A lead of the Graph; ids come as numbers or as text.

    >>> read_lead({"id": 12, "created_time": "2026-10-28T13:01:50+0000"}).external_ref
    '12'
    """
    return Lead(
        external_ref=text(lead.get("id"), 64) or "",
        form_ref=text(lead.get("form_id"), 64),
        created=moment(lead.get("created_time")),
        ad_ref=text(lead.get("ad_id"), 64),
        ad_name=text(lead.get("ad_name")),
        adset_ref=text(lead.get("adset_id"), 64),
        adset_name=text(lead.get("adset_name")),
        campaign_ref=text(lead.get("campaign_id"), 64),
        campaign_name=text(lead.get("campaign_name")),
        is_organic=lead.get("is_organic") is True,
        platform=text(lead.get("platform"), 16),
        answers=_read_answers(lead),
    )


def _read_answers(lead):
    answers = []
    for item in records(lead.get("field_data"))[:MAX_ANSWERS]:
        question = text(item.get("name"))
        values = item.get("values")
        parts = values if isinstance(values, list) else [values]
        said = ", ".join(filter(None, (text(part, 2000) for part in parts)))
        if question:
            answers.append((question, said))
    return tuple(answers)


def fetch_lead(api, lead_id):
    """One ``Lead``, with the token of its page.

    :raise Transient: when it is not there: Meta tells of a lead before it can be read
    """
    try:
        body = api.call("GET", f"/{lead_id}", {"fields": FIELDS}, needs=NEEDS)
    except NotThere as error:
        raise errors.Transient(str(error), error.code) from None
    return read_lead(body)


def fetch_form_leads(api, form, since, cursor=None, limit=PAGE_SIZE):
    """One page of a form's leads that came after ``since`` (unix seconds).

    :return: ``(list of Lead, next cursor or None)``
    """
    later = {"field": "time_created", "operator": "GREATER_THAN", "value": int(since)}
    found, following = api.fetch_records(
        f"/{form}/leads",
        {"fields": FIELDS, "filtering": json.dumps([later])},
        cursor,
        NEEDS,
        limit,
    )
    return [read_lead(lead) for lead in found if lead.get("id")], following


def fetch_forms(api, page, cursor=None):
    """One page of a page's forms.

    :return: ``(list of (id, name, status, question keys), next cursor or None)``
    """
    found, following = api.fetch_records(
        f"/{page}/leadgen_forms",
        {"fields": FORM_FIELDS},
        cursor,
        "leads_retrieval, pages_manage_ads, pages_show_list",
    )
    forms = [
        (
            text(form.get("id"), 64),
            text(form.get("name")) or text(form.get("id"), 64),
            text(form.get("status"), 16) or "ACTIVE",
            tuple(
                filter(
                    None,
                    (
                        text(dig(question, "key"))
                        for question in records(form.get("questions"))
                    ),
                )
            ),
        )
        for form in found
        if text(form.get("id"))
    ]
    return forms, following
