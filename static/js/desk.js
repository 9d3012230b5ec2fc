// The scripts of the inbox. Each adds to a page that works without it.
import "./ages.js";
import "./builder.js";
import "./conversation.js";
import "./keys.js";
import "./requests.js";
import "./rows.js";
import "./rules.js";
import "./toasts.js";
import { connect } from "./live.js";

connect();
