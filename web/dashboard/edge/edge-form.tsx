import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import * as v from "valibot";
import { messageOf } from "../../../src/errors/index.ts";
import { Button } from "../controls/button.tsx";
import { Field } from "../controls/field.tsx";
import { focusFirstInvalid } from "../controls/focus.ts";
import { recall, remember } from "../session/remembered.ts";
import type { EdgeWatch } from "./edge-watch.ts";

const addressSchema = v.pipe(v.string(), v.maxLength(2_000));

/** Which host to watch, and the token that it asks for. The address is remembered, the token never. */
export function EdgeForm(props: { readonly watch: EdgeWatch; readonly onStarted: () => void }): JSX.Element {
  const [address, setAddress] = useState(() => recall("edge-address", addressSchema) ?? "");
  const [token, setToken] = useState("");
  const [problems, setProblems] = useState<{ readonly address?: string; readonly token?: string }>({});
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector("input")?.focus(), []);

  const submit = (event: Event): void => {
    event.preventDefault();
    const problem = token === "" ? { token: "Without a token no host is watched." } : startProblem();
    setProblems(problem ?? {});
    if (problem !== undefined) {
      focusFirstInvalid(form.current);
      return;
    }
    remember("edge-address", address.trim());
    props.onStarted();
  };
  const startProblem = (): { readonly address: string } | undefined => {
    try {
      props.watch.start(address.trim(), token);
      return undefined;
    } catch (error) {
      return { address: messageOf(error) };
    }
  };
  return (
    <form ref={form} class="form inset" aria-label="Watch an edge host" noValidate onSubmit={submit}>
      <div class="form-grid">
        <Field label="Address" hint="Of the worker that holds the host." error={problems.address}>
          {(binding) => (
            <input
              {...binding}
              spellcheck={false}
              autocapitalize="off"
              placeholder="https://edge.example.com"
              value={address}
              onInput={(event) => setAddress(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field
          label="Feed token"
          hint="The worker's secret FEED_TOKEN. Used for this connection, never stored."
          error={problems.token}
        >
          {(binding) => (
            <input
              {...binding}
              type="password"
              autocomplete="off"
              value={token}
              onInput={(event) => setToken(event.currentTarget.value)}
            />
          )}
        </Field>
      </div>
      <div class="form-actions">
        <Button variant="primary" submit>
          Watch
        </Button>
      </div>
    </form>
  );
}
