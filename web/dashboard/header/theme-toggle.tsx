import type { JSX } from "preact";
import { Button } from "../controls/button.tsx";
import { useObservable } from "../session/observable.ts";
import { chooseTheme, theme } from "./theme.ts";

/** Switches between light and dark. */
export function ThemeToggle(): JSX.Element {
  const other = useObservable(theme) === "dark" ? "light" : "dark";
  return (
    <Button
      variant="quiet"
      icon={other === "dark" ? "moon" : "sun"}
      label={`Switch to ${other} theme`}
      onClick={() => chooseTheme(other)}
    />
  );
}
