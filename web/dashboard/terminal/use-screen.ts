import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import { asHostError, HostError } from "../../../src/errors/index.ts";
import { theme } from "../header/theme.ts";
import { useObservable } from "../session/observable.ts";
import type { Screen } from "./screen.ts";

/** A screen, once the code for it is loaded, and what became of loading it. */
export interface LoadedScreen {
  readonly screen?: Screen;
  readonly error?: HostError;
}

/** Loads what draws terminals and puts a screen into an element, until the component goes. */
export function useScreen(
  element: RefObject<HTMLElement | null>,
  events: {
    readonly label: string;
    readonly onTyped: (text: string) => void;
    readonly onLeave: () => void;
    /** Another one tries again. */
    readonly attempt: number;
  },
): LoadedScreen {
  const [loaded, setLoaded] = useState<LoadedScreen>({});
  const isFailed = loaded.error !== undefined;
  useEffect(() => {
    if (loaded.screen !== undefined) return;
    let isOpen = true;
    setLoaded({});
    import("./screen.ts").then(
      ({ Screen }) => {
        if (!isOpen || element.current === null) return;
        const { label, onTyped, onLeave } = events;
        setLoaded({ screen: new Screen({ element: element.current, label, onTyped, onLeave }) });
      },
      (error: unknown) => {
        if (isOpen) setLoaded({ error: notLoaded(error) });
      },
    );
    return () => {
      isOpen = false;
    };
  }, [isFailed ? events.attempt : 0]);
  const { screen } = loaded;
  useEffect(() => () => screen?.close(), [screen]);
  const colours = useObservable(theme);
  useEffect(() => screen?.recolour(), [screen, colours]);
  return loaded;
}

function notLoaded(error: unknown): HostError {
  return new HostError("module.fetch_failed", "The terminal could not be loaded from this page's server", {
    hint: "Try again; if the page was built anew meanwhile, reload it.",
    cause: asHostError(error),
  });
}
