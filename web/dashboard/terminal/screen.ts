import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import { adoptInlineStyles } from "./adopted-styles.ts";
import { plainText, refuseHarm, typedText } from "./harmless-output.ts";
import { screenTheme } from "./screen-theme.ts";
import "@xterm/xterm/css/xterm.css";

/** How a {@link Screen} is made. */
export interface ScreenOptions {
  /** It fills this. */
  readonly element: HTMLElement;
  /** Its name for screen readers. */
  readonly label: string;
  /** Takes what the user types. */
  readonly onTyped: (text: string) => void;
  /** The user wants the keyboard to be the page's again. */
  readonly onLeave: () => void;
}

/** Lines that can be scrolled back. */
const SCROLLBACK = 2_000;
/** Characters that are shown in one go: in between, the page is drawn and hears the user. */
const PIECE = 4_096;
/** Ends a sequence that was cut off, what it has set, and the second screen. */
const SOBER = "\u0018\u001b[!p\u001b[?1047l";

/** A terminal in the page: shows what an actor writes, and tells what the user types. */
export class Screen {
  readonly #element: HTMLElement;
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #resize: ResizeObserver;

  constructor({ element, label, onTyped, onLeave }: ScreenOptions) {
    this.#element = element;
    adoptInlineStyles();
    this.#terminal = new Terminal({
      theme: screenTheme(element),
      fontFamily: getComputedStyle(element).fontFamily,
      fontSize: 13,
      lineHeight: 1.2,
      scrollback: SCROLLBACK,
      convertEol: true,
      cursorBlink: false,
      minimumContrastRatio: 4.5,
      screenReaderMode: true,
      linkHandler: null,
    });
    refuseHarm(this.#terminal.parser);
    this.#terminal.loadAddon(this.#fit);
    this.#terminal.attachCustomKeyEventHandler((event) => this.#isForActor(event, onLeave));
    this.#terminal.onData((data) => {
      const text = typedText(data);
      if (text !== "") onTyped(text);
    });
    this.#terminal.open(element);
    this.#terminal.textarea?.setAttribute("aria-label", label);
    this.#resize = new ResizeObserver(() => {
      // What is not shown has no size, and keeps the one it had.
      if (element.clientWidth > 0) this.#fit.fit();
    });
    this.#resize.observe(element);
  }

  /** Resolves when it is shown. */
  async write(text: string): Promise<void> {
    for (let at = 0; at < text.length; at += PIECE) {
      const piece = text.slice(at, at + PIECE);
      await new Promise<void>((resolve) => this.#terminal.write(piece, resolve));
    }
  }

  /** Says something that is not from the actor, whatever the actor has made of the screen. */
  notice(text: string): void {
    this.#terminal.write(`${SOBER}\r\n\u001b[2m[${plainText(text)}]\u001b[0m\r\n`);
  }

  focus(): void {
    this.#terminal.focus();
  }

  /** Takes the colours that the page has now. */
  recolour(): void {
    this.#terminal.options.theme = screenTheme(this.#element);
  }

  close(): void {
    this.#resize.disconnect();
    this.#terminal.dispose();
  }

  /** What is for the page or the browser: leaving, copying, pasting. */
  #isForActor(event: KeyboardEvent, onLeave: () => void): boolean {
    if (event.key === "Escape") {
      event.preventDefault();
      if (event.type === "keydown") onLeave();
      return false;
    }
    if (event.key === "Tab" && event.shiftKey) return false;
    const isCommand = (event.ctrlKey || event.metaKey) && !event.altKey;
    if (isCommand && event.key === "c") return !this.#terminal.hasSelection();
    return !(isCommand && event.key === "v");
  }
}
