import type { ComponentChildren, JSX } from "preact";
import type { ListedActor } from "../../../src/index.ts";
import { KeyText } from "../controls/key-text.tsx";
import { placeText } from "../format/place.ts";

/** What an inventory tells of an actor or provider. */
export function ListedFacts(props: {
  readonly what: ListedActor;
  readonly name: string;
  readonly children?: ComponentChildren;
}): JSX.Element {
  const { id, revision, reference } = props.what;
  return (
    <div class="row-meta run-facts">
      <h4>{props.name}</h4>
      <span>rev {revision}</span>
      {props.children}
      <KeyText value={id} what={`key of ${props.name}`} />
      {reference === undefined ? null : (
        <span class="run-reference" title={reference}>
          <span class="muted">from</span> {placeText(reference)}
        </span>
      )}
    </div>
  );
}
