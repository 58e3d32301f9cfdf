import * as v from "valibot";
import { Observable } from "../session/observable.ts";
import { recall, remember } from "../session/remembered.ts";

/** How the page is coloured. */
export type Theme = "light" | "dark";

const themeSchema = v.picklist(["light", "dark"]);
const systemIsDark: MediaQueryList = matchMedia("(prefers-color-scheme: dark)");
let chosen: Theme | undefined = recall("theme", themeSchema);

function current(): Theme {
  return chosen ?? (systemIsDark.matches ? "dark" : "light");
}

/** The theme shown now: the one chosen on this page, else the system's. */
export const theme: Observable<Theme> = new Observable(current());

/** Colours the page, and follows the system until a theme is chosen. */
export function applyTheme(): void {
  const apply = (): void => {
    if (chosen !== undefined) document.documentElement.dataset["theme"] = chosen;
    theme.set(current());
  };
  systemIsDark.addEventListener("change", apply);
  apply();
}

/** Chooses a theme, for this visit and the next. */
export function chooseTheme(next: Theme): void {
  chosen = next;
  remember("theme", next);
  document.documentElement.dataset["theme"] = next;
  theme.set(next);
}
