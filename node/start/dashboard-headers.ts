/** Policy of the page and of the host worker: own scripts only, and any server the user names. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self' ws: wss: http: https:",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Policy of the workers that guests run in: code and nothing else, no network (DESIGN, section 8). */
const actorWorkerPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'";

/** As that, for portable providers, whose code is imported from memory. */
const providerWorkerPolicy = "default-src 'none'; script-src 'self' blob:";

/** As that, for the engine of graphs, which makes functions from text: its bindings, nothing that a guest says. */
const graphWorkerPolicy = "default-src 'none'; script-src 'self' 'unsafe-eval'";

/** The service worker answers from memory and asks nobody. */
const httpFrontPolicy = "default-src 'none'";

const httpFrontScript = /(^|\/)http-front\.js$/;
const actorWorkerScript = /(^|\/)actor-worker[^/]*\.[jt]s$/;
const providerWorkerScript = /(^|\/)provider-worker[^/]*\.[jt]s$/;
const graphWorkerScript = /(^|\/)graph-worker[^/]*\.[jt]s$/;

/** What {@link dashboardHeaders} answers for. */
export interface DashboardHeadersOptions {
  /** Path of the requested file, without query. */
  readonly path: string;
  /** Whether the page is cross-origin isolated, so that it has shared memory; default `true`. */
  readonly isolated?: boolean;
}

/** The security headers that any server of the dashboard must send with a file. */
export function dashboardHeaders(options: DashboardHeadersOptions): Record<string, string> {
  const isolation = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
  };
  return {
    "Content-Security-Policy": policyOf(options.path),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    ...((options.isolated ?? true) ? isolation : {}),
  };
}

function policyOf(path: string): string {
  if (actorWorkerScript.test(path)) return actorWorkerPolicy;
  if (graphWorkerScript.test(path)) return graphWorkerPolicy;
  if (httpFrontScript.test(path)) return httpFrontPolicy;
  return providerWorkerScript.test(path) ? providerWorkerPolicy : pagePolicy;
}
