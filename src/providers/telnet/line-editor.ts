/** What a terminal's input led to. */
export interface EditorEvents {
  /** Text for the terminal, to be written as it is. */
  readonly echo: (text: string) => void;
  /** A line, without its end. */
  readonly line: (text: string) => void;
}

const CARRIAGE_RETURN = "\r";
const LINE_FEED = "\n";
const ESCAPE = "\u001b";
const DELETE = "\u007f";
const BACKSPACE = "\b";
/** What arrow keys and the like send. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const KEYS = /\u001b(?:\[[0-?]*[ -/]*[@-~]|O[@-~])/g;

/**
 * Collects a line from a terminal that sends each key, as the first-party server does: it echoes, deletes the last
 * character, and ends a line with a carriage return. Keys that move a cursor do nothing. Contracts document 7.5.
 */
export class LineEditor {
  readonly #events: EditorEvents;
  readonly #maxLength: number;
  #line: string[] = [];
  #echo = "";
  #afterReturn = false;

  /** @param maxLength - characters of a line; more are not taken. */
  constructor(events: EditorEvents, maxLength: number) {
    this.#events = events;
    this.#maxLength = maxLength;
  }

  /** Takes what a terminal sent. */
  receive(text: string): void {
    for (const character of text.replaceAll(KEYS, "")) this.#take(character);
    this.#flush();
  }

  /** Text that was pasted is echoed in one piece. */
  #flush(): void {
    const text = this.#echo;
    this.#echo = "";
    if (text !== "") this.#events.echo(text);
  }

  #take(character: string): void {
    const isSecondHalf = this.#afterReturn && (character === LINE_FEED || character === "\0");
    this.#afterReturn = character === CARRIAGE_RETURN;
    if (isSecondHalf) return;
    if (character === CARRIAGE_RETURN || character === LINE_FEED) this.#end();
    else if (character === ESCAPE || character === DELETE || character === BACKSPACE) this.#deleteLast();
    else if (character >= " " || character === "\t") this.#append(character);
  }

  #end(): void {
    const line = this.#line.join("");
    this.#line = [];
    this.#echo += "\r\n";
    this.#flush();
    this.#events.line(line);
  }

  #deleteLast(): void {
    if (this.#line.pop() !== undefined) this.#echo += "\b \b";
  }

  #append(character: string): void {
    if (this.#line.length >= this.#maxLength) return;
    this.#line.push(character);
    this.#echo += character;
  }
}
