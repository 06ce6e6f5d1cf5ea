"""Numbers that a salesperson must not learn, put everywhere that numbers stand."""

import base64

# None of them is the first salesperson's but OWN.
WAITING, OWN, OTHERS, POOLED, LOADED = (
    f"+8435800000{number}" for number in range(1, 6)
)


def make_secrets(people, ad):
    """Data that waits, is dealt out, in the pool, and in a file; dict of name to id."""
    admin, mai = people["journey_admin"], people["journey_marketer"]
    numbers = {"own": OWN, "others": OTHERS, "pooled": POOLED, "waiting": WAITING}
    data = {name: _make(mai, ad, name, number) for name, number in numbers.items()}
    _assign(admin, data["own"], people["journey_seller_1"])
    _assign(admin, data["others"], people["journey_seller_2"])
    _assign(admin, data["pooled"], people["journey_seller_2"])
    lead = mai.read("crm.ads.data", [data["pooled"]], "lead_id")[0]["lead_id"][0]
    note = f"<p>Her number is {POOLED}</p>"
    people["journey_manager"].call("crm.lead", "message_post", [lead], body=note)
    admin.call("crm.ads.data", "action_to_pool", [data["pooled"]])
    _load_file(mai, admin, ad)
    return data


def digits(number):
    """What of a number gives it away, however it is written."""
    return number.removeprefix("+84")


def _make(person, ad, name, number):
    return person.create(
        "crm.ads.data",
        name=f"Secret {name} {number}",
        phone=number,
        ad_id=ad,
        note=f"Zalo {number}",
        email=f"{number[1:]}@example.com",
    )


def _assign(admin, data, person):
    model = "crm.ads.data.assign"
    wizard = admin.create(model, data_ids=[[6, 0, [data]]], user_id=person.uid)
    admin.call(model, "action_assign", [wizard])


def _load_file(mai, admin, ad):
    """An import whose one row no salesperson has seen.

    Its data is taken out again, for the other journeys count what came by file.
    """
    text = f"full_name,phone_number\nLoaded,{LOADED}\n"
    load = mai.create(
        "crm.ads.import",
        file=base64.b64encode(text.encode()).decode(),
        filename="secrets.csv",
        ad_id=ad,
    )
    mai.call("crm.ads.import", "action_preview", [load])
    mai.call("crm.ads.import", "action_start", [load])
    data = admin.search("crm.ads.data", [["phone_key", "=", LOADED]])
    admin.call("crm.ads.data", "unlink", data)
