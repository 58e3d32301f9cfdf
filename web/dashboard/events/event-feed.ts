import type { WatchMessage } from "../../host-api.ts";
import type { NameBook } from "../session/name-book.ts";
import { type EventKind, eventKinds, kindOf } from "./event-kind.ts";
import { eventText, logText, type RowText } from "./event-row-text.ts";

/** Rows shown at most, and kept of each kind, so that a flood of calls does not wash the rare events away. */
export const rowLimit = 500;
/** Between two drawings of the log: ten a second are as many as a person can see pass. */
const drawGapMs = 100;

/** What the log shows; `skipped` is only counted. */
type ShownMessage = Extract<WatchMessage, { kind: "event" | "log" }>;

/** One event or log line of the feed. */
export class FeedEntry {
  /** Counts up over all kinds; the order of arrival. */
  readonly id: number;
  readonly message: ShownMessage;
  readonly #names: NameBook;
  #text: RowText | undefined;

  constructor(id: number, message: ShownMessage, names: NameBook) {
    this.id = id;
    this.message = message;
    this.#names = names;
  }

  get time(): number {
    return this.message.kind === "log" ? this.message.record.time : this.message.event.time;
  }

  /** Made when it is first needed: most entries of a flood are never shown. */
  get text(): RowText {
    this.#text ??=
      this.message.kind === "log"
        ? logText(this.message.record, this.#names)
        : eventText(this.message.event, this.#names);
    return this.#text;
  }
}

/** The latest events and log lines, bounded, and told to the page in batches. */
export class EventFeed {
  readonly #names: NameBook;
  readonly #kept: Readonly<Record<EventKind, FeedEntry[]>>;
  readonly #listeners = new Set<() => void>();
  #lastId = 0;
  #skipped = 0;
  #isScheduled = false;
  #lastDraw = Number.NEGATIVE_INFINITY;

  constructor(names: NameBook) {
    this.#names = names;
    this.#kept = { calls: [], "life cycle": [], links: [], lattice: [], health: [], log: [] };
  }

  /** Messages that arrived so far. */
  get total(): number {
    return this.#lastId;
  }

  /** Events that the host left out since they came too fast. */
  get skipped(): number {
    return this.#skipped;
  }

  /** Takes a message in. */
  push(message: Exclude<WatchMessage, { kind: "lattice" }>): void {
    if (message.kind === "skipped") {
      this.#skipped += message.count;
    } else {
      const kept = this.#kept[kindOf(message)];
      kept.push(new FeedEntry(++this.#lastId, message, this.#names));
      if (kept.length >= 2 * rowLimit) kept.splice(0, kept.length - rowLimit);
    }
    this.#schedule();
  }

  /** The latest entries of these kinds, newest first. */
  latest(kinds: ReadonlySet<EventKind>): readonly FeedEntry[] {
    const kept = eventKinds
      .filter((kind) => kinds.has(kind))
      .map((kind) => this.#kept[kind].slice(-rowLimit));
    return kept.flat().sort((a, b) => b.id - a.id);
  }

  /** Forgets everything. */
  clear(): void {
    for (const kind of eventKinds) this.#kept[kind].length = 0;
    this.#skipped = 0;
    this.#schedule();
  }

  /** Calls the listener in an animation frame after messages have come, until the returned function is called. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #schedule(): void {
    if (this.#isScheduled || this.#listeners.size === 0) return;
    this.#isScheduled = true;
    setTimeout(
      () => requestAnimationFrame(() => this.#draw()),
      Math.max(0, this.#lastDraw + drawGapMs - performance.now()),
    );
  }

  #draw(): void {
    this.#isScheduled = false;
    this.#lastDraw = performance.now();
    for (const listener of this.#listeners) listener();
  }
}
