import {Component, onWillStart, useState} from "@odoo/owl";
import {Layout} from "@web/search/layout";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

const PAGE = 80;
const FIELDS = {
    display_name: {},
    phone: {},
    funnel_tier_id: {fields: {display_name: {}}},
    funnel_tier_color: {},
    last_order_date: {},
    referral_count: {},
    referral_buyer_count: {},
    referral_branch_count: {},
};

/**
 * Who brought whom: a tree of customers, not of their contacts, that opens branch by
 * branch. Each branch is one search, so a tree of any size opens at once, and a user
 * sees the customers he may see.
 */
export class ReferralTree extends Component {
    static template = "crm_funnel_loyalty.ReferralTree";
    static components = {Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = {controlPanel: {}};
        this.state = useState({roots: [], total: 0});
        this.rootId =
            this.props.action.params?.partner_id ||
            this.props.action.context?.active_id;
        onWillStart(() => this.loadRoots());
    }

    get rootDomain() {
        return this.rootId
            ? [["id", "=", this.rootId]]
            : [
                  ["referral_count", ">", 0],
                  ["referral_parent_id", "=", false],
              ];
    }

    get rows() {
        const rows = [];
        const add = (nodes, depth) => {
            for (const node of nodes) {
                rows.push({node, depth});
                if (node.isOpen) {
                    add(node.children, depth + 1);
                    if (node.children.length < node.total) {
                        rows.push({node, depth: depth + 1, isMore: true});
                    }
                }
            }
        };
        add(this.state.roots, 0);
        return rows;
    }

    async read(domain, offset) {
        const {records, length} = await this.orm.webSearchRead("res.partner", domain, {
            specification: FIELDS,
            limit: PAGE,
            offset,
            order: "last_order_date desc nulls last, id",
        });
        return {
            nodes: records.map((record) => ({
                record,
                children: [],
                total: 0,
                isOpen: false,
            })),
            length,
        };
    }

    async loadRoots() {
        const {nodes, length} = await this.read(
            this.rootDomain,
            this.state.roots.length
        );
        this.state.roots.push(...nodes);
        this.state.total = length;
        if (this.state.roots.length === 1) {
            await this.toggle(this.state.roots[0]);
        }
    }

    async loadChildren(node) {
        const {nodes, length} = await this.read(
            [["referral_parent_id", "=", node.record.id]],
            node.children.length
        );
        node.children.push(...nodes);
        node.total = length;
    }

    async toggle(node) {
        if (!node.record.referral_count) {
            return;
        }
        if (!node.children.length) {
            await this.loadChildren(node);
        }
        node.isOpen = !node.isOpen;
    }

    open(node) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "res.partner",
            res_id: node.record.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("crm_funnel_loyalty.referral_tree", ReferralTree);
