/* The desk's day and week: everything that the page can do without script, done without leaving it.
   <div data-module="desk/day"> <p data-heard role="status"> <p data-say="lost"> two dialogs </div>, beside
   .panes with .day[data-first data-stamp data-live], .chair[data-day data-chair data-who] and
   .visit[data-visit data-version data-start data-minutes data-at data-len data-movable data-resizable]. */

import { useDialogs } from "./dialogs.js";
import { useDrag } from "./drag.js";
import { useKeys } from "./keys.js";
import { useLive } from "./live.js";
import { useUndo } from "./undo.js";

export function start(root) {
  useDialogs();
  useUndo();
  useKeys(root);
  useDrag();
  useLive();
}
