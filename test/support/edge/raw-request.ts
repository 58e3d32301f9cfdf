import { connect } from "node:net";

/** What a server answered to bytes that no client of HTTP would send. */
export interface RawAnswer {
  /** Status line, headers and body as they came. */
  readonly text: string;
  readonly status: number;
}

/**
 * Sends bytes, keeps the connection open, and resolves with what has come when that holds a whole problem, or when the
 * server ends the connection.
 */
export function rawRequest(url: string, lines: readonly string[], body = ""): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const head = [...lines, `host: ${hostname}:${port}`, "", ""].join("\r\n");
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(Number(port), hostname, () => socket.write(head + body));
    const done = (): void => {
      socket.destroy();
      resolve({ text, status: Number(text.split(" ")[1]) });
    };
    socket.setEncoding("utf8");
    socket.on("data", (chunk) => {
      text += String(chunk);
      if (/\r\n\r\n.*"code":"[^"]+"\}/s.test(text)) done();
    });
    socket.on("end", done);
    socket.on("error", reject);
  });
}
