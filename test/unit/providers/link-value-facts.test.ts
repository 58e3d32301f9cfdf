import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  BUILT_IN_PROVIDERS,
  type CapabilityProvider,
  HttpClientProvider,
  HttpServerProvider,
  LINK_VALUE_FACTS,
  TelnetProvider,
} from "../../../src/providers/index.ts";
import { LinkedActors } from "../../conformance/providers/linked-actor.ts";

const actor = "M".padEnd(56, "A");
const configured = BUILT_IN_PROVIDERS.filter(({ name }) => Object.hasOwn(LINK_VALUE_FACTS, name));

describe("what is told of link values", () => {
  it.each(configured)("$name: stands in the documentation", ({ name, linkValues = [] }) => {
    const rows = readFileSync("docs/providers.md", "utf8").split("\n");
    const row = rows.find((line) => line.startsWith(`| \`${name}\``));
    expect(linkValues).not.toEqual([]);
    for (const fact of linkValues) expect(row, fact.name).toContain(`\`${fact.name}\``);
  });

  const make: readonly [keyof typeof LINK_VALUE_FACTS, () => CapabilityProvider][] = [
    ["weblattice:httpserver", () => new HttpServerProvider()],
    ["weblattice:httpclient", () => new HttpClientProvider()],
    ["weblattice:telnet", () => new TelnetProvider()],
  ];
  it.each(make)(
    "%s: defaults and examples are taken, words that are not listed are not",
    async (name, open) => {
      const facts = LINK_VALUE_FACTS[name];
      const actors = new LinkedActors(open());
      for (const { name: value, default: otherwise, example, words } of facts) {
        for (const text of [otherwise, example, ...(words ?? [])]) {
          if (text !== undefined) await actors.link({ [value]: text }, actor);
        }
        if (words === undefined) continue;
        await expect(actors.link({ [value]: "other" }, actor)).rejects.toMatchObject({
          code: "link.invalid",
        });
      }
      await actors.provider.stop();
    },
  );
});
