// The scripts of the inbox. Each adds to a page that works without it.
import "./ages.js";
import "./attachments.js";
import "./availability.js";
import "./builder.js";
import "./bulk.js";
import "./composer.js";
import "./conversation.js";
import "./drafts.js";
import "./keys.js";
import "./menus.js";
import "./next.js";
import "./picker.js";
import "./palette.js";
import "./panes.js";
import "./preferences.js";
import "./pressed.js";
import "./requests.js";
import "./rows.js";
import "./rules.js";
import "./standing.js";
import "./toasts.js";
import "./told.js";
import "./typing.js";
import { connect } from "./live.js";

connect();
