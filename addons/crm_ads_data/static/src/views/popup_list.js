import {FiguresListRenderer} from "./figures_list_renderer";
import {FormViewDialog} from "@web/views/view_dialogs/form_view_dialog";
import {ListController} from "@web/views/list/list_controller";
import {_t} from "@web/core/l10n/translation";
import {listView} from "@web/views/list/list_view";
import {registry} from "@web/core/registry";

/** "New" opens a pop-up form over the list; saving it refreshes the list. */
export class PopupListController extends ListController {
    async createRecord() {
        this.dialogService.add(FormViewDialog, {
            context: this.props.context,
            onRecordSaved: () => this.env.searchModel.search(),
            resModel: this.props.resModel,
            title: _t("New: %s", this.env.config.getDisplayName()),
        });
    }
}

registry.category("views").add("crm_ads_popup_list", {
    ...listView,
    Controller: PopupListController,
    Renderer: FiguresListRenderer,
});
