import { expect, type Page } from "@playwright/test";

/** Opens the form and starts the key-value provider. */
export async function startKeyValueProvider(page: Page): Promise<void> {
  const panel = page.getByRole("region", { name: "Providers" });
  await panel.getByRole("button", { name: "Start provider" }).click();
  const form = panel.getByRole("form", { name: "Start provider" });
  await form
    .getByLabel("Provider")
    .selectOption({ label: "weblattice In-Memory Key-Value (wasmcloud:keyvalue)" });
  await form.getByRole("button", { name: "Start" }).click();
  await expect(form).toBeHidden();
}

/** Fills the console's form and sends it. */
export async function sendCall(
  page: Page,
  call: { readonly target?: string; readonly operation: string; readonly payload?: unknown },
): Promise<void> {
  const form = page.getByRole("form", { name: "Call an actor" });
  if (call.target !== undefined) await form.getByLabel("Target", { exact: true }).selectOption(call.target);
  const operation = form.getByLabel("Operation", { exact: true });
  // Until something is typed the page puts a sample here, and may do so at this very moment.
  await expect(async () => {
    await operation.fill(call.operation);
    await expect(operation).toHaveValue(call.operation, { timeout: 500 });
  }).toPass();
  await form
    .getByLabel("Payload", { exact: true })
    .fill(call.payload === undefined ? "" : JSON.stringify(call.payload));
  await form.getByRole("button", { name: "Send", exact: true }).click();
}

/** Joins by the dialog behind the state in the header. */
export async function joinByDialog(page: Page, server: string): Promise<void> {
  await page.getByTestId("lattice-state").click();
  const dialog = page.getByRole("dialog", { name: "Lattice" });
  await dialog.getByLabel("Servers").fill(server);
  await dialog.getByRole("button", { name: "Join" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByTestId("lattice-state")).toHaveAttribute("data-state", "connected");
}

/** Drops files on the page as the browser does it: by the input pipeline, not by an event of our own making. */
export async function dropFiles(page: Page, paths: readonly string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const drag = (type: "dragEnter" | "dragOver" | "drop"): Promise<unknown> =>
    session.send("Input.dispatchDragEvent", {
      type,
      x: 300,
      y: 300,
      data: { items: [], files: [...paths], dragOperationsMask: 1 },
    });
  await drag("dragEnter");
  await drag("dragOver");
  await expect(page.getByText("Drop to start")).toBeVisible();
  await drag("drop");
  await session.detach();
}

/** By how many pixels the page is too wide, and the controls that lie outside of it. */
export function overflow(page: Page): Promise<{ readonly by: number; readonly out: readonly string[] }> {
  return page.evaluate(() => {
    const root = document.documentElement;
    const out = [...document.querySelectorAll("button, input, select, textarea")].filter((element) => {
      const { left, right, width } = element.getBoundingClientRect();
      return width > 1 && (left < -1 || right > root.clientWidth + 1);
    });
    return { by: root.scrollWidth - root.clientWidth, out: out.map((element) => element.outerHTML) };
  });
}

/** Controls that say nothing to screen readers. */
export function namelessControls(page: Page): Promise<readonly string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("button, input, select, textarea")]
      .filter((element) => {
        const labelled = "labels" in element && (element.labels as NodeList | null)?.length;
        return !labelled && !element.getAttribute("aria-label") && !element.textContent?.trim();
      })
      .map((element) => element.outerHTML),
  );
}
