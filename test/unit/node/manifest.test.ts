import { describe, expect, it } from "vitest";
import { manifestFormat, parseManifest, substituteEnvironment } from "../../../src/index.ts";
import variables from "../../vectors/manifest-variables.json" with { type: "json" };

const reference = (text: string): string => `$${"{"}${text}}`;
const environment = { NAME: "value", EMPTY: "", TRICK: reference("NAME"), UNSET: undefined };
const yaml = (text: string) => parseManifest(text, { format: "yaml" });
const json = (value: unknown) => parseManifest(JSON.stringify(value), { format: "json" });

describe("variables in a manifest", () => {
  it.each(variables as [string, string][])("turn %j into %j", (text, expected) => {
    expect(substituteEnvironment(text, environment, 100)).toBe(expected);
  });

  it("cannot make the text longer than is taken", () => {
    expect(() => substituteEnvironment(reference("NAME").repeat(21), environment, 100)).toThrow(
      expect.objectContaining({ code: "input.too_large" }),
    );
  });

  it("are put in before the text is read, in both notations", () => {
    const variables = { ITEM: "a.wasm\n  - b.wasm", QUOTED: 'x"]}' };
    const options = { environment: variables };
    expect(
      parseManifest(`actors:\n  - ${reference("ITEM")}\n`, { format: "yaml", ...options }).actors,
    ).toEqual(["a.wasm", "b.wasm"]);
    expect(() =>
      parseManifest(`{"actors":["${reference("QUOTED")}"]}`, { format: "json", ...options }),
    ).toThrow(/JSON/);
    expect(
      parseManifest(`{"actors":["${reference("NONE:x")}"]}`, { format: "json", ...options }).actors,
    ).toEqual(["x"]);
  });
});

describe("the notation of a manifest", () => {
  it.each([
    ["manifest.yaml", "yaml"],
    ["dir.json/manifest.YML", "yaml"],
    ["manifest", "yaml"],
    ["dir.json/manifest", "yaml"],
    [".manifest", "yaml"],
    ["manifest.json", "json"],
    ["manifest.txt", "json"],
    ["C:\\x.y\\manifest.Yaml", "yaml"],
  ])("of %s is %s", (name, format) => {
    expect(manifestFormat(name)).toBe(format);
  });
});

