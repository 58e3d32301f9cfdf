import { describe, expect, it } from "vitest";
import { isLatest, parseImageReference } from "../../../src/index.ts";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

describe("an image reference", () => {
  it.each([
    ["localhost:5000/echo:0.1", { registry: "localhost:5000", repository: "echo", tag: "0.1" }],
    [
      "wasmcloud.azurecr.io/echo:0.2.1",
      { registry: "wasmcloud.azurecr.io", repository: "echo", tag: "0.2.1" },
    ],
    ["ghcr.io/a/b__c/d-e.f/g:v1_2", { registry: "ghcr.io", repository: "a/b__c/d-e.f/g", tag: "v1_2" }],
    ["ghcr.io/a/b", { registry: "ghcr.io", repository: "a/b", tag: "latest" }],
    [`ghcr.io/a/b@${digest}`, { registry: "ghcr.io", repository: "a/b", digest }],
    [`ghcr.io/a/b:1@${digest}`, { registry: "ghcr.io", repository: "a/b", tag: "1", digest }],
    ["Example.COM/a:1", { registry: "Example.COM", repository: "a", tag: "1" }],
  ])("%s is understood", (text, parts) => {
    expect(parseImageReference(text)).toEqual({ ...parts, text });
  });

  it.each([
    ["", "repository name must have at least one component"],
    ["alpine", "repository name must have at least one component"],
    ["alpine:3", "repository name must have at least one component"],
    ["ghcr.io/Echo:1", "repository name must be lowercase"],
    ["ghcr.io/../echo:1", "invalid reference format"],
    ["ghcr.io/a/../../b:1", "invalid reference format"],
    ["ghcr.io/a//b:1", "invalid reference format"],
    ["ghcr.io/a/:1", "invalid reference format"],
    ["ghcr.io/", "invalid reference format"],
    ["/a:1", "invalid reference format"],
    ["ghcr.io/a:", "invalid reference format"],
    ["ghcr.io/a:-1", "invalid reference format"],
    ["ghcr.io/a:1 ", "invalid reference format"],
    ["ghcr.io/a?b=c:1", "invalid reference format"],
    ["ghcr.io/a%2fb:1", "invalid reference format"],
    ["user:secret@ghcr.io/a:1", "repository name must have at least one component"],
    ["https://ghcr.io/a:1", "invalid reference format"],
    ["ghcr.io:0/a:1", "invalid reference format"],
    ["ghcr.io:65536/a:1", "invalid reference format"],
    ["ghcr.io:x/a:1", "invalid reference format"],
    [`ghcr.io/a:${"t".repeat(129)}`, "invalid reference format"],
    [`ghcr.io/${"a".repeat(248)}:1`, "repository name must not be more than 255 characters"],
    [`ghcr.io/${"a".repeat(2000)}:1`, "invalid reference format"],
    ["ghcr.io/a@", "invalid checksum digest format"],
    ["ghcr.io/a@sha256:xyz", "invalid checksum digest format"],
    [`ghcr.io/a@${digest.toUpperCase().replace("SHA", "sha")}`, "invalid checksum digest format"],
    [`ghcr.io/a@${digest}00`, "invalid checksum digest length"],
    [`ghcr.io/a@sha512:${"0".repeat(128)}`, "unsupported digest algorithm"],
    [`ghcr.io/a@${digest}@${digest}`, "invalid reference format"],
  ])("%s is refused", (text, message) => {
    let thrown: unknown;
    try {
      parseImageReference(text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: "registry.invalid_reference", message });
  });

  it("means the latest where it says so or says nothing, unless a digest pins it", () => {
    const texts = ["r.io/a", "r.io/a:latest", "r.io/a:1", `r.io/a@${digest}`, `r.io/a:latest@${digest}`];
    const expected = [true, true, false, false, false];
    expect(texts.map((text) => isLatest(parseImageReference(text)))).toEqual(expected);
  });

  it("is refused however tangled it is, without trying all ways to read it", () => {
    const tangled = `ghcr.io/${"a-".repeat(120)}!`;
    expect(() => parseImageReference(tangled)).toThrow("invalid reference format");
  });
});
