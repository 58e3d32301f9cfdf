import { useEffect, useState } from "preact/hooks";
import * as v from "valibot";

/** A call that is worth trying. */
export interface Sample {
  readonly operation: string;
  /** JSON in the notation of the call console; absent sends no bytes. */
  readonly payload?: unknown;
  readonly description: string;
}

/** An actor that is served with this page. */
export interface Example {
  /** The name in its claims. */
  readonly title: string;
  readonly file: string;
  /** The actor's `M…` key. */
  readonly key: string;
  readonly caps: readonly string[];
  readonly description: string;
  readonly samples: readonly Sample[];
  /** Offered to the user; the others are for tests. */
  readonly example: boolean;
}

const sampleSchema: v.GenericSchema<unknown, Sample> = v.object({
  operation: v.string(),
  payload: v.optional(v.unknown()),
  description: v.optional(v.string(), ""),
});
const exampleSchema: v.GenericSchema<unknown, Example> = v.object({
  title: v.string(),
  file: v.pipe(v.string(), v.regex(/^[\w.-]+\.wasm$/)),
  key: v.string(),
  caps: v.optional(v.array(v.string()), []),
  description: v.optional(v.string(), ""),
  samples: v.optional(v.array(sampleSchema), []),
  example: v.optional(v.boolean(), false),
});

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
