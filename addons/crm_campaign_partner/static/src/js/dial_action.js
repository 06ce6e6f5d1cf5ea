import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";

/**
 * Hand a number to the telephone of this device. Odoo's own URL actions put a slash in
 * front of everything that is not http.
 *
 * @param {Object} env
 * @param {Object} action
 * @returns {Object|undefined} the next action
 */
function dial(env, action) {
    const {url, next} = action.params;
    if (/^tel:\+?[0-9]+$/.test(url)) {
        browser.open(url, "_self");
    }
    return next;
}

registry.category("actions").add("crm_campaign_partner.dial", dial);
