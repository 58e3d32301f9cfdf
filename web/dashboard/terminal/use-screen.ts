import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import { theme } from "../header/theme.ts";
import { useObservable } from "../session/observable.ts";
import { Screen, type ScreenOptions } from "./screen.ts";

/** Puts a screen into an element once it is there, until the component goes. */
export function useScreen(
  element: RefObject<HTMLElement | null>,
  options: Omit<ScreenOptions, "element">,
): Screen | undefined {
  const [screen, setScreen] = useState<Screen>();
  useEffect(() => {
    if (element.current === null) return;
    const made = new Screen({ element: element.current, ...options });
    setScreen(made);
    return () => made.close();
  }, []);
  const colours = useObservable(theme);
  useEffect(() => screen?.recolour(), [screen, colours]);
  return screen;
}
