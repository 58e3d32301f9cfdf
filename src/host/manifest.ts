import { DEFAULT_LINK_NAME } from "../dispatch/index.ts";
import { HostError } from "../errors/index.ts";
import type { LinkDefinition } from "../lattice/index.ts";
import type { ProviderAuthority } from "../providers/index.ts";
import { type Environment, substituteEnvironment } from "./manifest-environment.ts";
import { ManifestReader } from "./manifest-reader.ts";
import { type ManifestValue, readJsonManifest, readYamlManifest } from "./manifest-value.ts";

/** A provider that a manifest asks for. */
export interface ManifestCapability {
  readonly imageRef: string;
  readonly linkName: string;
  /** Not checked yet; whoever starts it does. Absent: the host's policy decides. */
  readonly grants?: ProviderAuthority;
}

/** What a host is to start with. Protocol section 11.5. Objects have no prototype. */
export interface Manifest {
  readonly labels: Readonly<Record<string, string>>;
  /** Files, addresses or image references. */
  readonly actors: readonly string[];
  readonly capabilities: readonly ManifestCapability[];
  /** Not checked yet; whoever sets them does. */
  readonly links: readonly LinkDefinition[];
}

/** How a manifest is written. */
export type ManifestFormat = "yaml" | "json";

/** What {@link parseManifest} needs to know. */
export interface ManifestOptions {
  readonly format: ManifestFormat;
  /** Variables that the text may refer to; default none. */
  readonly environment?: Environment;
}

/** Bounds of a manifest: characters, with variables and without; items of a list; labels; values of a link. */
export const MANIFEST_LIMITS: Readonly<{
  characters: number;
  items: number;
  labels: number;
  values: number;
}> = Object.freeze({ characters: 1_048_576, items: 10_000, labels: 256, values: 64 });

/** How a file is written, by its name: YAML if it ends in `.yaml` or `.yml` or has no ending, else JSON. */
export function manifestFormat(fileName: string): ManifestFormat {
  const [, ending] = /[^/\\]\.([^./\\]*)$/.exec(fileName) ?? [];
  return ending === undefined || /^ya?ml$/i.test(ending) ? "yaml" : "json";
}

/**
 * Reads a manifest: puts in the variables, then reads what results. Unknown fields are ignored.
 *
 * @throws HostError `input.invalid` with everything that is wrong, `input.too_large`.
 */
export function parseManifest(text: string, options: ManifestOptions): Manifest {
  const { characters, items, labels, values } = MANIFEST_LIMITS;
  if (text.length > characters) {
    throw new HostError("input.too_large", `The manifest is longer than ${characters} characters`);
  }
  const substituted = substituteEnvironment(text, options.environment ?? {}, characters);
  const read = options.format === "json" ? readJsonManifest : readYamlManifest;
  const reader = new ManifestReader();
  const root = reader.map(read(substituted), "the manifest", Number.POSITIVE_INFINITY);
  const manifest: Manifest = {
    labels: reader.texts(root.get("labels"), "labels", labels),
    actors: reader.list(root.get("actors"), "actors", items, (item, place) => reader.text(item, place)),
    capabilities: reader.list(root.get("capabilities"), "capabilities", items, (item, place) => {
      const fields = reader.map(item, place);
      const grants = fields.get("grants");
      return {
        imageRef: reader.text(fields.get("image_ref"), `${place}.image_ref`),
        linkName: reader.optionalText(fields.get("link_name"), `${place}.link_name`) ?? DEFAULT_LINK_NAME,
        ...(grants === undefined ? {} : { grants: readGrants(reader, grants, `${place}.grants`) }),
      };
    }),
    links: reader.list(root.get("links"), "links", items, (item, place) => {
      const fields = reader.map(item, place);
      return {
        actorId: reader.text(fields.get("actor"), `${place}.actor`),
        contractId: reader.text(fields.get("contract_id"), `${place}.contract_id`),
        providerId: reader.text(fields.get("provider_id"), `${place}.provider_id`),
        linkName: reader.optionalText(fields.get("link_name"), `${place}.link_name`) ?? DEFAULT_LINK_NAME,
        values: reader.texts(fields.get("values"), `${place}.values`, values),
      };
    }),
  };
  reader.finish();
  return manifest;
}

function readGrants(reader: ManifestReader, value: ManifestValue, place: string): ProviderAuthority {
  const fields = reader.map(value, place);
  return {
    network: reader.list(fields.get("network"), `${place}.network`, 64, (item, at) => reader.text(item, at)),
    storage: reader.flag(fields.get("storage"), `${place}.storage`),
  };
}
