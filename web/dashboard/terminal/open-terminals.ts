import { Observable } from "../session/observable.ts";

/** A terminal that the user has opened. It stays when its session ends, until it is closed. */
export interface OpenTerminal {
  readonly id: number;
  /** The actor's key. */
  readonly actor: string;
  readonly linkName: string;
  /** What it is called. */
  readonly title: string;
}

/** The terminals of the page, and the one that is shown. */
export interface TerminalList {
  readonly terminals: readonly OpenTerminal[];
  readonly shown: number | undefined;
}

/** Opens and closes terminals. They outlive the host, to say that it has ended. */
export class OpenTerminals {
  readonly state: Observable<TerminalList> = new Observable<TerminalList>({
    terminals: [],
    shown: undefined,
  });
  #lastId = 0;

  /** Opens one more, and shows it. */
  open(actor: { readonly key: string; readonly name: string }, linkName: string): void {
    const { terminals } = this.state.value;
    const id = ++this.#lastId;
    const taken = new Set(terminals.map(({ title }) => title));
    let title = actor.name;
    for (let n = 2; taken.has(title); n++) title = `${actor.name} ${n}`;
    this.state.set({ terminals: [...terminals, { id, actor: actor.key, linkName, title }], shown: id });
  }

  show(id: number): void {
    this.state.set({ ...this.state.value, shown: id });
  }

  closeAll(): void {
    this.state.set({ terminals: [], shown: undefined });
  }

  /** Its neighbour is shown then. */
  close(id: number): void {
    const { terminals, shown } = this.state.value;
    const at = terminals.findIndex((terminal) => terminal.id === id);
    const rest = terminals.toSpliced(at, 1);
    this.state.set({ terminals: rest, shown: shown === id ? (rest[at] ?? rest.at(-1))?.id : shown });
  }
}
