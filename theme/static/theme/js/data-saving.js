/* The box that says whether to save data. */

import { bindSaving } from "./media.js";

export const bind = bindSaving;
