"""A real Chromium, driven as a person would: menus, buttons, fields, drag and drop.

Chromium is the one that setup/test has found or installed. Where SUITE_SHOTS names a
folder, the journey leaves its pictures there (those of README.md come this way).
"""

import os
import re
import resource
import shutil
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
)
SIZE = {"width": 1280, "height": 760}
PATIENCE = 20_000


class Screen:
    """What one logged-in person sees, and what that person can do with it."""

    def __init__(self, page, url):
        self.page = page
        self.url = url
        self.errors = []
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._listen)

    def _listen(self, message):
        if message.type == "error":
            self.errors.append(message.text)

    def login(self, login):
        """Log in through the login page; the password is the login."""
        self.page.goto(f"{self.url}/web/login")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", login)
        self.page.click("button[type=submit]")
        self.see(".o_main_navbar")

    def see(self, selector, text=None):
        """Wait until it is there (with that text); the locator."""
        locator = self.page.locator(selector)
        if text is not None:
            locator = locator.filter(has_text=text)
        expect(locator.first).to_be_visible(timeout=PATIENCE)
        return locator.first

    def gone(self, selector):
        """Wait until it is no longer there."""
        expect(self.page.locator(selector)).to_have_count(0, timeout=PATIENCE)

    def click(self, selector, text=None):
        """Click on the first one that fits."""
        self.see(selector, text).click()

    def open_app(self, xml_id):
        """Open an app from the apps menu."""
        self.click(".o_navbar_apps_menu button")
        self.click(f'.o_app[data-menu-xmlid="{xml_id}"]')
        self.gone(".o-dropdown--menu")

    def open_menu(self, xml_id, section=None):
        """Open a menu of the app; ``section`` is the one that unfolds to show it."""
        if section:
            self.click(f'.o_menu_sections [data-menu-xmlid="{section}"]')
        self.click(f'[data-menu-xmlid="{xml_id}"]:visible')

    def open_list(self, xml_id, title, section=None):
        """Open the menu of a list and wait until the list is there."""
        self.open_menu(xml_id, section)
        self.see(".o_last_breadcrumb_item", re.compile(rf"^\s*{re.escape(title)}\s*$"))

    def new(self):
        """Press "New" and wait for the empty form."""
        self.click(".o_list_button_add, .o-kanban-button-new, .o_form_button_create")
        self.see(".o_form_view .o_form_editable")

    def new_popup(self):
        """Press "New" in a list that asks in a pop-up; wait for it."""
        self.click(".o_list_button_add")
        self.see(".modal .o_form_editable")

    def save_popup(self):
        """Save the pop-up; the list below is there again."""
        self.click(".modal .o_form_button_save")
        self.gone(".modal")

    def save(self):
        """Save the form."""
        self.click(".o_form_button_save")
        self.see(".o_form_saved")

    def fill(self, field, value):
        """Type into a field of the form."""
        box = self.see(f".o_field_widget[name={field}]")
        box.locator("input, textarea").first.fill(value)

    def pick(self, field, text):
        """Type part of a name into a many2one and take what is found."""
        box = self.see(f".o_field_widget[name={field}]").locator("input").first
        box.click()
        box.fill(text)
        self.click(".o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option)", text)

    def upload(self, field, path):
        """Choose a file for a field."""
        selector = f".o_field_widget[name={field}] input[type=file]"
        self.page.locator(selector).first.set_input_files(path)

    def press(self, method):
        """Press the button that calls a method of the model."""
        self.click(f"button[name={method}]:visible")

    def press_smart(self, method):
        """Press a smart button of the form, also one that is folded into "More"."""
        self.see(".o-form-buttonbox, .oe_button_box")
        button = self.page.locator(f"button[name={method}]:visible")
        if not button.count():
            self.click(
                ".o-form-buttonbox .o_button_more, .oe_button_box .o_button_more"
            )
        self.press(method)

    def switch_on(self, row, field="is_running"):
        """Switch a toggle on in the row of a list."""
        line = self.see(".o_data_row", row)
        with self.page.expect_response(lambda answer: "/web_save" in answer.url):
            line.locator(f"[name={field}] input").click()
        expect(line.locator(f"[name={field}] input")).to_be_checked(timeout=PATIENCE)

    def drag(self, card, column):
        """Drag a card of a kanban board onto another column."""
        start = self.see(".o_kanban_record", card).bounding_box()
        end = self.see(".o_kanban_group", column).bounding_box()
        mouse = self.page.mouse
        mouse.move(start["x"] + start["width"] / 2, start["y"] + 12)
        mouse.down()
        mouse.move(start["x"] + start["width"] / 2 + 30, start["y"] + 30, steps=5)
        mouse.move(end["x"] + end["width"] / 2, end["y"] + 90, steps=12)
        mouse.up()
        group = self.page.locator(".o_kanban_group").filter(has_text=column)
        moved = group.locator(".o_kanban_record").filter(has_text=card)
        expect(moved.first).to_be_visible(timeout=PATIENCE)

    def picture(self, name):
        """Leave a picture of the screen where SUITE_SHOTS wants it."""
        folder = os.environ.get("SUITE_SHOTS")
        if folder:
            self.page.mouse.move(0, 0)
            self.page.evaluate("document.activeElement.blur()")
            self.page.wait_for_timeout(600)
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=Path(folder) / f"{name}.png")


@contextmanager
def without_memory_limit():
    """Odoo limits its process's address space; Chromium reserves far more than that."""
    limits = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limits)


@contextmanager
def chromium():
    """A running Chromium."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    with without_memory_limit(), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def screen_of(browser, url, login):
    """The screen of a person, in a browser profile of his or her own."""
    context = browser.new_context(
        viewport=SIZE, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh"
    )
    screen = Screen(context.new_page(), url)
    try:
        screen.login(login)
        yield screen
        assert screen.errors == []
    finally:
        context.close()
