import { useRef, useState } from "preact/hooks";
import { asHostError, type HostError } from "../../../src/errors/index.ts";
import type { ProviderGrants } from "../../../src/index.ts";
import { readArtifact } from "../artifacts/artifact-file.ts";
import { useSession } from "../session/session-context.ts";
import { DEFAULT_PLACEMENT, type Placement } from "./placement-fields.tsx";

/** A start that runs now or has failed. One that succeeded is in the list of actors. */
export interface StartAttempt {
  readonly id: number;
  /** What is started, such as a file's name. */
  readonly subject: string;
  readonly error?: HostError;
  /** Tries again with grants, where a provider asks for some. */
  readonly grant?: (grants: ProviderGrants) => void;
}

/** All ways to start an actor or the provider in an archive, and how the last starts went. */
export interface ActorStarts {
  readonly attempts: readonly StartAttempt[];
  /** Starts files one after the other: modules as actors, archives as providers under the default link name. */
  startFiles(files: Iterable<File>): Promise<void>;
  /**
   * Resolves to whether it runs.
   *
   * @param reference - an `http(s)` address or an image reference.
   */
  startFrom(reference: string, subject: string): Promise<boolean>;
  dismiss(id: number): void;
  /** How the next actors run. */
  readonly placement: Placement;
  setPlacement(placement: Placement): void;
}

/** Starts actors, from the panel and from files dropped anywhere. */
export function useActorStarts(): ActorStarts {
  const { host, session, description } = useSession();
  const [attempts, setAttempts] = useState<readonly StartAttempt[]>([]);
  const [placement, setPlacement] = useState(DEFAULT_PLACEMENT);
  const lastId = useRef(0);
  const dismiss = (id: number): void => setAttempts((list) => list.filter((attempt) => attempt.id !== id));

  const attempt = async (
    subject: string,
    start: (grants?: ProviderGrants) => Promise<string>,
    grants?: ProviderGrants,
  ): Promise<boolean> => {
    const id = ++lastId.current;
    // an earlier failure of the same thing is out of date now
    setAttempts((list) => [...list.filter((other) => other.subject !== subject), { id, subject }]);
    try {
      const name = await start(grants);
      await session.refresh();
      dismiss(id);
      session.announce(`${name} started`);
      return true;
    } catch (error) {
      await session.refresh();
      const grant = (more: ProviderGrants): void => void attempt(subject, start, more);
      const failed = { id, subject, error: asHostError(error), grant };
      setAttempts((list) => list.map((other) => (other.id === id ? failed : other)));
      return false;
    }
  };
  const startFile = async (file: File, grants?: ProviderGrants): Promise<string> => {
    const { kind, bytes } = await readArtifact(file, description.limits.moduleBytes);
    if (kind === "actor") return (await host.startActor(bytes, placement)).name;
    await host.startProviderArchive(bytes, undefined, grants);
    return `Provider of ${file.name}`;
  };
  return {
    attempts,
    dismiss,
    placement,
    setPlacement,
    startFrom: (reference, subject) =>
      attempt(subject, async () => (await host.startActorFrom(reference, placement)).name),
    async startFiles(files) {
      for (const file of [...files]) await attempt(file.name, (grants) => startFile(file, grants));
    },
  };
}