describe("a manifest in YAML", () => {
  it("has its defaults, and fields nobody knows are ignored", () => {
    const empty = { labels: {}, actors: [], capabilities: [], links: [] };
    for (const text of ["", "# nothing", "labels:\nactors: ~\ncapabilities: null\nlinks:\nother: {a: [1]}"]) {
      expect({ ...yaml(text), labels: { ...yaml(text).labels } }).toEqual(empty);
    }
  });

  it("is read as the example of the protocol says", () => {
    const manifest = parseManifest(
      `labels:
  zone: "a"
actors:
  - registry.example.com/echo:0.2.1
capabilities:
  - image_ref: registry.example.com/httpserver:0.12.1
    link_name: default
  - image_ref: other
links:
  - actor: \${ECHO_ACTOR:MAU2}
    contract_id: "wasmcloud:httpserver"
    provider_id: VASU
    values:
      PORT: 8080
`,
      { format: "yaml", environment: {} },
    );
    expect(JSON.parse(JSON.stringify(manifest))).toEqual({
      labels: { zone: "a" },
      actors: ["registry.example.com/echo:0.2.1"],
      capabilities: [
        { imageRef: "registry.example.com/httpserver:0.12.1", linkName: "default" },
        { imageRef: "other", linkName: "default" },
      ],
      links: [
        {
          actorId: "MAU2",
          contractId: "wasmcloud:httpserver",
          providerId: "VASU",
          linkName: "default",
          values: { PORT: "8080" },
        },
      ],
    });
  });

  it.each([
    "8080",
    "0x10",
    "0o7",
    "1_000",
    "yes",
    "No",
    "true",
    "1.0",
    "1e3",
    ".inf",
    "null",
    "~",
    "2001-12-14",
    "<<",
  ])("keeps %s as it is written", (scalar) => {
    expect(yaml(`labels: { x: ${scalar} }`).labels["x"]).toBe(scalar);
  });

  it("takes texts of every style, tag and reference", () => {
    const { labels } = yaml(
      "labels:\n  a: 'null'\n  b: |\n    two\n    lines\n  c: !!int 5\n  d: &x y\n  e: *x\n  f:\n  __proto__: z\n",
    );
    expect({ ...labels, f: labels["f"] }).toMatchObject({
      a: "null",
      b: "two\nlines\n",
      c: "5",
      d: "y",
      e: "y",
      f: "",
    });
    expect(Object.getPrototypeOf(labels)).toBeNull();
    expect(Object.hasOwn(labels, "__proto__")).toBe(true);
  });

  it("tells a link name that is nothing from one that is written so", () => {
    const links = (name: string) =>
      yaml(`links: [{ actor: a, contract_id: c, provider_id: p, link_name: ${name} }]`).links[0]?.linkName;
    expect([links("~"), links("null"), links(""), links('"null"')]).toEqual([
      "default",
      "default",
      "default",
      "null",
    ]);
  });

  it.each([
    ["two documents", "a: 1\n---\nb: 2"],
    ["what is not YAML", "actors: [a"],
    ["a reference to nothing", "actors: *nowhere"],
    ["a name twice", "labels:\n  a: 1\n  a: 2"],
    ["a list at the top", "- a"],
    ["a list that contains itself", "actors: &a [*a]"],
  ])("refuses %s", (_, text) => {
    expect(() => yaml(text)).toThrow(expect.objectContaining({ code: "input.invalid" }));
  });

  it.each([
    ["yaml", "links:\n  - values:\n      password: hunter2\n     bad: ["],
    ["yaml", 'password: "hunter2" hunter2'],
    ["yaml", "password: %hunter2\n@hunter2"],
    ["json", '{"password":"hunter2" hunter2'],
  ] as const)("does not quote what it could not read as %s", (format, text) => {
    expect(() => parseManifest(text, { format })).toThrow(/^(?!.*hunter2).*(at line \d|JSON)/);
  });

  it.each([
    ["lists within lists", `actors: ${"[".repeat(1_000_000)}`],
    ["maps within maps", "{".repeat(1_000_000)],
    ["maps within maps by lines", Array.from({ length: 1_000 }, (_, i) => `${" ".repeat(i)}a:`).join("\n")],
    ["lists within lists on a line", "- ".repeat(500_000)],
    [
      "references that multiply",
      `x: &a [${"b,".repeat(10)}]\n${Array.from({ length: 20 }, (_, i) => `y${i}: &a${i} [*a,*a,*a]`).join("\n")}\n`,
    ],
    ["many names", Array.from({ length: 50_000 }, (_, i) => `k${i}:`).join("\n")],
    ["too much", "#".repeat(1_048_577)],
  ])("comes to an end with %s", (_, text) => {
    let [found, error]: unknown[] = [];
    try {
      found = yaml(text);
    } catch (thrown) {
      error = thrown;
    }
    if (found === undefined) expect(error).toMatchObject({ code: expect.stringMatching(/^input\./) });
  });
});

describe("a manifest in JSON", () => {
  it("is read like one in YAML", () => {
    const manifest = json({
      labels: { a: "b" },
      actors: ["x"],
      capabilities: null,
      links: [{ actor: "m", contract_id: "c", provider_id: "v", link_name: null, values: null, more: 5 }],
    });
    expect(manifest).toMatchObject({
      actors: ["x"],
      capabilities: [],
      links: [{ linkName: "default", values: {} }],
    });
  });

  it.each([
    ["labels.a must be a text", { labels: { a: 5 } }],
    ["labels.a must be a text", { labels: { a: null } }],
    ["actors[1] must be a text", { actors: ["a", true] }],
    ["actors must be a list", { actors: "a" }],
    ["capabilities[0].image_ref is missing", { capabilities: [{}] }],
    ["capabilities[0] must have named fields", { capabilities: ["a"] }],
    [
      "links[0].values.PORT must be a text",
      { links: [{ actor: "a", contract_id: "c", provider_id: "p", values: { PORT: 8080 } }] },
    ],
    [
      "links[0].link_name must be a text",
      { links: [{ actor: "a", contract_id: "c", provider_id: "p", link_name: 1 }] },
    ],
    [
      "labels has 257 entries",
      { labels: Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`k${i}`, ""])) },
    ],
    ["actors has 10001 entries", { actors: Array.from({ length: 10_001 }, () => "a") }],
  ])("is refused: %s", (message, value) => {
    expect(() => json(value)).toThrow(message);
  });

  it("tells everything that is wrong at once", () => {
    expect(() => json({ actors: [1, 2], links: [{}] })).toThrow(
      /actors\[0\] must be a text; actors\[1\] must be a text; links\[0\]\.actor is missing/,
    );
  });

  it("cannot reach the prototypes of objects", () => {
    const text = '{"__proto__":{"actors":["x"]},"labels":{"__proto__":"p","constructor":"c"}}';
    const { labels, actors } = parseManifest(text, { format: "json" });
    expect(actors).toEqual([]);
    expect(Object.entries(labels)).toEqual([
      ["__proto__", "p"],
      ["constructor", "c"],
    ]);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
