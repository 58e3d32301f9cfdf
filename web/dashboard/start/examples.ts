import { useEffect, useState } from "preact/hooks";
import * as v from "valibot";

const sampleSchema = v.object({
  operation: v.string(),
  payload: v.optional(v.unknown()),
  description: v.optional(v.string(), ""),
});
const exampleSchema = v.object({
  name: v.string(),
  title: v.string(),
  file: v.pipe(v.string(), v.regex(/^[\w.-]+\.wasm$/)),
  key: v.string(),
  alias: v.nullish(v.string()),
  caps: v.optional(v.array(v.string()), []),
  ver: v.nullish(v.string()),
  description: v.optional(v.string(), ""),
  samples: v.optional(v.array(sampleSchema), []),
  example: v.optional(v.boolean(), false),
});

/** A call that is worth trying. The payload is JSON in the notation of the call console. */
export type Sample = v.InferOutput<typeof sampleSchema>;
/** An actor that is served with this page. */
export type Example = v.InferOutput<typeof exampleSchema>;

/** All actors served with this page, test actors included; none until they are loaded. */
export function useExamples(): readonly Example[] {
  const [examples, setExamples] = useState<readonly Example[]>([]);
  useEffect(() => {
    void fetchExamples().then(setExamples);
  }, []);
  return examples;
}

/** Where an example's module lies. */
export function exampleUrl(example: Example): string {
  return new URL(`actors/${example.file}`, document.baseURI).href;
}

async function fetchExamples(): Promise<readonly Example[]> {
  try {
    const response = await fetch(new URL("actors/index.json", document.baseURI));
    if (!response.ok) return [];
    const result = v.safeParse(v.array(exampleSchema), await response.json());
    return result.success ? result.output : [];
  } catch {
    return []; // served without examples: files and addresses still work
  }
}
