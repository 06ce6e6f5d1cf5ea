/* global Chart */

import {Component, onWillStart, useEffect, useRef} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {deserializeDate} from "@web/core/l10n/dates";
import {getColor} from "@web/core/colors/colors";
import {loadBundle} from "@web/core/assets";

const PALETTE_SIZE = 8;
const STATUS_COLORS = {
    false: "#ced4da",
    waiting: "#ffc107",
    contacted: "#4ea7f2",
    opportunity: "#3188e6",
    quoted: "#9566c9",
    won: "#28a745",
    lost: "#dc3545",
};

/** Two charts: spend beside data per day, and how far sales are with the data. */
export class DashboardCharts extends Component {
    static template = "crm_ads_data.DashboardCharts";
    static props = {
        statuses: Array,
        trend: Array,
        onStatus: Function,
    };

    setup() {
        this.trendRef = useRef("trend");
        this.statusRef = useRef("status");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            (trend, statuses) => {
                const charts = [
                    new Chart(this.trendRef.el, this.getTrendConfig(trend)),
                    this.statusRef.el &&
                        new Chart(this.statusRef.el, this.getStatusConfig(statuses)),
                ];
                return () => charts.forEach((chart) => chart && chart.destroy());
            },
            () => [this.props.trend, this.props.statuses]
        );
    }

    getTrendConfig(trend) {
        const data = getColor(1, "light", PALETTE_SIZE);
        const spend = getColor(2, "light", PALETTE_SIZE);
        return {
            data: {
                labels: trend.map((day) => deserializeDate(day.date).toFormat("dd/MM")),
                datasets: [
                    {
                        type: "line",
                        label: _t("Spend"),
                        data: trend.map((day) => day.spend),
                        borderColor: spend,
                        backgroundColor: spend,
                        tension: 0.2,
                        yAxisID: "spend",
                    },
                    {
                        type: "bar",
                        label: _t("Data"),
                        data: trend.map((day) => day.data_count),
                        backgroundColor: data,
                        maxBarThickness: 40,
                        yAxisID: "data",
                    },
                ],
            },
            options: {
                maintainAspectRatio: false,
                animation: false,
                interaction: {mode: "index", intersect: false},
                scales: {
                    x: {grid: {display: false}},
                    data: {
                        position: "left",
                        beginAtZero: true,
                        ticks: {precision: 0},
                        title: {display: true, text: _t("Data")},
                    },
                    spend: {
                        position: "right",
                        beginAtZero: true,
                        grid: {display: false},
                        title: {display: true, text: _t("Spend")},
                    },
                },
            },
        };
    }

    getStatusConfig(statuses) {
        return {
            type: "doughnut",
            data: {
                labels: statuses.map((one) => `${one.label}: ${one.count}`),
                datasets: [
                    {
                        data: statuses.map((one) => one.count),
                        backgroundColor: statuses.map(
                            (one) => STATUS_COLORS[one.status]
                        ),
                    },
                ],
            },
            options: {
                maintainAspectRatio: false,
                animation: false,
                cutout: "60%",
                plugins: {legend: {position: "right"}},
                onClick: (ev, [element]) =>
                    element && this.props.onStatus(statuses[element.index].status),
            },
        };
    }
}
