import { describe, it } from "vitest";
import { TelnetProvider } from "../../../src/providers/index.ts";
import { rows } from "../../conformance/providers/demand.ts";
import { telnetDemands } from "../../conformance/providers/telnet.ts";

describe("the telnet provider", () => {
  it.each(rows(telnetDemands))("%s", async (_, demand) => {
    await demand.run((options) => new TelnetProvider(options));
  });
});
