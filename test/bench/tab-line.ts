import { withDeadline } from "../../node/system/deadline.ts";
import type { TabAnswer, TabApi, TabCommand } from "./tab-api.ts";

interface Asked {
  readonly id: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Longer than any one thing it is asked for takes. */
const DEADLINE_MS = 60_000;

/** The line to one tab: commands wait here until the tab comes for them, and its answers come back. */
export class TabLine {
  readonly #commands: TabCommand[] = [];
  readonly #asked = new Map<number, Asked>();
  #takeCommand: ((command: TabCommand) => void) | undefined;
  #cut: Error | undefined;
  #count = 0;

  /** Asks the tab for something and waits for its answer. */
  async ask<Name extends keyof TabApi>(
    name: Name,
    ...args: Parameters<TabApi[Name]>
  ): Promise<Awaited<ReturnType<TabApi[Name]>>> {
    const id = ++this.#count;
    const answer = new Promise<unknown>((resolve, reject) => {
      if (this.#cut === undefined) this.#asked.set(id, { id, resolve, reject });
      else reject(this.#cut);
    });
    this.#commands.push({ id, name, args });
    this.#handOver();
    // What comes back was made by the page's own implementation of this interface.
    return (await withDeadline(answer, DEADLINE_MS, `The tab's ${name}`)) as Awaited<
      ReturnType<TabApi[Name]>
    >;
  }

  /** Hands the next command to the tab, now or when there is one. */
  onReady(take: (command: TabCommand) => void): void {
    this.#takeCommand = take;
    this.#handOver();
  }

  /** Takes the tab's answer. */
  onAnswer(answer: TabAnswer): void {
    const asked = this.#asked.get(answer.id);
    this.#asked.delete(answer.id);
    if ("error" in answer) asked?.reject(new Error(`The tab failed: ${answer.error}`));
    else asked?.resolve(answer.value);
  }

  /** The tab is gone: nothing more will be answered. */
  cut(reason: Error): void {
    this.#cut ??= reason;
    for (const { reject } of this.#asked.values()) reject(reason);
    this.#asked.clear();
  }

  #handOver(): void {
    const take = this.#takeCommand;
    const command = take === undefined ? undefined : this.#commands.shift();
    if (command === undefined) return;
    this.#takeCommand = undefined;
    take?.(command);
  }
}
