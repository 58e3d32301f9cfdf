import { useEffect, useReducer, useState } from "preact/hooks";
import { type EventFeed, type FeedEntry, rowLimit } from "./event-feed.ts";
import { type EventKind, eventKinds } from "./event-kind.ts";

/** What the log shows, and how to change that. */
export interface FeedView {
  readonly entries: readonly FeedEntry[];
  readonly kinds: ReadonlySet<EventKind>;
  readonly search: string;
  readonly isPaused: boolean;
  /** Messages that came while paused. */
  readonly waiting: number;
  readonly skipped: number;
  toggleKind(kind: EventKind): void;
  setSearch(text: string): void;
  togglePause(): void;
  clear(): void;
}

/** The feed as chosen by kind and text; stands still while paused. */
export function useFeed(feed: EventFeed): FeedView {
  const [kinds, setKinds] = useState<ReadonlySet<EventKind>>(() => new Set(eventKinds));
  const [search, setSearch] = useState("");
  const [frozen, setFrozen] = useState<{ readonly entries: readonly FeedEntry[]; readonly total: number }>();
  const [, redraw] = useReducer((count: number, _: undefined) => count + 1, 0);
  useEffect(() => {
    redraw(undefined);
    return feed.subscribe(() => redraw(undefined));
  }, [feed]);

  const all =
    frozen === undefined ? feed.latest(kinds) : frozen.entries.filter((entry) => kinds.has(entry.text.kind));
  const words = search.trim().toLowerCase();
  const entries = (words === "" ? all : all.filter((entry) => contains(entry, words))).slice(0, rowLimit);
  return {
    entries,
    kinds,
    search,
    setSearch,
    isPaused: frozen !== undefined,
    waiting: frozen === undefined ? 0 : feed.total - frozen.total,
    skipped: feed.skipped,
    toggleKind(kind) {
      const next = new Set(kinds);
      if (!next.delete(kind)) next.add(kind);
      setKinds(next);
    },
    togglePause() {
      setFrozen(
        frozen === undefined ? { entries: feed.latest(new Set(eventKinds)), total: feed.total } : undefined,
      );
    },
    clear() {
      feed.clear();
      setFrozen(undefined);
    },
  };
}

function contains({ text }: FeedEntry, words: string): boolean {
  return [text.tag, text.subject, text.text, text.detail].some(
    (part) => part?.toLowerCase().includes(words) === true,
  );
}
